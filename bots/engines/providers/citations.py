"""Which passages an answer names. Models cite them as [1], [2]; readers see them numbered in the order of their first mention."""

import re
from collections.abc import Sequence

from bots.engines.base import Source
from bots.retrieval.result import Passage
from bots.retrieval.vectors import leaf

TITLE_CHARACTERS = 120
HELD_CHARACTERS = 80  # of what may become a citation
_CITATION = re.compile(r"[ \t]?[\[【]\^?\d{1,3}(?:\s?,\s?\^?\d{1,3})*(?:†[^\]】\n]{0,40})?[\]】]")
_TOKEN = re.compile(rf"(?P<ticks>`+)|(?P<blank>\n\s*\n)|(?P<cited>{_CITATION.pattern})(?![(\[]?\()")
_OPEN = re.compile(r"(?:`+|\n\s*|[ \t]?[\[【][^\]】\n]{0,60}(?:[\]】]\[?)?|[ \t])\Z")
_NUMBER = re.compile(r"\d+")


class Citations:
    """Reads an answer while it streams. What is in code, and what is a link, stays as it is."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._numbers: dict[Source, int] = {}
        self._held = ""
        self._code = ""  # the backticks that opened it

    @property
    def sources(self) -> tuple[Source, ...]:
        """What was cited, in the order of its numbers."""
        return tuple(self._numbers)

    def feed(self, text: str) -> str:
        """What of the answer can be shown now."""
        if not self._held and not self._code and text[-1:] not in " \t" and not any(mark in text for mark in "[【`\n"):
            return text
        text = self._held + text
        open_end = _OPEN.search(text, max(0, len(text) - HELD_CHARACTERS))
        cut = open_end.start() if open_end else len(text)
        self._held = text[cut:]
        return self._read(text[:cut], text[cut:])

    def finish(self) -> str:
        """The rest."""
        held, self._held = self._held, ""
        return self._read(held, "")

    def _read(self, text: str, after: str) -> str:
        """`after` follows, but is not read yet."""
        whole = text + after
        shown: list[str] = []
        position = 0
        while position < len(text):
            match = _TOKEN.search(whole, position)
            if match is None or match.start() >= len(text):
                break
            shown.append(whole[position : match.start()])
            shown.append(self._seen(match))
            position = match.end()
        shown.append(text[position:])
        return "".join(shown)

    def _seen(self, match: re.Match[str]) -> str:
        found = match[0]
        if match["ticks"]:
            if not self._code:
                self._code = found
            elif found == self._code or (len(self._code) > 2 and len(found) > len(self._code)):
                self._code = ""
        elif match["blank"]:
            if len(self._code) < 3:  # code within a line ends with its paragraph
                self._code = ""
        elif not self._code:
            return self._renumbered(found)
        return found

    def _renumbered(self, cited: str) -> str:
        marks = []
        for number in map(int, _NUMBER.findall(cited.partition("†")[0])):
            if 0 < number <= len(self._passages):
                source = source_of(self._passages[number - 1])
                marks.append(f"[{self._numbers.setdefault(source, len(self._numbers) + 1)}]")
        space = cited[0] if marks and cited[0] in " \t" else ""
        return space + "".join(dict.fromkeys(marks))


def source_of(passage: Passage) -> Source:
    """As readers see it; a passage without a title is named by its address or its first words."""
    title = leaf(passage.title) or leaf(passage.url) or " ".join(passage.text.split())[:TITLE_CHARACTERS]
    return Source(title, passage.url)


def without_citations(text: str) -> str:
    """An earlier answer, whose numbers mean nothing any more."""
    reader = Citations(())
    return reader.feed(text) + reader.finish()
