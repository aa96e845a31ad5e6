"""A web page without what is not its content: which part of it counts, what it is called, where it says that it lives."""

import codecs
import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from files.extract.encoding import decoded

DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w:.-]{1,40})""", re.I)
# Encodings that browsers read; Python's others (punycode, unicode_escape) are slow or surprising on what strangers send.
ENCODINGS = re.compile(r"utf-(?:8|16)|iso8859|cp\d|koi8|shift_jis|euc|gb|big5|mac|iso2022|tis|hz")
NOT_SHOWN = [
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed", "video", "audio", "map",
    "select", "textarea", "input", "datalist",
]  # fmt: skip
HIDDEN = (
    '[hidden]:not([hidden="until-found"]), [aria-hidden="true"], dialog:not([open]), .sr-only, .visually-hidden, .screen-reader-text, '
    '[style*="display:none" i], [style*="display: none" i], [style*="visibility:hidden" i], [style*="visibility: hidden" i]'
)
AROUND = (
    "nav, footer, [role=navigation], [role=banner], [role=contentinfo], [role=search], [role=complementary], [role=dialog], "
    "[role=alertdialog], .linenos, .lineno"
)
HEADINGS = "h1, h2, h3, h4, h5, h6"
CALLOUT = re.compile(r"note|tip|info|warning|caution|danger|important|callout|admonition", re.I)
MAIN_CHARACTERS = 60  # a main part with less is an empty frame that something else was meant to fill


@dataclass(frozen=True)
class Document:
    """``content`` is the part to read; ``base`` what its links are relative to; ``canonical`` an absolute address or empty."""

    content: LexborNode | None
    title: str
    base: str
    canonical: str


def decode_html(data: bytes, charset: str = "") -> str:
    """The source: by its mark, the charset of its header, the one that it declares, else UTF-8 or windows-1252."""
    found = DECLARED.search(data[:2048])
    return decoded(data, _known(charset) or _known(found[1].decode("ascii") if found else ""))


def read_document(source: str, url: str = "") -> Document:
    """The page that was found at ``url``, stripped of scripts, hidden parts, navigation and what else is around its content."""
    tree = LexborHTMLParser(source.replace("\0", ""))
    base = _joined(url, _attribute(tree, "base[href]", "href")) or url
    title = _attribute(tree, 'meta[property="og:title"]', "content") or _words(tree.css_first("title"))
    site = _attribute(tree, 'meta[property="og:site_name"]', "content")
    canonical = _joined(base, _attribute(tree, 'link[rel~="canonical"]', "href"))
    tree.strip_tags(NOT_SHOWN, recursive=True)
    for node in tree.css(f"{HIDDEN}, {AROUND}"):
        node.decompose()
    for node in tree.css("header, aside"):
        if not _belongs(node):
            node.decompose()
    return Document(
        _content(tree), _without_site(" ".join(title.split()), " ".join(site.split())), base, canonical
    )


def _without_site(title: str, site: str) -> str:
    """“Returns – Shop” is about returns; the name of the site only where the page says what it is."""
    for bare in (title.removesuffix(site), title.removeprefix(site)) if site else ():
        stripped = bare.strip(" -–—|·•:»«›")
        if bare != title and stripped:
            return stripped
    return title


def absolute(base: str, address: str) -> str:
    """A link as an http, https, mailto or tel address; empty where it is none."""
    joined = _joined(base, address)
    if not joined and re.match(r"(?:mailto|tel):\S", address.strip(), re.I):
        return address.strip()
    return joined


def _joined(base: str, address: str) -> str:
    try:
        joined = urljoin(base, address.strip())
        parts = urlsplit(joined)
    except ValueError:
        return ""
    return joined if address.strip() and parts.scheme in {"http", "https"} and parts.netloc else ""


def _known(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name if charset else ""
    except (LookupError, ValueError):
        return ""
    if name in {"iso8859-1", "ascii"}:
        return "cp1252"  # as browsers do
    return name if ENCODINGS.match(name) else ""


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str:
    node = tree.css_first(selector)
    return (node.attributes.get(name) or "") if node is not None else ""


def _words(node: LexborNode | None) -> str:
    return " ".join(node.text().split()) if node is not None else ""


def _belongs(node: LexborNode) -> bool:
    """A header inside of the content that holds its heading, or a callout, which many sites write as an aside."""
    parent = node.parent
    while parent is not None and parent.tag not in {"main", "article"}:
        parent = parent.parent
    if parent is None:
        return False
    if node.tag == "header":
        return node.css_first(HEADINGS) is not None
    named = f"{node.attributes.get('class') or ''} {node.attributes.get('role') or ''}"
    return CALLOUT.search(named) is not None


def _content(tree: LexborHTMLParser) -> LexborNode | None:
    """The main part; else the only article; else everything."""
    found = tree.css("main, [role=main]") or tree.css("article")
    if found and (len(found) == 1 or found[0].tag != "article"):
        best = max(found, key=lambda node: len(node.text()))
        if len(_words(best)) >= MAIN_CHARACTERS or tree.body is None:
            return best
        if len(_words(tree.body)) <= 2 * len(_words(best)):
            return best
    return tree.body
