"""HTML: one record a heading of the page's content, as Markdown. Of its markup only headings, lists, tables, links and code remain."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urldefrag

from bots.retrieval.vectors import PATH_SEPARATOR
from files.extract import PAGE, ExtractError, extract_limited
from files.extract.page import Page, PageSection, packed, unpacked

from .base import (
    MAX_RECORD_BYTES,
    MAX_TITLE_CHARS,
    ImportedRecord,
    ImportRejected,
    ImportResult,
    Skipped,
)
from .markdown import HEADING_ALONE, record_parts

NO_TEXT = "There is no text in the page; what is put together by scripts cannot be read"


def import_html(name: str, data: bytes, base_url: str = "") -> ImportResult:
    """Split at headings; the title is the path of headings below the page's title, the address ends in the heading's anchor.

    Without a ``base_url`` the page's canonical address is taken. Raises ImportRejected where there is no text.
    """
    try:
        page = read_page(data, base_url)
    except ExtractError as error:
        raise ImportRejected("file", f"{name}: {error.message}") from error
    found = page_records(page, base_url or page.canonical, PurePosixPath(name).stem)
    if not found.records:
        raise ImportRejected("file", f"{name}: {NO_TEXT}")
    return found


def read_page(data: bytes, url: str = "", charset: str = "") -> Page:
    """The content of a page found at ``url``, read in a child process with limits. Raises ExtractError."""
    return unpacked(extract_limited(packed(data, url, charset), PAGE))


def page_records(page: Page, url: str, name: str) -> ImportResult:
    """The records of a page that visitors read at ``url``; ``name`` is the title of one that has none."""
    address = urldefrag(url).url
    records: list[ImportedRecord] = []
    skipped: list[Skipped] = []
    for title, anchor, text in _named(page.title or name, page.sections):
        if not text:
            skipped.append(Skipped(f"section {title}", HEADING_ALONE))
            continue
        for part in record_parts(text):
            if len(part.encode()) > MAX_RECORD_BYTES:
                reason = (
                    f"one block of {len(part.encode()):,} bytes, at most {MAX_RECORD_BYTES:,} are allowed"
                )
                skipped.append(Skipped(f"section {title}", reason))
            else:
                records.append(
                    ImportedRecord(title, part, f"{address}#{anchor}" if address and anchor else address)
                )
    return ImportResult(tuple(records), tuple(skipped))


def _named(page_title: str, sections: tuple[PageSection, ...]) -> Iterator[tuple[str, str, str]]:
    """Title, anchor and text of each heading, and of what stands before the first."""
    path = {0: page_title}
    first = True
    for section in sections:
        if section.title:
            depth = 0 if first and _names_page(section, page_title) else section.level
            path = {level: name for level, name in path.items() if level < depth} | {depth: section.title}
        elif not section.text:
            continue
        first = False
        title = PATH_SEPARATOR.join(name for _, name in sorted(path.items()) if name)
        yield title[:MAX_TITLE_CHARS], section.anchor, section.text


def _names_page(section: PageSection, page_title: str) -> bool:
    """The first heading, where it is one of level 1 or what the page's title begins with, too."""
    return section.level == 1 or page_title.casefold().startswith(section.title.casefold())
