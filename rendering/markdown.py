"""Comrak: guarded markdown to the raw html of its top-level blocks."""

import re
from typing import NamedTuple

from comrak import ExtensionOptions, ParseOptions, RenderOptions, render_markdown

from rendering.source import GUARD, GUARD_ENCODED

# Containers are counted, leaves outside of them are blocks of their own. Comrak escapes all text, so
# these tags are its own.
_TAGS = re.compile(
    r'<(?:(/)(?:ul|ol|blockquote|table)>|(ul|ol|blockquote|table) data-sourcepos="(\d+):'
    r'|(p|pre|h[1-6]|hr) data-sourcepos="(\d+):)'
)
# What may become the next item of a list, or is a line (`- --`) that may.
_LIST_MARKER = re.compile(r"\s*(?:\d{1,9}[.)]?|[-*+][-* \t]*)\s*$")


class Block(NamedTuple):
    """One top-level block: its first line (from 1), its tag and comrak's html with source positions."""

    line: int
    tag: str
    html: str


def _extensions() -> ExtensionOptions:
    options = ExtensionOptions()
    options.table = options.strikethrough = options.tasklist = options.autolink = True
    options.math_dollars = options.math_latex = True
    return options


def _rendering() -> RenderOptions:
    options = RenderOptions()
    options.escape = options.sourcepos = True
    # Raw html is escaped all the same. Targets pass as they are, because comrak would empty a forbidden
    # one, and an empty one is a reply button; links.py and the sanitizer decide.
    options.unsafe_ = True
    return options


_EXTENSIONS, _PARSING, _RENDERING = _extensions(), ParseOptions(), _rendering()


def parse(source: str) -> list[Block]:
    """Top-level blocks of guarded markdown, in order."""
    html = render_markdown(source, _EXTENSIONS, _PARSING, _RENDERING)
    if GUARD in source:
        html = html.replace(GUARD, "").replace(GUARD_ENCODED, "")
    starts: list[tuple[int, int, str]] = []
    depth = 0
    for match in _TAGS.finditer(html):
        end, container, line, leaf, leaf_line = match.groups()
        if end:
            depth -= 1
            continue
        if depth == 0:
            starts.append((match.start(), int(line or leaf_line), container or leaf))
        if container:
            depth += 1
    if not starts:
        return []
    ends = [start for start, _, _ in starts[1:]] + [len(html)]
    return [
        Block(line, tag, html[start:end].rstrip("\n"))
        for (start, line, tag), end in zip(starts, ends, strict=True)
    ]


def settled(blocks: list[Block], source: str, complete: int) -> int:
    """How many leading blocks no further text can change.

    `complete` is the number of lines of `source` that ended with a line break. All but the last block
    are settled, unless the last one began with the unfinished line: then that line may still turn out to
    continue the block before it (`#` and `#tag`, `***` and `***bold***`, `2` and `2. item`).
    """
    last = len(blocks) - 1
    if last <= 0:
        return 0
    before, block = blocks[-2:]
    decisive = block.line + 1 if block.tag == "table" else block.line  # a table begins with its second row
    if decisive <= complete or before.tag in {"pre", "hr"} or before.tag[0] == "h":
        return last
    lines = source.split("\n", block.line)
    if lines[block.line - 2].strip(" \t"):
        return last - 1
    if before.tag in {"ul", "ol"} and _LIST_MARKER.match(lines[block.line - 1]):
        return last - 1
    return last
