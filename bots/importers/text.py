"""Plain text: paragraphs, grouped into records of a readable size."""

import re
from collections.abc import Iterator

from .base import ImportedRecord, ImportResult

MAX_GROUP_CHARS = 1500
MAX_TITLE_CHARS = 120


def import_text(
    _name: str, text: str, base_url: str = "", group_chars: int = MAX_GROUP_CHARS
) -> ImportResult:
    """Groups of whole paragraphs up to 1,500 characters; a longer paragraph is cut at a sentence. Title: the first line."""
    paragraphs = re.split(r"\n\s*\n", text)
    pieces = [piece for part in paragraphs for piece in _pieces(part.strip(), group_chars) if piece]
    groups: list[str] = []
    for piece in pieces:
        if groups and len(groups[-1]) + len(piece) + 2 <= group_chars:
            groups[-1] += "\n\n" + piece
        else:
            groups.append(piece)
    return ImportResult(tuple(ImportedRecord(title_of(group), group, base_url) for group in groups))


def _pieces(paragraph: str, group_chars: int) -> Iterator[str]:
    start = 0
    while len(paragraph) - start > group_chars:
        window = paragraph[start : start + group_chars]
        ends = [match.end() for match in re.finditer(r"[.!?…]\s+|[。！？]|\n", window)]
        at = ends[-1] if ends else window.rfind(" ") + 1 or group_chars
        yield window[:at].strip()
        start += at
        while start < len(paragraph) and paragraph[start].isspace():
            start += 1
    yield paragraph[start:].strip()


def title_of(group: str) -> str:
    """The first line of a text, cut to what reads as a title."""
    line = group.split("\n", 1)[0].lstrip("#").strip()
    if len(line) <= MAX_TITLE_CHARS:
        return line
    return line[:MAX_TITLE_CHARS].rsplit(" ", 1)[0] + "…"
