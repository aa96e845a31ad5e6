"""One sentence: what a translator gets of it, and what is made of what comes back."""

from collections import Counter
from dataclasses import dataclass

from widgets.markup.inline import ADDRESSES, HOLDERS
from widgets.markup.nodes import Broken, Node
from widgets.markup.shape import is_paragraph, same_shape
from widgets.markup.tags import as_tags, from_tags, pieces_of, with_pieces
from widgets.markup.writing import write_markdown, write_plain

_LONGER = 8  # times the source, and
_MORE = 400  # characters: what is longer was not translated


@dataclass(frozen=True)
class Sentence:
    """``source`` is what it was in the text, ``text`` the same with line breaks instead of what stands between its lines."""

    source: str
    text: str
    nodes: tuple[Node, ...]
    is_markdown: bool
    in_table: bool = False

    @property
    def tagged(self) -> str:
        """What is translated."""
        return as_tags(self.nodes)

    @property
    def pieces(self) -> list[str]:
        """The same in pieces between its tags."""
        return pieces_of(self.nodes)

    def put(self, translated: str) -> str:
        """What takes its place. Raises Broken."""
        if translated.strip() == self.tagged:
            return self.source
        return self._written(from_tags(translated.strip(), self.nodes))

    def put_pieces(self, translated: list[str]) -> str:
        """The same, of its pieces. Raises Broken."""
        if not any(piece.strip() for piece in translated):
            raise Broken("is empty")
        return self.source if translated == self.pieces else self._written(with_pieces(self.nodes, translated))

    def _written(self, nodes: tuple[Node, ...]) -> str:
        if not self.is_markdown:
            new = write_plain(nodes).strip()
            self._compare(new)
            return new
        for escaped in (False, True):
            new = write_markdown(nodes, escaped=escaped, in_table=self.in_table).strip()
            if self._fits(new):
                self._compare(new)
                return new
        self._compare(new)
        raise Broken("has other links, buttons or formatting")

    def _compare(self, new: str) -> None:
        if not any(map(str.isalpha, new)):
            raise Broken("is empty")
        if len(new) > len(self.text) * _LONGER + _MORE:
            raise Broken("is much too long")
        if Counter(HOLDERS.findall(new)) != Counter(HOLDERS.findall(self.text)):
            raise Broken("has other placeholders")
        if not self.is_markdown and len(ADDRESSES.findall(new)) != len(ADDRESSES.findall(self.text)):
            raise Broken("has other addresses")

    def _fits(self, new: str) -> bool:
        """As a paragraph of its own, or behind a word where what it was would have begun something else."""
        before = "" if is_paragraph(self.text) else "x "
        return same_shape(before + new, before + self.text)
