"""What a text is cut into: strings that stay, and sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from widgets.markup.inline import parse_markdown, parse_plain
from widgets.markup.nodes import Group, Kept, Node, Text, has_words
from widgets.markup.sentence import Sentence

_ENDS = ".!?:;…。！？：；؟۔।"
_DEEPEST = 8
_WRAPPED = 60  # characters: a line that is shorter ends where somebody wanted it to end


@dataclass(frozen=True)
class Scalar:
    """A value in YAML: written anew where one of its parts changes."""

    source: str
    parts: "tuple[Part, ...]"
    is_plain: bool


Part = str | Sentence | Scalar


def sentences_in(parts: Sequence[Part]) -> Iterator[Sentence]:
    """In order."""
    for part in parts:
        if isinstance(part, Sentence):
            yield part
        elif isinstance(part, Scalar):
            yield from sentences_in(part.parts)


def cut_plain(text: str) -> list[Part]:
    """A text that is no Markdown: each line is a sentence."""
    parts: list[Part] = []
    for line in text.splitlines(keepends=True):
        parts += _trimmed(line, line, parse_plain(line), is_markdown=False)
    return parts


def cut_paragraph(text: str, breaks: Sequence[str], *, in_table: bool = False) -> list[Part]:
    """Inline Markdown: ``breaks`` are what stood in the place of each ``\\n``. Lines that belong together are one sentence."""
    parts: list[Part] = []
    rest, used = text, 0
    for line in _lines(text):
        rest = rest[len(line) :]
        inner = breaks[used : used + line.count("\n")]
        used += len(inner)
        is_hard = bool(rest) and line.endswith("\\")
        parts += [*_cut_line(line[: len(line) - is_hard], inner, in_table), "\\" * is_hard]
        if rest:
            parts.append(breaks[used])
            rest, used = rest[1:], used + 1
    return parts


def _lines(text: str) -> Iterator[str]:
    """The text at its line breaks, but for those within a link, code or emphasis, and those where an editor has wrapped a line."""
    inside = _breaks_inside(text)
    start = 0
    for place, character in enumerate(text):
        if character == "\n" and place not in inside and not _is_wrapped(text[start:place].rpartition("\n")[2], text[place + 1 :]):
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _breaks_inside(text: str) -> set[int]:
    """Places of line breaks that a node other than words spans."""
    if "\n" not in text:
        return set()
    found, outside = set(), 0
    total = text.count("\n")
    places = [place for place, character in enumerate(text) if character == "\n"]
    for node in parse_markdown(text):
        count = _count_breaks(node)
        if not isinstance(node, Text):
            found.update(places[outside : outside + count])
        outside += count
    return found if outside == total else set(places)


def _count_breaks(node: Node) -> int:
    if isinstance(node, Text):
        return node.text.count("\n")
    if isinstance(node, Kept):
        return node.source.count("\n")
    return sum(map(_count_breaks, node.children)) + node.open.count("\n") + node.close.count("\n")


def _is_wrapped(line: str, following: str) -> bool:
    if line.endswith(("  ", "\\")) or not any(map(str.isalpha, line)) or line.rstrip()[-1] in _ENDS:
        return False
    return following[:1].islower() or (len(line) >= _WRAPPED and following[:1].isalpha())


def _cut_line(line: str, breaks: Sequence[str], in_table: bool, depth: int = 0) -> list[Part]:
    source = "".join(piece + joint for piece, joint in zip(line.split("\n"), [*breaks, ""], strict=True))
    nodes = parse_markdown(line)
    if "\n" not in line and depth < _DEEPEST and (inner := _inside(line, nodes, in_table, depth)) is not None:
        return inner
    return _trimmed(source, line, nodes, is_markdown=True, in_table=in_table)


def _inside(line: str, nodes: tuple[Node, ...], in_table: bool, depth: int) -> list[Part] | None:
    """A row of links or buttons with no words between them: each is a sentence. A line that is one group: what is in it."""
    visible = [node for node in nodes if not (isinstance(node, Text) and not node.text.strip())]
    groups = [node for node in nodes if isinstance(node, Group)]
    is_row = groups and all(node.kind == "link" for node in groups) and not has_words(tuple(node for node in nodes if isinstance(node, Text)))
    if not (is_row or (len(visible) == 1 and groups)):
        return None
    parts: list[Part] = []
    position = 0
    for group in groups:
        parts += [line[position : group.start], *_cut_line(line[group.start : group.end], (), in_table, depth + 1)]
        position = group.end
    return [*parts, line[position:]]


def _trimmed(source: str, text: str, nodes: tuple[Node, ...], *, is_markdown: bool, in_table: bool = False) -> list[Part]:
    """The sentence without the space around it; none where there are no words."""
    if not has_words(nodes):
        return [source]
    inner = source.strip()
    start = source.index(inner)
    nodes = (*_stripped(nodes[:1], first=True), *nodes[1:])
    nodes = (*nodes[:-1], *_stripped(nodes[-1:], first=False))
    sentence = Sentence(inner, text.strip(), nodes, is_markdown, in_table)
    return [source[:start], sentence, source[start + len(inner) :]]


def _stripped(nodes: tuple[Node, ...], *, first: bool) -> tuple[Node, ...]:
    return tuple(
        Text(node.text.lstrip() if first else node.text.rstrip()) if isinstance(node, Text) else node for node in nodes
    )
