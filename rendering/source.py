"""The markdown source of one reply: cleaned, guarded and cut into lines as it arrives."""

import re

# A noncharacter, so no text needs it. Comrak sees it and finds no block where one is not wanted; it is
# taken out of comrak's html. In a link's target comrak percent-encodes it.
GUARD = "\ufdd0"
GUARD_ENCODED = "%EF%B7%90"

# Raw html never is html here: a guarded "<" opens no html block and no tag, so a half-written
# `<details>` cannot swallow the rest of a reply. Autolinks and `](<target>)` keep their "<".
_TAG = re.compile(r"(?<!\]\()<(?!(?:https?://|mailto:)[^\s<>]*>|[\w.+-]+@[\w-]+(?:\.[\w-]+)+>)")
_FENCES = ("```", "~~~")
# First characters that would begin a block (or a heading's underline) inside a display formula.
_BLOCK_STARTS = frozenset("-+*=>#|_0123456789")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _join_pair(match: re.Match[str]) -> str:
    return match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _guard_start(line: str) -> str:
    body = line.lstrip(" ")
    return line[: len(line) - len(body)] + GUARD + body if body[:1] in _BLOCK_STARTS else line


class Source:
    """Complete lines and a partial last one, each guarded exactly once when it is complete.

    The guards of a line depend on earlier lines and the line itself only, so what was cut off and
    rendered can never read differently later.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._held = ""
        self._partial = ""
        self._lines: list[str] = []
        self._closer = ""

    @property
    def text(self) -> str:
        """Everything fed so far as it is stored: no NUL, no half surrogate."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @property
    def complete(self) -> int:
        """Number of lines of the tail that ended with a line break."""
        return len(self._lines)

    def feed(self, text: str) -> None:
        """Append `text`; a half surrogate or a carriage return at its end waits for what follows."""
        text = self._held + text.replace("\0", "")
        self._held = ""
        if not text.isascii():
            if "\ud800" <= text[-1] <= "\udbff":
                text, self._held = text[:-1], text[-1]
            if _SURROGATE.search(text):
                text = _SURROGATE.sub("\ufffd", _PAIR.sub(_join_pair, text))
        if text.endswith("\r"):
            text, self._held = text[:-1], "\r" + self._held
        self._append(text)

    def close(self) -> None:
        """Take in what was held back; nothing follows."""
        held, self._held = self._held, ""
        self._append(_SURROGATE.sub("\ufffd", held))

    def tail(self) -> str:
        """Guarded markdown of the lines that were not dropped."""
        partial = self._guard(self._partial)[0]
        return "\n".join([*self._lines, partial])

    def drop(self, count: int, *, at_table: bool) -> None:
        """Forget the first `count` lines of the tail; they are rendered for good.

        A table's head (`at_table`) may have been the last line of a paragraph, where `2) a | b` begins no
        list and indentation no code; it must begin neither without the paragraph.
        """
        del self._lines[:count]
        if at_table and self._lines:
            head = self._lines[0].lstrip(" \t")
            self._lines[0] = head if head.startswith("|") else GUARD + head

    def _append(self, text: str) -> None:
        if not text:
            return
        self._parts.append(text)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if GUARD in text:
            text = text.replace(GUARD, "")
        first, *rest = text.split("\n")
        self._partial += first
        for line in rest:
            guarded, self._closer = self._guard(self._partial)
            self._lines.append(guarded)
            self._partial = line

    def _guard(self, line: str) -> tuple[str, str]:
        """The guarded line, and what closes the display formula it is or leaves open ("" for none)."""
        if "<" in line:
            line = _TAG.sub("<" + GUARD, line)
        if "]:" in line:  # link definitions would change blocks that are already sealed: they stay text
            line = line.replace("]:", "]" + GUARD + ":")
        body = line.lstrip(" ")
        if self._closer:
            if not body.strip() or body.startswith(_FENCES):
                return line, ""
            closer = "" if self._closer in body else self._closer
            return _guard_start(line), closer
        if body.startswith("$$") and "$$" not in body[2:]:
            return line, "$$"
        if body.startswith("\\[") and "\\]" not in body:
            return line, "\\]"
        return line, ""
