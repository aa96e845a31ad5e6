"""Product codes, identifiers and quoted phrases: what is found letter by letter or not at all.

A code is met however it is written: "SK-12-040", "sk12040" and "sk 12 040" are the same.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MIN_CHARS = 3
MIN_DIGITS = 5  # of a number that is a code by itself
MAX_CHARS = 40  # a longer row of numbers is a table
MIN_WORD_CHARS = 8  # of an identifier whose capitals were left out
JOINED = 4  # words that a code may be written in
_TOKEN = re.compile(r"[^\W_](?:[\w./:#-]*[^\W_])?")
_PART = re.compile(r"[^\W_]+|[\W_]+")
_QUOTED = re.compile(r"[\"“„«`]([^\"“”„«»`]{3,80})[\"”“»`]")
_MEASURE = re.compile(r"\d+(?:[.,:/]\d+)*[^\W\d_]{1,3}")  # 30mm, 16GB, 5th
_MARKS = re.compile(r"[\W_]")
_CAMEL = re.compile(r"(?:[a-z]+\.)*[a-z]+[A-Z]\w*(?:\.\w+)*")
_HINT = re.compile(r"\d|_|[a-z][A-Z]")  # no code is without
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")


@dataclass(frozen=True)
class Literal:
    """A literal of a question and the records that hold it: those with it in their titles, and all. Both may be empty."""

    text: str
    titled: tuple[int, ...] = ()
    holders: tuple[int, ...] = ()

    @property
    def best(self) -> tuple[int, ...]:
        """The records that are about it."""
        return self.titled or self.holders


class Codes:
    """The codes in a fixed list of titles and texts; `folded` are the texts in small letters with single spaces, for quoted phrases."""

    def __init__(self, titles: Sequence[str], texts: Sequence[str], folded: Sequence[str]) -> None:
        self._titled = _holders(titles)
        self._holders = _holders(texts)
        self._folded = folded

    def find(self, query: str) -> list[Literal]:
        """The literals of a question: quoted phrases, codes that some record holds, and what looks like a code and is in none."""
        found: dict[str, Literal] = {}
        for quoted in _QUOTED.findall(query):
            phrase = " ".join(quoted.casefold().split())
            found[phrase] = Literal(phrase, (), tuple(n for n, text in enumerate(self._folded) if phrase in text))
        tokens = [token.group() for token in _TOKEN.finditer(query)]
        at = 0
        while at < len(tokens):
            size, key = self._longest(tokens, at)
            if key:
                found[key] = Literal(key, self._titled.get(key, ()), self._holders.get(key, ()))
            elif _looks_like_code(tokens[at]):
                found[folded(tokens[at])] = Literal(folded(tokens[at]))
            at += size
        return list(found.values())

    def _longest(self, tokens: Sequence[str], at: int) -> tuple[int, str]:
        """The longest run of words from here that makes a known code, and the code; one word and nothing where there is none."""
        for size in range(min(JOINED, len(tokens) - at), 0, -1):
            key = folded("".join(tokens[at : at + size]))
            if key not in self._holders:
                continue
            if _DIGIT.search(key) or (size == 1 and (len(key) >= MIN_WORD_CHARS or _is_code(tokens[at]))):
                return size, key
        return 1, ""


def _holders(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, dict[int, None]] = defaultdict(dict)
    for number, text in enumerate(texts):
        for code in _codes(text):
            found[code][number] = None
    return {code: tuple(numbers) for code, numbers in found.items()}


def _codes(text: str) -> Iterator[str]:
    """The codes of a text, folded, and the codes that these begin with or consist of."""
    last, end = "", -1
    for match in _TOKEN.finditer(text):
        token = match.group()
        if _HINT.search(token):
            yield from _parts(token)
        # "116 116", "GewA 3": written with a space in the text already
        if match.start() == end + 1 and token.isdigit() and (last.isdigit() or len(re.findall("[A-Z]", last)) > 1):
            last = (last + token)[:MAX_CHARS]
            if len(last) >= (MIN_DIGITS if last.isdigit() else MIN_CHARS):
                yield folded(last)
        else:
            last = token
        end = match.end()


def _parts(token: str) -> Iterator[str]:
    parts = _PART.findall(token)
    for first in range(0, len(parts), 2):
        for after in range(first + 1, min(len(parts), first + 2 * JOINED) + 1, 2):
            if _is_code(part := "".join(parts[first:after])):
                yield folded(part)


def _is_code(token: str) -> bool:
    letters, digits = _LETTER.search(token), _DIGIT.findall(token)
    if "_" in token or _CAMEL.fullmatch(token):
        return len(token) >= MIN_CHARS
    if not letters:
        return len(digits) >= MIN_DIGITS
    return bool(digits) and len(folded(token)) >= MIN_CHARS and not _MEASURE.fullmatch(token)


def _looks_like_code(token: str) -> bool:
    """A letter first, then at least two digits: what is certainly meant letter by letter."""
    return bool(re.fullmatch(r"[^\W\d_]{1,4}\d{2,}\w*", folded(token)))


def folded(token: str) -> str:
    """A code as it is compared: its letters and digits alone."""
    return _MARKS.sub("", token.casefold())
