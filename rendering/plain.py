"""Rich content as plain text, for exports and screen readers."""

from dataclasses import replace
from html.parser import HTMLParser

from rendering.features import Features
from rendering.stream import render

_BLOCKS = frozenset({"p", "h3", "h4", "figure", "table", "ul", "ol", "blockquote"})
_BOXES = frozenset("☐☑")


class _Reader(HTMLParser):
    """Reads our own html back into lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._line = ""
        self._lists: list[int | None] = []
        self._quotes = 0
        self._marker = ""
        self._pre = self._caption = False
        self._reply = False
        self._href, self._label_from, self._label_line = "", 0, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _BLOCKS or tag in {"div", "hr"}:
            if tag != "p" or self._line.strip() not in _BOXES:  # a task's box stays with its text
                self._end_line()
            self._gap()
        if tag == "hr":
            self.lines.append("---")
        elif tag == "blockquote":
            self._quotes += 1
        elif tag in {"ul", "ol"}:
            self._lists.append(int(values.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self._end_line()
            number = self._lists[-1] if self._lists else None
            self._marker = "- " if number is None else f"{number}. "
            if number is not None:
                self._lists[-1] = number + 1
        elif tag == "tr":
            self._end_line()
        elif tag in {"td", "th"} and self._line:
            self._line += " | "
        elif tag == "br":
            self._end_line()
        elif tag == "pre":
            self._pre = True
        elif tag == "figcaption":
            self._caption = True
        elif tag == "button" and "data-reply" in values:
            self._reply = True
            self._line += " [" if self._line else "["
        elif tag == "a":
            self._href = values.get("href") or ""
            self._line += " " if values.get("class") == "btn" and self._line else ""
            self._label_from, self._label_line = len(self._line), len(self.lines)
        elif tag == "img":
            self._line += values.get("alt") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "figcaption":
            self._caption = False
        elif tag == "pre":
            self._end_line()
            self._pre = False
        elif tag == "button":
            self._line += "]" if self._reply else ""
            self._reply = False
        elif tag == "a":
            label = self._line[self._label_from :] if self._label_line == len(self.lines) else ""
            if label not in {
                self._href,
                self._href.removeprefix("mailto:"),
                self._href.removeprefix("http://"),
            }:
                self._line += f" ({self._href})"
        elif tag in _BLOCKS or tag in {"li", "tr", "div"}:
            self._end_line()
            if tag in {"ul", "ol"}:
                self._lists.pop()
            elif tag == "blockquote":
                self._quotes -= 1

    def handle_data(self, data: str) -> None:
        if self._caption:
            return
        if not self._pre:
            if not data.strip() and not self._line:
                return
            self._line += data.replace("\n", " ")
            return
        first, *rest = data.split("\n")
        self._line += first
        for line in rest:
            self._end_line(keep=True)
            self._line = line

    def _end_line(self, keep: bool = False) -> None:
        if not self._line.strip() and not keep:
            self._line = ""
            return
        indent = "  " * max(0, len(self._lists) - 1) + (self._marker or ("  " if self._lists else ""))
        quote = "> " * self._quotes
        line = self._line if self._pre else " ".join(self._line.split())
        self.lines.append((quote + indent + line).rstrip())
        self._line, self._marker = "", ""

    def _gap(self) -> None:
        if self.lines and self.lines[-1] and not self._lists and not self._marker:
            self.lines.append("")


def plain_text(text: str, features: Features) -> str:
    """Readable text of markdown: no markup, links with their address, formulas as written, buttons as `[text]`."""
    reader = _Reader()
    # Formulas are read best as their source.
    for block in render(text, replace(features, math=False)).blocks:
        reader.feed(block)
    reader.close()
    return "\n".join(reader.lines).strip("\n")
