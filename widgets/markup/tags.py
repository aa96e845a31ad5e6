"""Sentences as translators see them: XML text with ``<x1/>`` for what is kept and ``<g2>…</g2>`` around what belongs together."""

import re
from collections.abc import Callable
from html import escape, unescape

from widgets.markup.nodes import Broken, Group, Kept, Node, Text, has_words

_TAG = re.compile(r"<\s*(/?)\s*([xg])\s?(\d{1,4})\s*(/?)\s*>", re.IGNORECASE)
_EMPTY = re.compile(r"<\s*x\s?(\d{1,4})\s*>\s*<\s*/\s*x\s?\1\s*>", re.IGNORECASE)
_OTHER = re.compile(r"</?[a-zA-Z][^<>]*>")
_SPACE = re.compile(r"[^\S\xa0]*[\r\n\v\f\x85\u2028\u2029]\s*")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0\ufffe\uffff]")  # databases and YAML refuse them
_Open = tuple[int, list[Node]]


def as_tags(nodes: tuple[Node, ...]) -> str:
    """The sentence to translate; line breaks are spaces."""
    return " ".join(_Numbering().tagged(nodes).split())


class _Numbering:
    def __init__(self) -> None:
        self._last = 0

    def tagged(self, nodes: tuple[Node, ...]) -> str:
        parts = []
        for node in nodes:
            if isinstance(node, Text):
                parts.append(_escaped(node.text))
                continue
            self._last += 1
            number = self._last
            parts.append(f"<x{number}/>" if isinstance(node, Kept) else f"<g{number}>{self.tagged(node.children)}</g{number}>")
        return "".join(parts)


def from_tags(translated: str, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The same nodes around other words. Raises Broken unless each tag is there once, in the one that it was in."""
    known = dict(_numbered(nodes))
    text = _EMPTY.sub(r"<x\1/>", translated)
    stack: list[_Open] = [(0, [])]
    seen: set[int] = set()
    position = 0
    for match in _TAG.finditer(text):
        stack[-1][1].append(_words(text[position : match.start()]))
        position = match.end()
        closing, kind, number = match[1], match[2].lower(), int(match[3])
        if closing:
            _close(stack, number, known)
            continue
        node, parent = known.get(number, (None, 0))
        if node is None or (kind == "x") != isinstance(node, Kept) or (kind == "g" and match[4]):
            raise Broken("has a tag that was not there")
        if number in seen:
            raise Broken("has a part twice")
        if parent != stack[-1][0]:
            raise Broken("has its parts in each other in another way")
        seen.add(number)
        if isinstance(node, Kept):
            stack[-1][1].append(node)
        else:
            stack.append((number, []))
    if len(stack) > 1 or len(seen) < len(known):
        raise Broken("has lost a link, a placeholder or formatting")
    stack[0][1].append(_words(text[position:]))
    return tuple(stack[0][1])


def _numbered(nodes: tuple[Node, ...]) -> list[tuple[int, tuple[Node, int]]]:
    """Every node with a tag by its number, and the number of the group it is in."""
    found: list[tuple[int, tuple[Node, int]]] = []

    def walk(inner: tuple[Node, ...], parent: int) -> None:
        for node in inner:
            if not isinstance(node, Text):
                found.append((len(found) + 1, (node, parent)))
                if isinstance(node, Group):
                    walk(node.children, len(found))

    walk(nodes, 0)
    return found


def _close(stack: list[_Open], number: int, known: dict[int, tuple[Node, int]]) -> None:
    open_number, children = stack[-1]
    if open_number != number or len(stack) == 1:
        raise Broken("has its parts crossed")
    stack.pop()
    node = known[number][0]
    assert isinstance(node, Group)  # noqa: S101 (nothing else is opened)
    new = tuple(children)
    if has_words(node.children) and not has_words(new):
        raise Broken("has an empty link or button")
    stack[-1][1].append(Group(node.open, new, node.close, node.kind))


def _words(text: str) -> Text:
    if _OTHER.search(text):
        raise Broken("has a tag that was not there")
    return Text(_UNWRITABLE.sub("", _SPACE.sub(" ", unescape(text))))


def _escaped(text: str) -> str:
    return escape(_UNWRITABLE.sub("", text), quote=False)


def pieces_of(nodes: tuple[Node, ...]) -> list[str]:
    """The runs of words between tags, each a sentence of its own."""
    found: list[str] = []

    def noted(text: str) -> str:
        found.append(" ".join(_escaped(text).split()))
        return text

    _each(nodes, noted)
    return found


def with_pieces(nodes: tuple[Node, ...], pieces: list[str]) -> tuple[Node, ...]:
    """The nodes with other words, as many as ``pieces_of`` gave."""
    waiting = iter(pieces)

    def replaced(text: str) -> str:
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        return text[:start].replace("\n", " ") + _words(next(waiting)).text.strip() + text[end:].replace("\n", " ")

    return _each(nodes, replaced)


def _each(nodes: tuple[Node, ...], change: Callable[[str], str]) -> tuple[Node, ...]:
    new: list[Node] = []
    for node in nodes:
        if isinstance(node, Group):
            new.append(Group(node.open, _each(node.children, change), node.close, node.kind))
        elif isinstance(node, Text) and any(map(str.isalpha, node.text)):
            new.append(Text(change(node.text)))
        else:
            new.append(node)
    return tuple(new)
