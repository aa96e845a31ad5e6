"""Markdown seen as a list of top-level blocks with their source lines, and as plain sentences."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from comrak import ExtensionOptions, RenderOptions, render_markdown

_VOID = {"br", "hr", "img", "input"}
_LEAVES = {"p", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd"}
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")


@dataclass(frozen=True)
class Block:
    """One top-level block: `kind` is an HTML element name ("p", "h2", "pre", …) or "raw"; lines are 0-based, half open."""

    kind: str
    start: int
    end: int
    text: str = ""
    slug: str = ""

    @property
    def level(self) -> int:
        """Heading level 1..6, 0 for everything else."""
        return int(self.kind[1]) if re.fullmatch(r"h[1-6]", self.kind) else 0


def split_blocks(markdown: str) -> list[Block]:
    """Top-level blocks in order, covering every line that is not blank; slugs as GitHub makes them. Front matter is left out."""
    reader = _Reader()
    reader.feed(_html(markdown))
    lines = markdown.split("\n")
    blocks: list[Block] = []
    at = _front_matter_end(lines)
    for block in reader.blocks:
        blocks += _raw(lines, at, block.start)
        blocks.append(block)
        at = block.end
    return blocks + _raw(lines, at, len(lines))


def sentences(markdown: str) -> list[str]:
    """Plain sentences of paragraphs, list items and table rows; code is left out."""
    reader = _Reader()
    reader.feed(_html(markdown))
    return [part for leaf in reader.leaves for part in map(str.strip, _SENTENCE_END.split(leaf)) if part]


def plain(markdown: str) -> str:
    """The words of a markdown text, code included, without marks."""
    reader = _Reader()
    reader.feed(_html(markdown))
    return " ".join("".join(reader.words).split())


def _front_matter_end(lines: list[str]) -> int:
    if lines and lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:], start=1):
            if line.rstrip() == "---":
                return number + 1
    return 0


def _raw(lines: list[str], start: int, end: int) -> list[Block]:
    """The gap between two blocks (raw HTML, link definitions) as a block, unless it is blank."""
    filled = [number for number in range(start, end) if lines[number].strip()]
    return [Block("raw", filled[0], filled[-1] + 1)] if filled else []


def _html(markdown: str) -> str:
    extensions = ExtensionOptions()
    extensions.table = extensions.strikethrough = extensions.tasklist = extensions.footnotes = True
    extensions.header_id_prefix = ""
    extensions.front_matter_delimiter = "---"
    rendering = RenderOptions()
    rendering.sourcepos = rendering.escape = True
    return render_markdown(markdown.replace("\0", ""), extensions, None, rendering)


class _Reader(HTMLParser):
    """Reads comrak's html, which is well formed, into blocks and leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.leaves: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self._block: tuple[int, int] | None = None
        self._slug = ""
        self._text: list[str] = []
        self._leaf: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if not self._open and (position := values.get("data-sourcepos")):
            first, last = position.split("-")
            self._block = (int(first.split(":")[0]) - 1, int(last.split(":")[0]))
            self._slug, self._text = values.get("id") or "", []
            if tag in _VOID:
                self._close_block(tag)
        if tag in _LEAVES:
            self._close_leaf()
        if tag in {"br", "td", "th"}:
            self.handle_data(" ")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _LEAVES:
            self._close_leaf()
        if self._open:
            self._open.pop()
        if not self._open and self._block:
            self._close_block(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        self._text.append(data)
        if "pre" not in self._open:
            self._leaf.append(data)

    def _close_leaf(self) -> None:
        text = " ".join("".join(self._leaf).split())
        self._leaf = []
        if text:
            self.leaves.append(text)

    def _close_block(self, tag: str) -> None:
        if self._block:
            start, end = self._block
            self.blocks.append(Block(tag, start, end, " ".join("".join(self._text).split()), self._slug))
        self._block = None
