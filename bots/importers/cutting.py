"""Cutting a text where its dataset says, and what is still too long where it hurts least."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bots.retrieval.tokens import BYTES_PER_TOKEN

SEPARATORS_MAX = 50
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
# Borders of a text, the best first: paragraphs, sentences and lines, words.
BORDERS = (re.compile(r"\n\s*\n"), re.compile(r"[.!?…]\s+|[。！？]|\n"), re.compile(r"\s+"))


@dataclass(frozen=True)
class Cut:
    """How the text of files becomes records: at these literal texts, and none longer than ``max_tokens``. Empty and None: as built in."""

    separators: tuple[str, ...] = ()
    max_tokens: int | None = None

    @property
    def max_bytes(self) -> int | None:
        """``max_tokens`` in bytes of UTF-8."""
        return self.max_tokens and self.max_tokens * BYTES_PER_TOKEN


def parse_separators(text: str) -> tuple[str, ...]:
    r"""Literal texts, separated by commas or line breaks; ``\n``, ``\t``, ``\,`` and ``\\`` stand for themselves.

    A text of nothing but line breaks or commas is one separator itself. ValueError for too many.
    """
    parts = re.findall(r"(?:\\.|[^\\,\n]|\\$)+", text)
    found = tuple(dict.fromkeys(re.sub(r"\\(.)", _unescaped, part) for part in parts)) or (text,) * bool(text)
    if len(found) > SEPARATORS_MAX:
        raise ValueError(f"must name at most {SEPARATORS_MAX} separators")
    return found


def split_at(text: str, separators: tuple[str, ...]) -> Iterator[str]:
    """What stands between the separators, longer ones first where two begin alike; blank pieces are left out."""
    longest_first = sorted(separators, key=len, reverse=True)
    start = 0
    for match in re.finditer("|".join(map(re.escape, longest_first)), text):
        if piece := text[start : match.start()].strip():
            yield piece
        start = match.end()
    if piece := text[start:].strip():
        yield piece


def shortened(text: str, max_bytes: int | None) -> Iterator[str]:
    """The text in pieces of at most so many bytes, cut at a paragraph, else a sentence or line, else a word, else anywhere."""
    if max_bytes is None:
        yield text
        return
    start = 0
    while start < len(text):
        window = text[start : start + max_bytes].encode()[:max_bytes].decode("utf-8", "ignore")
        whole = start + len(window) == len(text)
        end = len(window) if whole else _border(window)
        if piece := window[:end].strip():
            yield piece
        start += end


def _border(window: str) -> int:
    for border in BORDERS:
        ends = [match.end() for match in border.finditer(window)]
        if ends and ends[-1] > len(window) // 4:
            return ends[-1]
    return len(window)


def _unescaped(match: re.Match[str]) -> str:
    return ESCAPES.get(match[1], match[1])
