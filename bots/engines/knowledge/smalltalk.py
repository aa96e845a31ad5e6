"""What is no question to the dataset: greetings, thanks, goodbyes, insults, questions about the bot, prompt injections."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from .catalog import catalogs, supported

WHOLE = ("greeting", "thanks", "goodbye", "about")  # only when the message says nothing else
MAX_CHARS = 1000  # what comes later in a message is not looked at
MAX_WHOLE_CHARS = 200
INSULT_MAX_WORDS = 6  # a longer message with a rude word in it may still ask something
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_GAP = f"(?: |(?<={_UNSPACED.pattern}))"


@dataclass(frozen=True)
class Smalltalk:
    """`kind` is the key of the answer in the catalog; `language` is the one whose phrase was met."""

    kind: str
    language: str


def recognize(text: str, hint: str = "") -> Smalltalk | None:
    """Match a message against the explicit rules of all languages, that of `hint` (BCP-47) first."""
    folded = _fold(text[:MAX_CHARS])
    preferred = supported(hint)
    others = sorted(set(catalogs()) - {preferred}, key=lambda language: (language != "en", language))
    kinds = ("injection", "insult", *WHOLE)
    candidates = [(kind, preferred) for kind in kinds] + [(kind, other) for kind in kinds for other in others]
    for kind, language in candidates:
        if _meets(folded, kind, language):
            return Smalltalk("refuse" if kind == "injection" else kind, language)
    return None


def _meets(folded: str, kind: str, language: str) -> bool:
    pattern = _pattern(language, kind)
    if kind in WHOLE:
        return len(folded) < MAX_WHOLE_CHARS and bool(pattern.fullmatch(folded))
    return bool(pattern.search(folded)) and (kind == "injection" or len(folded.split()) <= INSULT_MAX_WORDS)


def _fold(text: str) -> str:
    """Folded words with single spaces: no punctuation, no emoji; apostrophes made alike."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    kept = (c if c == "'" or unicodedata.category(c)[0] in "LMN" else " " for c in text)
    return " ".join("".join(kept).split())


@cache
def _pattern(language: str, kind: str) -> re.Pattern[str]:
    triggers = catalogs()[language].triggers
    phrases = _alternatives(triggers[kind])
    if kind not in WHOLE:
        return re.compile("|".join(rf"(?<!\w){p}(?!\w)" if not _UNSPACED.search(p) else p for p in phrases))
    # "hello there", "hi hi", "thanks a lot, bye": phrases of that kind, then other polite ones;
    # possessive, because "bye bye bye" can be taken apart in many ways
    words = triggers["filler"] + triggers["greeting"] + triggers["thanks"] + triggers["goodbye"]
    polite = "|".join(_alternatives(words))
    lead = f"(?:(?:{polite}){_GAP}){{0,2}}" if kind == "about" else ""
    return re.compile(rf"{lead}(?:{'|'.join(phrases)})(?:{_GAP}(?:{polite}))*+")


def _alternatives(phrases: tuple[str, ...]) -> list[str]:
    """Longest first, so that "thank you very much" is not met as "thank you"."""
    return [re.escape(folded) for folded in sorted(map(_fold, phrases), key=len, reverse=True)]
