"""The operator's own texts that visitors read in their language, and the hashes that tie a translation to its source."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

TRANSLATED = ("title", "intro", "initial", "placeholder")
DEFAULT_LANGUAGE = "en"


def source_language(languages: Sequence[str]) -> str:
    """What a widget's texts are written in: the first of its languages."""
    return languages[0] if languages else DEFAULT_LANGUAGE


def text_hash(text: str, language: str = DEFAULT_LANGUAGE) -> str:
    """What a translation remembers of its source and of that one's language, 32 hexadecimal digits."""
    return hashlib.sha256(f"{language}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def source_hash(sources: Mapping[str, Any], language: str) -> str:
    """The same of all texts together: effective values by field, other fields do not count."""
    return text_hash("\0".join(sources[name] for name in TRANSLATED), language)


def shown_texts(
    texts: Mapping[str, str],
    hashes: Mapping[str, str],
    overrides: Mapping[str, Any],
    sources: Mapping[str, Any],
    language: str,
) -> dict[str, str]:
    """What visitors read, by field: a person's text always, the machine's while its source is as it was; others are left out.

    ``language`` is that of the sources.
    """
    shown = {}
    for name in TRANSLATED:
        if name in overrides:
            shown[name] = overrides[name]["text"]
        elif name in texts and sources[name] and hashes.get(name) == text_hash(sources[name], language):
            shown[name] = texts[name]
    return shown
