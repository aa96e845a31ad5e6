"""Interface texts: one JSON catalog a language, filled up from English key by key."""

import json
from functools import lru_cache
from pathlib import Path

from widgets.languages import choose_language

CATALOGS = Path(__file__).parent / "catalogs"
FALLBACK = "en"
# Keys that say the same as another: translated once.
SAME = {
    "statusReady": "status.ready",
    "cut.length": "cut",
    "cut.iteration": "cut",
    "broke.provider_key": "broke.nobody",
    "broke.no_model": "broke.nobody",
    "broke.no_bot": "broke.nobody",
}


@lru_cache(maxsize=1)
def catalog_languages() -> tuple[str, ...]:
    """Codes of the languages with a catalog, English first."""
    codes = sorted(path.stem for path in CATALOGS.glob("*.json"))
    return (FALLBACK, *(code for code in codes if code != FALLBACK))


@lru_cache(maxsize=128)
def strings_of(language: str) -> dict[str, str]:
    """Every text by its key in ``language`` or the nearest that has a catalog; do not change the answer.

    Plural forms of a language that English lacks (``newMessages.few``) are there too.
    """
    strings = _read(FALLBACK) | _read(choose_language([language], catalog_languages()))
    return strings | {key: strings[meant] for key, meant in SAME.items()}


def _read(code: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((CATALOGS / f"{code}.json").read_text(encoding="utf-8"))
    return texts
