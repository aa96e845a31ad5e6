"""Markdown by its lines: what the renderer takes for code and tables, and what is a paragraph."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rendering.code import PRE
from rendering.markdown import parse
from rendering.source import Source
from widgets.markup.fences import SCHEMAS, cut_fence
from widgets.markup.parts import Part, cut_paragraph

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_TABLE = re.compile(r'<table data-sourcepos="(\d+):\d+-(\d+):')
# Quotes, list marks, task boxes and headings: whatever stands before the words of a line.
_PREFIX = re.compile(r"((?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*(?:\[[ xX]\][ \t]+)?)(#{1,6}(?=[ \t]))?[ \t]*")
_CONTINUES = re.compile(r"[ \t>]*")
_HEADING_END = re.compile(r"[ \t]+#+[ \t]*$")
_CELL = re.compile(r"(?:\\.|[^\\|])+|\\$")
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*([\w-]+)[ \t]*")


_FORMULAS = {"$$": "$$", "\\[": "\\]"}


class _Region(NamedTuple):
    """Lines that are no paragraphs, numbered from 0."""

    first: int
    last: int
    is_table: bool


def cut_markdown(text: str) -> list[Part]:
    """The parts of a text; together they are the text."""
    lines = [line for line in _LINE.findall(text) if line]
    parts: list[Part] = []
    number = 0
    for region in sorted([*_regions(text), *_formulas(lines)]):
        if region.first < number:
            continue  # within one that was cut
        parts += _cut_text(lines[number : region.first])
        inner = lines[region.first : region.last + 1]
        parts += [part for line in inner for part in _cut_row(line)] if region.is_table else _cut_code(inner)
        number = region.last + 1
    return [*parts, *_cut_text(lines[number:])]


def _regions(text: str) -> list[_Region]:
    """Code and tables, as the renderer sees them."""
    source = Source()
    source.feed(text)
    source.close()
    html = "".join(block.html for block in parse(source.tail()))
    code = [_Region(int(pre[1]) - 1, int(pre[2]) - 1, False) for pre in PRE.finditer(html) if pre[1]]
    tables = [_Region(int(table[1]) - 1, int(table[2]) - 1, True) for table in _TABLE.finditer(html)]
    return code + tables


def _formulas(lines: Sequence[str]) -> Iterator[_Region]:
    """Formulas of several lines, whose signs look like marks of lists; a blank line ends what is none."""
    first, closer = 0, ""
    for number, line in enumerate(lines):
        body = line.strip()
        if closer and closer in body:
            yield _Region(first, number, False)
            closer = ""
        elif not body or body.startswith(("```", "~~~")):
            closer = ""
        elif not closer and body[:2] in _FORMULAS and _FORMULAS[body[:2]] not in body[2:]:
            first, closer = number, _FORMULAS[body[:2]]


def _cut_code(lines: Sequence[str]) -> list[Part]:
    """Code stays; of a component, what visitors read is cut."""
    fence = _FENCE.fullmatch(lines[0].rstrip("\r\n")) if lines else None
    end = lines[-1].strip() if len(lines) > 2 else ""
    if fence and fence[2].lower() in SCHEMAS and len(end) >= len(fence[1]) and end == fence[1][0] * len(end):
        return [lines[0], *cut_fence(fence[2].lower(), "".join(lines[1:-1])), lines[-1]]
    return list(lines)


def _cut_row(line: str) -> list[Part]:
    """Each cell is a paragraph."""
    text = line.rstrip("\r\n")
    prefix = _CONTINUES.match(text)
    start = prefix.end() if prefix else 0
    parts: list[Part] = [text[:start]]
    for cell in _CELL.finditer(text, start):
        parts += [text[start : cell.start()], *cut_paragraph(cell[0], (), in_table=True)]
        start = cell.end()
    return [*parts, line[start:]]


def _cut_text(lines: Sequence[str]) -> list[Part]:
    """Paragraphs, headings and items of lists."""
    parts: list[Part] = []
    paragraph, breaks, end, quotes = "", list[str](), "", 0
    for line in lines:
        body = line.rstrip("\r\n")
        prefix = _PREFIX.match(body)
        assert prefix is not None  # noqa: S101 (it may be empty)
        words, ending = body[prefix.end() :], line[len(body) :]
        if paragraph and words and _CONTINUES.fullmatch(prefix[0]) and prefix[0].count(">") in (0, quotes):
            breaks.append(end + prefix[0])
            paragraph += "\n" + words
        else:
            parts += [*cut_paragraph(paragraph, breaks), end, prefix[0]]
            paragraph, breaks, quotes = words, [], prefix[0].count(">")
        end = ending
        if prefix[2]:
            closing = _HEADING_END.search(paragraph)
            paragraph, rest = (paragraph[: closing.start()], closing[0]) if closing else (paragraph, "")
            parts += cut_paragraph(paragraph, breaks)
            paragraph, end = "", rest + ending
    return [*parts, *cut_paragraph(paragraph, breaks), end]
