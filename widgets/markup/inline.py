"""Inline Markdown, read into nodes. Where it reads other than the renderer does, the check of the result says so."""

import re
from collections.abc import Iterator
from html import unescape

from widgets.markup.nodes import Group, Kept, Node, Text

_LONGEST = 2000  # characters of a link's text or of emphasis, so that no text takes quadratic time
_DEEPEST = 12
_HOLDER = r"\{\{[^{}\n]{1,200}\}\}|\{[\w.:-]{1,64}\}"
_ADDRESS = r"(?<![\w@/])(?:https?://|www\.)[^\s<>\[\]`]+|(?<![\w.+@/-])[\w.+-]{1,100}@[\w-]{1,100}(?:\.[\w-]{1,100})+"
_ANGLE = r"<(?:https?://|mailto:)[^\s<>]*>|<[\w.+-]{1,100}@[\w-]+(?:\.[\w-]+)+>"
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
    return tuple(_joined(_nodes(text, 0, len(text), 0)))


def _nodes(text: str, start: int, end: int, depth: int) -> Iterator[Node]:
    position = start
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
        elif group := _group(text, match, end, depth):
            node, position = group
            yield node
        else:
            yield Text(match[0])
    yield Text(text[position:end])


def _group(text: str, match: re.Match[str], end: int, depth: int) -> tuple[Group, int] | None:
    """The link, picture or emphasis that begins here, and where it ends."""
    if depth >= _DEEPEST:
        return None
    inner_end = _bracket_end(text, match.end(), end) if match["bracket"] else _run_end(text, match, end)
    if inner_end is None:
        return None
    children = tuple(_joined(_nodes(text, match.end(), inner_end, depth + 1)))
    if match["run"]:
        return Group(match[0], children, match[0], "emphasis"), inner_end + len(match[0])
    target = _TARGET.match(text, inner_end, end)
    if target is None:
        return None
    return Group(match[0], children, target[0], "picture" if match[0] == "![" else "link"), target.end()


def _bracket_end(text: str, start: int, end: int) -> int | None:
    """Where the bracket closes, if a target follows."""
    level, position = 1, start
    for match in re.compile(rf"{_CODE}|\\.|[\[\]]").finditer(text, start, min(end, start + _LONGEST)):
        position = match.start()
        level += {"[": 1, "]": -1}.get(match[0], 0)
        if level == 0:
            return position if text.startswith("](", position) else None
    return None


def _run_end(text: str, opener: re.Match[str], end: int) -> int | None:
    """Where the same run of marks closes what this one opens."""
    run, start = opener[0], opener.end()
    if len(run) > (2 if run[0] == "~" else 3) or start >= end or text[start].isspace():
        return None
    if run[0] == "_" and _is_word(text, opener.start() - 1):
        return None
    position = start
    while match := _MARKDOWN.search(text, position, min(end, start + _LONGEST)):
        position = match.end()
        if match["address"]:
            position = match.start() + len(_address(match[0]))
        elif match[0] == run and match.start() > start and _closes(text, match.start(), match.end()):
            return match.start()
    return None


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
