"""A page of a site as records, whatever it is written in."""

from dataclasses import dataclass, replace
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.utils.http import parse_header_parameters

from bots.importers import ImportedRecord, ImportRejected
from bots.importers.base import MAX_BYTES, MAX_RECORD_BYTES
from bots.importers.cutting import Cut, shortened
from bots.importers.file_text import MARKDOWN, PLAIN, import_file_text
from bots.importers.html import NO_TEXT, page_records
from bots.importers.html import read_page as read_html
from fetcher import Fetched, FetchRefused
from files.extract import ExtractError, extract_limited
from files.extract.encoding import decoded
from files.names import url_name
from files.sniff import DOCX, sniff

from .errors import NotTaken
from .reader import SiteReader
from .sites import same_site

HTML, PDF = "text/html", "application/pdf"
DOCUMENTS = {PDF, DOCX}
CLAIMS_OF_HTML = {HTML, "application/xhtml+xml"}
ACCEPT = f"text/html, application/xhtml+xml, {MARKDOWN};q=0.9, {PLAIN};q=0.8, {PDF};q=0.8, {DOCX};q=0.8"
GONE = {404, 410}
NOT_MODIFIED = 304
MAX_RECORDS = 1_000
ETAG_CHARACTERS = 300


@dataclass(frozen=True)
class PageRead:
    """``records`` None: nothing changed since the ``etag`` that was sent. ``elsewhere`` are other addresses on the same site where
    the same page is: where it redirected to, and what it names as its own."""

    records: tuple[ImportedRecord, ...] | None
    etag: str = ""
    elsewhere: tuple[str, ...] = ()


def read_page(reader: SiteReader, url: str, cut: Cut, etag: str = "") -> PageRead:
    """The records of one page. Raises NotTaken where it has none, FetchRefused where it could not be read this time."""
    found = reader.get(url, max_bytes=settings.SOURCE_PAGE_BYTES, accept=ACCEPT, etag=etag)
    if found.status == NOT_MODIFIED and etag:
        return PageRead(None, etag)
    if found.status in GONE:
        raise NotTaken(f"The site has no such page any more: it answered with status {found.status}")
    if found.status != 200:
        raise FetchRefused("bad_status", f"The site answered with status {found.status}")
    try:
        records, canonical = _records(found, cut)
    except (ExtractError, ImportRejected) as error:
        raise FetchRefused("broken", error.message) from error
    if not records:
        raise NotTaken(NO_TEXT)
    if len(records) > MAX_RECORDS:
        raise FetchRefused(
            "too_large", f"The page gives {len(records):,} records; at most {MAX_RECORDS:,} are allowed"
        )
    others = dict.fromkeys(other for other in (found.url, canonical) if other and other != url)
    return PageRead(records, _etag(found), tuple(others))


def _records(found: Fetched, cut: Cut) -> tuple[tuple[ImportedRecord, ...], str]:
    """And the page's canonical address, or an empty text."""
    name, kind = url_name(found.url) or found.url, _kind(found)
    if kind not in DOCUMENTS and len(found.body) > MAX_BYTES:
        raise FetchRefused("too_large", f"The page is larger than {MAX_BYTES} bytes")
    if kind == HTML:
        page = read_html(found.body, found.url, _charset(found))
        canonical = _canonical(page.canonical, found.url)
        made = page_records(page, canonical or found.url, name).records
        most = min(cut.max_bytes or MAX_RECORD_BYTES, MAX_RECORD_BYTES)
        pieces = (replace(each, text=piece) for each in made for piece in shortened(each.text, most))
        return tuple(pieces), canonical
    text = extract_limited(found.body, kind, name) if kind in DOCUMENTS else decoded(found.body)
    made = import_file_text(name, kind, text, cut).records if text.strip() else ()
    return tuple(replace(each, url=found.url) for each in made), ""


def _canonical(canonical: str, url: str) -> str:
    """What a page names as its address. Not the site's first page, which careless sites name on every other one."""
    bare = urldefrag(canonical).url
    return bare if same_site(bare, url) and urlsplit(bare).path not in ("", "/") else ""


def _kind(found: Fetched) -> str:
    """By its content; what the site says only tells kinds of text apart."""
    kind = sniff(found.body, url_name(found.url), found.content_type)
    if kind in {PLAIN, "application/xml"} and found.content_type in CLAIMS_OF_HTML:
        return HTML
    if kind not in {HTML, MARKDOWN, PLAIN, *DOCUMENTS}:
        raise NotTaken(f"Its content is {kind}; web pages, text, Markdown, PDF and Word documents are read")
    return kind


def _charset(found: Fetched) -> str:
    return str(parse_header_parameters(found.headers.get("content-type", ""))[1].get("charset", ""))


def _etag(found: Fetched) -> str:
    etag = found.headers.get("etag", "")
    return etag if len(etag) <= ETAG_CHARACTERS and etag.isascii() and etag.isprintable() else ""
