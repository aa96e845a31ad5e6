"""Which language a text is in: by its script, then by its most usual words and letters."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

# more telling first; kana before Han, because Japanese uses both
_SCRIPTS = (
    ("ja", "[\u3040-\u30ff]"),
    ("ko", "[\uac00-\ud7af\u1100-\u11ff]"),
    ("zh", "[\u3400-\u9fff]"),
    ("ar", "[\u0600-\u06ff]"),
    ("uk", "[іїєґІЇЄҐ]"),
    ("ru", "[\u0400-\u04ff]"),
)
_LETTERS = {"de": "ßäöü", "es": "ñ¿¡", "fr": "œêèùâ", "it": "ìò", "pl": "łżźśąęćń", "pt": "ãõ", "tr": "ğşı"}
_WORD = re.compile(r"[^\W\d_]+")


def languages_of(text: str) -> frozenset[str]:
    """The languages that a text most looks like, codes of two letters; none where nothing tells."""
    for language, pattern in _SCRIPTS:
        if re.search(pattern, text):
            return frozenset({language})
    folded = text.casefold()
    scores: Counter[str] = Counter()
    for word in _WORD.findall(folded):
        scores.update(_usual_in().get(word, ()))
    letters = set(folded)
    scores.update(language for language, own in _LETTERS.items() if not letters.isdisjoint(own))
    best = max(scores.values(), default=0)
    return frozenset(language for language, score in scores.items() if score == best)


def language_of(text: str) -> str:
    """The language of a text, or an empty string where it cannot be told."""
    found = languages_of(text)
    return next(iter(found)) if len(found) == 1 else ""


@cache
def common_words() -> dict[str, frozenset[str]]:
    """The most usual words of each language that can be told by them."""
    path = Path(__file__).with_name("common_words.json")
    return {language: frozenset(usual) for language, usual in json.loads(path.read_text(encoding="utf-8")).items()}


@cache
def _usual_in() -> dict[str, list[str]]:
    """The languages in which a word is usual."""
    found: dict[str, list[str]] = {}
    for language, usual in common_words().items():
        for word in usual:
            found.setdefault(word, []).append(language)
    return found
