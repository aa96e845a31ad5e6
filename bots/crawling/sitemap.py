"""Sitemaps and sitemap indexes (sitemaps.org), also packed with gzip: the addresses that they name."""

import time
import zlib
from collections import deque
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from django.conf import settings

from fetcher import FetchRefused

from .errors import NotTaken
from .reader import SiteReader
from .sites import checked_address, same_site

MAX_BYTES = 10_485_760  # of one sitemap, unpacked
MAX_DEPTH = 3  # an index of indexes of sitemaps
MAX_SITEMAPS = 100
MAX_SECONDS = 120  # for all of them
MAX_URL = 2000
GZIP = b"\x1f\x8b"
ACCEPT = "application/xml, text/xml, application/gzip, */*;q=0.5"
ENTRIES = {"urlset": "url", "sitemapindex": "sitemap"}


@dataclass(frozen=True)
class Listing:
    """``complete``: what is not in ``urls`` is not in the sitemap. ``note`` says what was left out and why, or is empty."""

    urls: tuple[str, ...]
    complete: bool
    note: str


@dataclass(frozen=True)
class Sitemap:
    """``index``: ``locations`` are those of other sitemaps."""

    index: bool
    locations: tuple[str, ...]


def list_pages(reader: SiteReader, url: str) -> Listing:
    """The pages that a sitemap names, at most SOURCE_PAGES, each once. NotTaken or FetchRefused where the sitemap itself cannot be
    read; where one that it refers to cannot, the rest is listed."""
    pages: dict[str, None] = {}
    notes: list[str] = []
    foreign, complete, until = 0, True, time.monotonic() + MAX_SECONDS
    waiting, known = deque([(url, 1)]), {url}
    while waiting:
        address, depth = waiting.popleft()
        if time.monotonic() > until:
            notes, complete = [*notes, "reading the sitemaps took too long"], False
            break
        try:
            found = _fetch(reader, address)
        except (NotTaken, FetchRefused) as error:
            if address == url:
                raise
            notes, complete = [*notes, f"{address}: {error.message}"], False
            continue
        own = [each for each in map(_address, found.locations) if each and same_site(each, url)]
        foreign += len(found.locations) - len(own)
        if not found.index:
            pages |= dict.fromkeys(own)
            if len(pages) > settings.SOURCE_PAGES:
                break
        elif depth < MAX_DEPTH:
            new = [each for each in dict.fromkeys(own) if each not in known]
            waiting.extend((each, depth + 1) for each in new[: MAX_SITEMAPS - len(known)])
            if len(new) > MAX_SITEMAPS - len(known):
                notes, complete = [*notes, f"there are more than {MAX_SITEMAPS} sitemaps"], False
            known |= set(new)
        else:
            notes, complete = [*notes, f"sitemaps are nested more than {MAX_DEPTH} deep"], False
    if foreign:
        notes.append(f"{foreign:,} addresses are of other sites")
    if len(pages) > settings.SOURCE_PAGES:
        notes.insert(0, f"only the first {settings.SOURCE_PAGES:,} pages")
    urls = tuple(pages)[: settings.SOURCE_PAGES]
    if not urls:
        raise NotTaken("; ".join(["The sitemap names no pages of this site", *notes]))
    return Listing(urls, complete, f"Not everything was taken: {'; '.join(notes)}" if notes else "")


def parse_sitemap(data: bytes) -> Sitemap:
    """The locations of a sitemap or an index. Raises NotTaken, with the line, for what is no well-formed XML or something else.

    Document types are refused whole, and with them all entities but XML's own five.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(_unpacked(data), True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise NotTaken(f"The sitemap is not valid XML: {what}, line {error.lineno}") from None
    return Sitemap(reader.root == "sitemapindex", tuple(reader.locations))


class _Reader:
    """Takes `loc` where it stands in an entry, not those of pictures and videos that have names of other vocabularies."""

    def __init__(self) -> None:
        self.root = ""
        self.locations: list[str] = []
        self._path: list[str] = []
        self._text: list[str] | None = None
        self.parser: Any = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def _doctype(self, *_: Any) -> None:
        raise NotTaken("The sitemap declares a document type, which is not allowed")

    def _start(self, name: str, _attributes: Any) -> None:
        space, _, local = name.rpartition(" ")
        if not self._path:
            if local not in ENTRIES:
                raise NotTaken(f"The address is not a sitemap: its first element is {local[:40]}")
            self.root, self._space = local, space
        self._path.append(local if space == self._space else "")
        if self._path == [self.root, ENTRIES[self.root], "loc"]:
            self._text = []

    def _end(self, _name: str) -> None:
        self._path.pop()
        if self._text is not None:
            self.locations.append("".join(self._text).strip())
            self._text = None

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)


def _fetch(reader: SiteReader, url: str) -> Sitemap:
    found = reader.get(url, max_bytes=MAX_BYTES, accept=ACCEPT)
    if found.status != 200:
        raise FetchRefused("bad_status", f"The sitemap answered with status {found.status}")
    return parse_sitemap(found.body)


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(GZIP):
        return data
    gzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        unpacked = gzip.decompress(data, MAX_BYTES + 1)
    except zlib.error:
        raise NotTaken("The sitemap could not be unpacked") from None
    if len(unpacked) > MAX_BYTES:
        raise NotTaken(f"The sitemap unpacks to more than {MAX_BYTES:,} bytes")
    if not gzip.eof:
        raise NotTaken("The sitemap ends too early")
    return unpacked


def _address(location: str) -> str:
    try:
        url = checked_address(location)
    except FetchRefused:
        return ""
    return url if len(url) <= MAX_URL else ""
