"""What the engine says in its own words, and the messages it answers by rule: one JSON file a language."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "phrases"
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Catalog:
    """`say`: phrase by key; `triggers`: what visitors write, by kind."""

    say: Mapping[str, str]
    triggers: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def catalogs() -> dict[str, Catalog]:
    """All languages, by code; read once."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.json"))}


def supported(language: str) -> str:
    """The catalog for a BCP-47 tag: its base language, or English."""
    base = language.replace("_", "-").split("-")[0].lower()
    return base if base in catalogs() else DEFAULT_LANGUAGE


def say(key: str, language: str) -> str:
    """A phrase in the given language, or in English."""
    return catalogs()[supported(language)].say[key]


def _read(path: Path) -> Catalog:
    data = json.loads(path.read_text(encoding="utf-8"))
    triggers = {kind: tuple(phrases) for kind, phrases in data["triggers"].items()}
    return Catalog(data["say"], triggers)
