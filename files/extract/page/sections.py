"""The content of a web page as sections: a heading with its anchor, and what stands below it as Markdown blocks."""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from .document import HEADINGS
from .inline import children, escaped, inline, one_line, paragraph, plain, wrapped

DEPTH = 120  # levels of elements that are followed; below, there is only text
LINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd",
    "label", "mark", "math", "output", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt",
    "u", "var", "wbr", "br",
}  # fmt: skip
BLOCKS = "p, div, ul, ol, table, pre, blockquote, section, article, details, dl, figure, " + HEADINGS
PERMALINK = re.compile(r"[\s\u00b6#§🔗]*")
LANGUAGE = re.compile(r"(?:language|lang|highlight)-([a-z0-9+#-]{1,20})(?:\s|$)", re.I)
COMPONENTS = {
    "carousel",
    "card",
    "button",
    "buttons",
    "form",
}  # fences that a chat makes more of than code: never out of a page
LIST = re.compile(r"(?:- |\d+\. )")


@dataclass
class Section:
    """``level`` is 0 for what stands before the first heading."""

    level: int
    title: str
    anchor: str
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its blocks, a blank line between."""
        return "\n\n".join(self.parts)


class SectionReader:
    """Walks a page once. ``base`` is what its links are relative to."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._section = Section(0, "", "")
        self._nested = False  # in a list, a quote or a cell headings are only bold
        self.sections = [self._section]

    def read(self, node: LexborNode, depth: int = DEPTH) -> None:
        """Add what is below a node."""
        line: list[str] = []
        for child in children(node):
            if self._in_line(child):
                if child.tag != "button":  # what it does, it does not do in a chat
                    line.append(inline(child, self._base, depth - 1))
                continue
            self._add(paragraph("".join(line)))
            line = []
            self._block(child, depth - 1)
        self._add(paragraph("".join(line)))

    def _in_line(self, node: LexborNode) -> bool:
        return node.is_text_node or (node.tag in LINE and node.css_first(BLOCKS) is None)

    def _block(self, node: LexborNode, depth: int) -> None:
        tag = node.tag or ""
        if depth <= 0:
            self._add(paragraph(escaped(plain(node))))
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self._heading(node, int(tag[1]))
        elif tag == "pre":
            self._add(_fence(node))
        elif tag in {"ul", "ol", "menu"} and node.css_first(f"{HEADINGS}, details") is None:
            self._add(self._list(node, depth))
        elif tag == "blockquote":
            quoted = "\n\n".join(self._inside(node, depth))
            self._add("\n".join(f"> {line}".rstrip() for line in quoted.split("\n")) if quoted else "")
        elif tag == "table" and (rows := self._rows(node, depth)):
            self._add(_table(rows))
        elif tag == "dt":
            self._add(wrapped("**", one_line(self._line(node, depth))))
        elif tag == "details":
            self._details(node, depth)
        elif tag == "head":
            pass
        else:
            self.read(node, depth)

    def _line(self, node: LexborNode, depth: int) -> str:
        return "".join(inline(child, self._base, depth - 1) for child in children(node))

    def _heading(self, node: LexborNode, level: int) -> None:
        _drop_buttons(node)
        anchor, title = _anchor(node), _heading_text(node)  # in this order: the anchor may be an empty link
        if not title:
            return
        if self._nested:
            self._add(wrapped("**", escaped(title)))
            return
        self._section = Section(level, title, anchor)
        self.sections.append(self._section)

    def _details(self, node: LexborNode, depth: int) -> None:
        """A question that opens: a section of its own, after which the one around it goes on."""
        summary = next((child for child in children(node) if child.tag == "summary"), None)
        title = _heading_text(summary) if summary is not None else ""
        if summary is not None:
            summary.decompose()
        if self._nested or not title:
            self._add(wrapped("**", escaped(title)))
            self.read(node, depth)
            return
        around = self._section
        self._section = Section(max(around.level, 1) + 1, title, node.attributes.get("id") or "")
        self.sections.append(self._section)
        self.read(node, depth)
        self._section = around

    def _inside(self, node: LexborNode, depth: int) -> list[str]:
        """The blocks below a node that stays in one piece."""
        section, nested = self._section, self._nested
        self._section, self._nested = Section(0, "", ""), True
        self.read(node, depth)
        parts = self._section.parts
        self._section, self._nested = section, nested
        return parts

    def _list(self, node: LexborNode, depth: int) -> str:
        items: list[str] = []
        for child in children(node):
            if child.is_text_node or (child.tag in {"ul", "ol"} and not items):
                continue
            parts = (
                self._inside(child, depth)
                if child.tag == "li"
                else [self._list(child, depth)]
                if child.tag in {"ul", "ol"}
                else []
            )
            text = "".join(
                ("\n" if LIST.match(part) else "\n\n") * bool(at) + part for at, part in enumerate(parts)
            )
            if not text:
                continue
            mark = "- " if node.tag != "ol" else f"{len(items) + 1}. "
            items.append(mark + text.replace("\n", "\n" + " " * len(mark)))
        return re.sub(r"(?m)^ +$", "", "\n".join(items))

    def _rows(self, table: LexborNode, depth: int) -> list[list[str]]:
        """The cells of a table of data; nothing where it only arranges the page."""
        if len(table.css(f"{HEADINGS}, table, pre, details")) > 1:
            return []
        rows = []
        for row in table.css("tr"):
            cells = [child for child in children(row) if child.tag in {"td", "th"}]
            texts = [
                re.sub(r"\s*\n\s*", " ", " ".join(self._inside(cell, depth))).replace("|", "\\|")
                for cell in cells
            ]
            if any(texts):
                rows.append(texts)
        return rows if rows and max(map(len, rows)) > 1 else []

    def _add(self, block: str) -> None:
        if block:
            self._section.parts.append(block)


def _drop_buttons(node: LexborNode) -> None:
    """Beside a heading they copy or edit something; where they are all of it, it opens what is below."""
    buttons = node.css("button")
    if len(plain(node).split()) > sum(len(plain(button).split()) for button in buttons):
        for button in buttons:
            button.decompose()


def _heading_text(node: LexborNode) -> str:
    for link in node.css("a"):
        if PERMALINK.fullmatch(link.text()):
            link.decompose()
    return " ".join(plain(node).split())


def _anchor(node: LexborNode) -> str:
    """The heading's id; else that of something in it, or of the part that it begins."""
    if found := node.attributes.get("id"):
        return found
    for inner in node.css("[id], a[name]"):
        return inner.attributes.get("id") or inner.attributes.get("name") or ""
    before, parent = node.prev, node.parent
    while before is not None and not before.is_element_node and not (before.text_content or "").strip():
        before = before.prev
    if before is None and parent is not None and parent.tag in {"section", "article", "div"}:
        return parent.attributes.get("id") or ""
    return ""


def _fence(node: LexborNode) -> str:
    text = plain(node).strip("\n").rstrip()
    if not text.strip():
        return ""
    code = node.css_first("code")
    named = " ".join(
        each.attributes.get("class") or "" for each in (code, node, node.parent) if each is not None
    )
    found = LANGUAGE.search(named)
    language = found[1].lower() if found and found[1].lower() not in COMPONENTS else ""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{ticks}{language}\n{text}\n{ticks}"


def _table(rows: list[list[str]]) -> str:
    width = max(map(len, rows))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])
