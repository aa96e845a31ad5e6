"""The documentation's files: which there are, and each as html with anchors, contents and links that work on the site."""

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from widgetplatform.site.markup import to_html

ORDER = (
    "embedding", "widget-settings", "languages", "knowledge", "models", "skills", "api", "api-objects", "api-conversations", "protocol",
    "operating", "security", "architecture",
)  # fmt: skip
IMAGES = "docs/img/"
SUMMARY_CHARACTERS = 140
_HEADING = re.compile(r'<h([1-3]) id="([^"]*)">.*?data-heading-content="([^"]*)"', re.DOTALL)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Page:
    """A file of the documentation; ``path`` is relative to the project, ``slug`` empty for the README."""

    slug: str
    path: str

    @property
    def url(self) -> str:
        """Where the site shows it."""
        return reverse("docs-page", args=[self.slug]) if self.slug else reverse("docs")

    def read_bytes(self) -> bytes:
        """The file as it is."""
        return (settings.BASE_DIR / self.path).read_bytes()


@dataclass(frozen=True)
class Heading:
    """An entry of a page's contents."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class ReadPage:
    """A page made ready: ``html`` is sanitized, ``summary`` the plain text of its first paragraph."""

    page: Page
    title: str
    summary: str
    html: str
    contents: tuple[Heading, ...]


def knowledge_pages() -> list[Page]:
    """The README and ``docs/*.md``: what a reader, and the demo's bot, should know."""
    names = sorted((path.stem for path in (settings.BASE_DIR / "docs").glob("*.md")), key=_rank)
    readme = [Page("", "README.md")] if (settings.BASE_DIR / "README.md").exists() else []
    return readme + [Page(name, f"docs/{name}.md") for name in names]


def pages() -> list[Page]:
    """Everything that the site shows: the above and the changelog."""
    changelog = [Page("changelog", "CHANGELOG.md")] if (settings.BASE_DIR / "CHANGELOG.md").exists() else []
    return knowledge_pages() + changelog


def find_page(slug: str) -> Page | None:
    """The page of that slug; only listed files are reachable."""
    return next((page for page in pages() if page.slug == slug), None)


def find_image(name: str) -> Path | None:
    """A picture of the documentation, by its file name."""
    return next((path for path in (settings.BASE_DIR / IMAGES).glob("*") if path.name == name), None)


def read_page(page: Page) -> ReadPage:
    """The page as html; kept until its file changes."""
    return _read(page, (settings.BASE_DIR / page.path).stat().st_mtime_ns)


def _rank(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


@lru_cache(maxsize=64)
def _read(page: Page, _changed: int) -> ReadPage:
    raw, html = to_html(page.read_bytes().decode(), lambda url: site_url(page, url))
    found = [Heading(int(level), anchor, unescape(text)) for level, anchor, text in _HEADING.findall(raw)]
    title = next((heading.text for heading in found if heading.level == 1), Path(page.path).stem)
    first = _PARAGRAPH.search(raw)
    words = " ".join(unescape(_TAG.sub("", first[1])).split()) if first else ""
    return ReadPage(
        page, title, _shorten(words), html, tuple(heading for heading in found if heading.level > 1)
    )


def _shorten(text: str) -> str:
    """Whole sentences while they fit, else whole words."""
    if len(text) <= SUMMARY_CHARACTERS:
        return text
    cut = text[:SUMMARY_CHARACTERS]
    end = max(cut.rfind(". "), cut.rfind(": "))
    return cut[:end] + "." if end > 40 else cut[: cut.rfind(" ")] + "…"


def site_url(page: Page, url: str) -> str | None:
    """What a link or picture of ``page`` points to on the site; None where the site does not show it."""
    parts = urlsplit(url)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return url
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), parts.path))
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    if path.startswith(IMAGES):
        return reverse("docs-image", args=[path.removeprefix(IMAGES)])
    if path.startswith("static/"):
        return static(path.removeprefix("static/"))
    target = next((each for each in pages() if each.path == path), None)
    return target.url + fragment if target else None
