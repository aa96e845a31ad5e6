"""Inline Markdown, read into nodes. Where it reads other than the renderer does, the check of the result says so."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Literal

from widgets.markup.nodes import Group, Kept, Node, Text

_LONGEST = 2000  # characters of emphasis
_DEEPEST = 12
_HOLDER = r"\{\{[^{}\n]{1,200}\}\}|\{[\w.:-]{1,64}\}"
_EMAIL = r"[a-zA-Z0-9._+-]{1,100}@[a-zA-Z0-9_-]{1,100}(?:\.[a-zA-Z0-9_-]{1,100})+"
_ADDRESS = rf"(?<![a-zA-Z@/])https?://[^\s<>\[\]`]+|(?<![^\s*_~(])www\.[^\s<>\[\]`]+|(?<![a-zA-Z0-9.+@/_-]){_EMAIL}"
_ANGLE = r"<(?:https?://|mailto:)[^\s<>]*>|<" + _EMAIL + ">"
_HTML = r"<!--[^<>]{0,1000}-->|</?[a-zA-Z][^<>\n]{0,1000}>"
_CODE = r"(?<!`)(?P<ticks>`+)(?!`)[\s\S]{1,2000}?(?<!`)(?P=ticks)(?!`)"
_MATH = (
    r"\\\([\s\S]{1,2000}?\\\)|\\\[[\s\S]{1,2000}?\\\]|\$\$[\s\S]{1,2000}?\$\$|"
    r"\$(?![\s$])(?:[^$\n\\]|\\.){0,300}?(?<!\s)\$(?!\d)"
)
_PLAIN = re.compile(f"(?P<kept>{_HOLDER}|{_ANGLE}|{_HTML})|(?P<address>{_ADDRESS})")
_MARKDOWN = re.compile(
    f"(?P<kept>{_CODE}|{_MATH}|{_HOLDER}|{_ANGLE}|{_HTML})|(?P<address>{_ADDRESS})"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])|(?P<entity>&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)"
    r"|(?P<bracket>!?\[)|(?P<run>\*+|_+|~+)"
)
_TARGET = re.compile(
    r"\]\([ \t]*(?:<[^<>\n]*>|(?:[^\s()\\<]|\\.|\((?:[^\s()\\]|\\.){0,200}\)){0,2000})"
    r"(?:\s+(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'))?\s*\)"
)
_BRACKETS = re.compile(rf"{_CODE}|\\.|[\[\]]")
_KINDS: dict[str, Literal["emphasis", "link", "picture"]] = {"[": "link", "![": "picture"}
HOLDERS = re.compile(_HOLDER)
ADDRESSES = re.compile(_ADDRESS, re.IGNORECASE)


def parse_plain(text: str) -> tuple[Node, ...]:
    """Words, placeholders and addresses of a text that is no Markdown."""
    nodes: list[Node] = []
    position = 0
    for match in _PLAIN.finditer(text):
        source = _address(match[0]) if match["address"] else match[0]
        nodes += [Text(text[position : match.start()]), Kept(source)]
        position = match.start() + len(source)
    return tuple(_joined([*nodes, Text(text[position:])]))


def parse_markdown(text: str) -> tuple[Node, ...]:
    """One paragraph, heading or cell."""
    return tuple(_joined(_Reader(text).nodes(0, len(text), 0)))


class _Reader:
    """Of one text, in about linear time: it remembers where brackets close, and where no marks of emphasis do."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends = _bracket_ends(text)
        self._looked: dict[str, int] = {}  # a run of marks: up to here nothing closes it

    def nodes(self, start: int, end: int, depth: int) -> Iterator[Node]:
        """Those between two places."""
        text, position = self._text, start
        while match := _MARKDOWN.search(text, position, end):
            yield Text(text[position : match.start()])
            position = match.end()
            if match["kept"]:
                yield Kept(match[0])
            elif match["address"]:
                source = _address(match[0])
                position = match.start() + len(source)
                yield Kept(source, is_address=True)
            elif match["escape"]:
                yield Text(match[0][1])
            elif match["entity"]:
                yield Text(unescape(match[0]))
            elif group := self._group(match, end, depth):
                node, position = group
                yield node
            else:
                yield Text(match[0])
        yield Text(text[position:end])

    def _group(self, match: re.Match[str], end: int, depth: int) -> tuple[Group, int] | None:
        """The link, picture or emphasis that begins here, and where it ends."""
        start = match.end()
        inner_end = self._ends.get(start) if match["bracket"] else self._run_end(match, end)
        if inner_end is None or inner_end >= end or depth >= _DEEPEST:
            return None
        target = None if match["run"] else _TARGET.match(self._text, inner_end, end)
        if not (match["run"] or target):
            return None
        close = target[0] if target else match[0]
        kind = _KINDS.get(match[0], "emphasis")
        children = tuple(_joined(self.nodes(start, inner_end, depth + 1)))
        return Group(match[0], children, close, kind, start, inner_end), inner_end + len(close)

    def _run_end(self, opener: re.Match[str], end: int) -> int | None:
        """Where the same run of marks closes what this one opens."""
        text, run, start = self._text, opener[0], opener.end()
        if len(run) > (2 if run[0] == "~" else 3) or start >= end or text[start].isspace():
            return None
        if run[0] == "_" and _is_word(text, opener.start() - 1):
            return None
        last = min(end, start + _LONGEST)
        position = max(start, self._looked.get(run, 0))
        while match := _MARKDOWN.search(text, position, last):
            position = match.end()
            if match["address"]:
                position = match.start() + len(_address(match[0]))
            elif match[0] == run and match.start() > start and _closes(text, match.start(), match.end()):
                return match.start()
        self._looked[run] = max(last, self._looked.get(run, 0))
        return None


def _bracket_ends(text: str) -> dict[int, int]:
    """Where the text in each bracket begins, to where it ends."""
    ends: dict[int, int] = {}
    waiting: list[int] = []
    for match in _BRACKETS.finditer(text):
        if match[0] == "[":
            waiting.append(match.end())
        elif match[0] == "]" and waiting:
            ends[waiting.pop()] = match.start()
    return ends


def _closes(text: str, start: int, end: int) -> bool:
    return not text[start - 1].isspace() and (text[start] != "_" or not _is_word(text, end))


def _is_word(text: str, index: int) -> bool:
    return 0 <= index < len(text) and text[index].isalnum()


def _address(found: str) -> str:
    """An address without the punctuation of the sentence that it ends."""
    while found and (found[-1] in "?!.,:;*_~'\"|" or (found[-1] == ")" and found.count(")") > found.count("("))):
        found = found[:-1]
    return found


def _joined(nodes: Iterator[Node] | list[Node]) -> Iterator[Node]:
    """Without empty texts, and no two in a row."""
    words = ""
    for node in nodes:
        if isinstance(node, Text):
            words += node.text
            continue
        if words:
            yield Text(words)
        words = ""
        yield node
    if words:
        yield Text(words)
