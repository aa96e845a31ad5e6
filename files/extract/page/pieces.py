"""Into the child process and out again, as lines of JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

HEAD_END = b"\n"


@dataclass(frozen=True)
class PageSection:
    """``level`` is 0 before the first heading; ``text`` is Markdown without headings."""

    level: int
    title: str
    anchor: str
    text: str


@dataclass(frozen=True)
class Page:
    """``canonical`` is the absolute address that the page names as its own, or empty."""

    title: str
    canonical: str
    sections: tuple[PageSection, ...]


def packed(html: bytes, url: str = "", charset: str = "") -> bytes:
    """What the child reads: where the page was found, the charset of its header, the page."""
    return json.dumps([url, charset]).encode() + HEAD_END + html


def pieces(data: bytes) -> Iterator[str]:
    """A line for the page, then one for each section."""
    from .document import (  # here, because the server imports this module and parses nothing
        decode_html,
        read_document,
    )
    from .sections import SectionReader

    head, _, html = data.partition(HEAD_END)
    url, charset = json.loads(head)
    page = read_document(decode_html(html, charset), url)
    yield _line({"title": page.title, "canonical": page.canonical})
    reader = SectionReader(page.base)
    if page.content is not None:
        reader.read(page.content)
    for section in reader.sections:
        yield _line(asdict(PageSection(section.level, section.title, section.anchor, section.text)))


def unpacked(text: str) -> Page:
    """The page that the child wrote."""
    head, *rest = [json.loads(line) for line in text.split("\n") if line]
    return Page(head["title"], head["canonical"], tuple(PageSection(**each) for each in rest))


def _line(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
