"""What a sentence consists of."""

from dataclasses import dataclass, field
from typing import Literal


class Broken(Exception):
    """A translation that cannot take the place of its sentence; says why, in words that go on after “the translation”."""


@dataclass(frozen=True)
class Text:
    """Words, without the escapes of Markdown. A line break within a paragraph is ``\\n``."""

    text: str


@dataclass(frozen=True)
class Kept:
    """What must not change: code, a formula, a placeholder, an address. A bare address is a link by what stands beside it."""

    source: str
    is_address: bool = False


@dataclass(frozen=True)
class Group:
    """Markup around what is translated: emphasis (``open`` and ``close`` are the same), a link, a button, a picture's text.

    ``start`` and ``end`` are where its text was in what was read.
    """

    open: str
    children: "tuple[Node, ...]"
    close: str
    kind: Literal["emphasis", "link", "picture"]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


Node = Text | Kept | Group


def has_words(nodes: tuple[Node, ...]) -> bool:
    """Whether there is anything to translate."""
    return any(
        any(map(str.isalpha, node.text)) if isinstance(node, Text) else isinstance(node, Group) and has_words(node.children)
        for node in nodes
    )
