"""Plain text: paragraphs, grouped into records of a readable size."""

import re
from collections.abc import Iterator

from .base import ImportedRecord, ImportResult

MAX_GROUP_CHARS = 1500
MAX_TITLE_CHARS = 120


def import_text(_name: str, text: str, base_url: str = "") -> ImportResult:
    """Groups of whole paragraphs up to 1,500 characters; a longer paragraph is cut at a sentence. Title: the first line."""
    pieces = [
        piece for paragraph in re.split(r"\n\s*\n", text) for piece in _pieces(paragraph.strip()) if piece
    ]
    groups: list[str] = []
    for piece in pieces:
        if groups and len(groups[-1]) + len(piece) + 2 <= MAX_GROUP_CHARS:
            groups[-1] += "\n\n" + piece
        else:
            groups.append(piece)
    return ImportResult(tuple(ImportedRecord(_title(group), group, base_url) for group in groups))


def _pieces(paragraph: str) -> Iterator[str]:
    while len(paragraph) > MAX_GROUP_CHARS:
        window = paragraph[:MAX_GROUP_CHARS]
        ends = [match.end() for match in re.finditer(r"[.!?…]\s+|[。！？]|\n", window)]
        at = ends[-1] if ends else window.rfind(" ") + 1 or MAX_GROUP_CHARS
        yield paragraph[:at].strip()
        paragraph = paragraph[at:].strip()
    yield paragraph


def _title(group: str) -> str:
    line = group.split("\n", 1)[0].strip()
    if len(line) <= MAX_TITLE_CHARS:
        return line
    return line[:MAX_TITLE_CHARS].rsplit(" ", 1)[0] + "…"
