"""Which language a short question is in: by its script, then by its most usual words and letters."""

import re

from .catalog import catalogs, supported

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


def detect(text: str, hint: str = "") -> str:
    """The catalog language of a text; `hint` (BCP-47) decides a tie and what cannot be told."""
    for language, pattern in _SCRIPTS:
        if re.search(pattern, text):
            return language
    folded = text.casefold()
    found = _WORD.findall(folded)
    scores = {
        language: sum(word in catalog.common for word in found)
        + any(c in folded for c in _LETTERS.get(language, ""))
        for language, catalog in catalogs().items()
    }
    best = max(scores.values())
    preferred = supported(hint)
    if not best or scores[preferred] == best:
        return preferred
    return next(language for language, score in scores.items() if score == best)
