"""Nodes, written as Markdown again so that they mean the same beside other words."""

import re
import unicodedata
from dataclasses import dataclass, replace

from widgets.markup.nodes import Group, Kept, Node, Text

_MARKS = re.compile(r"[\\`*_\]<>$~{}]|&(?=#?\w+;)")
_BEGINNING = re.compile(r"^(\s*)(?:([#+=:-])|(\d{1,9})([.)]))")


@dataclass(frozen=True)
class _Piece:
    """A stretch of the result; a mark of emphasis knows its pair and its side."""

    source: str
    pair: int = 0
    side: str = ""
    is_address: bool = False


def write_plain(nodes: tuple[Node, ...]) -> str:
    """Of a text that is no Markdown."""
    return "".join(node.text if isinstance(node, Text) else node.source for node in nodes if not isinstance(node, Group))


def write_markdown(nodes: tuple[Node, ...], *, escaped: bool, in_table: bool) -> str:
    """``escaped`` takes the meaning from every mark among the words. Emphasis that would be none beside its new neighbors is left out."""
    pieces = _settled(_pieces(nodes, escaped, in_table, [0]))
    source = "".join(piece.source for piece in pieces)
    return _BEGINNING.sub(_as_words, source, count=1) if escaped else source


def _as_words(match: re.Match[str]) -> str:
    return f"{match[1]}\\{match[2]}" if match[2] else f"{match[1]}{match[3]}\\{match[4]}"


def _pieces(nodes: tuple[Node, ...], escaped: bool, in_table: bool, count: list[int]) -> list[_Piece]:
    pieces: list[_Piece] = []
    for node in nodes:
        if isinstance(node, Text):
            pieces.append(_Piece(_written(node.text, escaped, in_table)))
        elif isinstance(node, Kept):
            pieces.append(_Piece(node.source, is_address=node.is_address))
        else:
            pieces += _grouped(node, escaped, in_table, count)
    return [piece for piece in pieces if piece.source]


def _grouped(node: Group, escaped: bool, in_table: bool, count: list[int]) -> list[_Piece]:
    """Spaces at the ends stand outside: marks of emphasis beside them would be none."""
    inner = _pieces(node.children, escaped, in_table, count)
    before = after = ""
    if inner and not inner[0].side:
        before, inner[0] = _cut_space(inner[0], first=True)
    if inner and not inner[-1].side:
        after, inner[-1] = _cut_space(inner[-1], first=False)
    count[0] += 1
    pair = count[0] if node.kind == "emphasis" else 0
    opening, closing = _Piece(node.open, pair, "open"), _Piece(node.close, pair, "close")
    return [_Piece(before), opening, *(piece for piece in inner if piece.source), closing, _Piece(after)]


def _cut_space(piece: _Piece, *, first: bool) -> tuple[str, _Piece]:
    text = piece.source.lstrip() if first else piece.source.rstrip()
    space = piece.source[: len(piece.source) - len(text)] if first else piece.source[len(text) :]
    return space, replace(piece, source=text)


def _written(text: str, escaped: bool, in_table: bool) -> str:
    if escaped:
        text = _MARKS.sub(r"\\\g<0>", text).replace("[", "&#91;")  # an escaped one begins a formula
    return text.replace("|", "\\|") if in_table else text


def _settled(pieces: list[_Piece]) -> list[_Piece]:
    """Addresses in angle brackets where words would run into them; marks of emphasis that work, or none."""
    for place, piece in enumerate(pieces):
        if piece.is_address and not _stands_alone(*_around(pieces, place)):
            pieces[place] = replace(piece, source=_bracketed(piece.source))
    failing = _failing(pieces)
    for place, piece in enumerate(pieces):
        if piece.pair in failing:  # stars may stand within words, lines may not
            pieces[place] = replace(piece, source=piece.source.replace("_", "*"))
    failing = _failing(pieces)
    return [piece for piece in pieces if piece.pair not in failing]


def _failing(pieces: list[_Piece]) -> set[int]:
    """The pairs of which a mark would be text."""
    return {piece.pair for place, piece in enumerate(pieces) if piece.pair and not _works(piece, *_around(pieces, place))}


def _around(pieces: list[_Piece], place: int) -> tuple[str, str]:
    before = pieces[place - 1].source[-1] if place else " "
    return before, pieces[place + 1].source[0] if place + 1 < len(pieces) else " "


def _works(piece: _Piece, before: str, after: str) -> bool:
    """CommonMark's rules of delimiter runs, for the side that it is to be."""
    left = not _is_space(after) and (not _is_punctuation(after) or _is_space(before) or _is_punctuation(before))
    right = not _is_space(before) and (not _is_punctuation(before) or _is_space(after) or _is_punctuation(after))
    if piece.source[0] == before or piece.source[-1] == after:
        return False
    if piece.source[0] != "_":
        return left if piece.side == "open" else right
    if piece.side == "open":
        return left and (not right or _is_punctuation(before))
    return right and (not left or _is_punctuation(after))


def _is_space(character: str) -> bool:
    return character.isspace()


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _stands_alone(before: str, after: str) -> bool:
    return (before.isspace() or before in "(*_~") and (after.isspace() or after in "?!.,:;*_~'\")]<")


def _bracketed(address: str) -> str:
    if address.startswith("www."):
        return f"[{address}](http://{address})"
    return f"<{address}>"
