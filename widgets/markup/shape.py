"""What Markdown makes of a text besides its words: blocks, links, buttons, code. A translation must make the same."""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

from rendering import Features, render

_FEATURES = Features(math=True, carousel=True, form=True, buttons=True, images=True)
_EMPHASIS = frozenset({"em", "strong", "del"})
_BLOCKS = frozenset({"p", "h3", "h4", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "hr", "br", "figure", "div"})
_VERBATIM = frozenset({"code", "pre", "math"})


@dataclass
class Shape:
    """Of one block: its tags in order; what is inline in any order, because languages order words differently."""

    blocks: list[str] = field(default_factory=list)
    inline: Counter[str] = field(default_factory=Counter)
    emphasis: Counter[str] = field(default_factory=Counter)
    words: bool = False

    def fits(self, source: "Shape") -> bool:
        """Whether a translation with this shape may stand for the source; emphasis may get lost, but none be added."""
        return self.blocks == source.blocks and self.inline == source.inline and self.emphasis <= source.emphasis and self.words >= source.words


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.shape = Shape()
        self._verbatim: list[str] = []
        self._code: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._verbatim or tag in _VERBATIM:
            if tag in _VERBATIM:
                self._verbatim.append(tag)
            return
        if tag in _BLOCKS:
            self.shape.blocks.append(tag)
        elif tag in _EMPHASIS:
            self.shape.emphasis[tag] += 1
        else:
            values = dict(attrs)
            self.shape.inline[f"{tag} {values.get('href') or values.get('src') or ''} {values.get('class') or ''}"] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _VERBATIM and self._verbatim:
            self._verbatim.pop()
            if not self._verbatim:
                self.shape.inline["".join(self._code)] += 1
                self._code.clear()

    def handle_data(self, data: str) -> None:
        if self._verbatim:
            self._code.append(data)
        elif any(map(str.isalpha, data)):
            self.shape.words = True


@lru_cache(maxsize=256)
def shapes_of(markdown: str) -> tuple[Shape, ...]:
    """Of each block, as the widget shows it."""
    shapes = []
    for block in render(markdown, _FEATURES).blocks:
        reader = _Reader()
        reader.feed(block)
        reader.close()
        shapes.append(reader.shape)
    return tuple(shapes)


def same_shape(translated: str, source: str) -> bool:
    """Whether two texts differ in nothing but words."""
    new, old = shapes_of(translated), shapes_of(source)
    return len(new) == len(old) and all(one.fits(other) for one, other in zip(new, old, strict=True))


def is_paragraph(markdown: str) -> bool:
    """Whether it is nothing but one paragraph (or a row of buttons)."""
    shapes = shapes_of(markdown)
    return len(shapes) == 1 and shapes[0].blocks in (["p"], ["div"])
