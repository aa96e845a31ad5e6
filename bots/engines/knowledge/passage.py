"""An answer's markdown: the operator's own words, trimmed at a block border, and the buttons below it."""

import re
from collections.abc import Iterable, Iterator

from bots.retrieval.blocks import split_blocks
from bots.retrieval.result import Passage
from bots.retrieval.vectors import leaf

MAX_PASSAGE_CHARS = 1200
MAX_BUTTONS = 3
MAX_BUTTON_CHARS = 100
WORDS_A_PIECE = 3


def excerpt(passage: Passage, read_on: str) -> str:
    """The passage as written; a long one ends at a block border, with a link, where there is a page to read on at."""
    text = passage.text.strip()
    if len(text) <= MAX_PASSAGE_CHARS or not passage.url:
        return text
    lines = text.split("\n")
    end = 0
    for block in split_blocks(text):
        if end and len("\n".join(lines[: block.end])) > MAX_PASSAGE_CHARS:
            # messages carry no links within this host; the source below the answer is one
            more = f"[{read_on}](<{passage.url}>)" if passage.url.startswith("http") else "…"
            return "\n".join(lines[:end]).rstrip() + f"\n\n{more}"
        end = block.end
    return text


def buttons(titles: Iterable[str], besides: Iterable[str] = ()) -> str:
    """Up to three reply buttons, `[title]()`, a line each, leaving out the titles in `besides`."""
    seen = {_label(title).casefold() for title in besides}
    labels: list[str] = []
    for title in map(_label, titles):
        if title and len(title) <= MAX_BUTTON_CHARS and title.casefold() not in seen:
            seen.add(title.casefold())
            labels.append(f"[{title}]()")
    return "\n".join(labels[:MAX_BUTTONS])


def heading(passage: Passage) -> str:
    """The last heading of a passage, as text that no mark of markdown is read in."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(leaf(passage.title).split())) or passage.url


def pieces(text: str) -> Iterator[str]:
    """A text in pieces of three words, which joined give the text."""
    yield from re.findall(rf"(?:\s*\S+){{1,{WORDS_A_PIECE}}}\s*$|(?:\s*\S+){{1,{WORDS_A_PIECE}}}", text)


def _label(title: str) -> str:
    """The last heading, without the brackets that would end the button."""
    return " ".join(leaf(title).replace("[", "(").replace("]", ")").split())
