"""Which kind of text some bytes are, if they are text: html and svg by their first tag, harmless kinds by extension."""

import codecs
import json
import re

BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # what the MIME sniffing standard calls binary data bytes
BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
BY_EXTENSION = {"csv": "text/csv", "md": "text/markdown", "markdown": "text/markdown", "txt": "text/plain"}
HARMLESS = {"text/csv", "text/markdown", "text/plain"}  # what was claimed may choose among these, where a name says nothing

PROLOG = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)  # may stand before the first tag
DOCUMENT = re.compile(
    r"<(?:!doctype\s+html|(?:html|head|body|script|iframe|style|title|object|embed|frameset|meta|link|base|template)[\s/>])", re.I
)
FRAGMENT = re.compile(r"<(?:h[1-6]|div|font|table|a|b|br|p|img|span|center|ul|ol|form|svg|section|article)[\s/>]", re.I)
SVG = re.compile(r"<(?:!doctype\s+svg|svg[\s/>]|[\w.-]+:svg[\s/>])", re.I)


def text_kind(head: bytes, extension: str, claimed: str) -> str:
    """The media type of the text that begins with `head`; empty where it is not text.

    `extension` is in lower case without its dot, `claimed` a bare media type. A head may end inside a character.
    """
    text = decode_head(head)
    if markup := _markup(text if text is not None else head.decode("latin-1"), extension):
        return markup
    if text is None:
        return ""
    if extension in BY_EXTENSION:
        return BY_EXTENSION[extension]
    if extension in {"html", "htm", "xhtml"}:
        return "text/html" if "<" in text else "text/plain"
    if (extension == "json" or (not extension and claimed == "application/json")) and _starts_like_json(text):
        return "application/json"
    if not extension:
        return "application/json" if _is_json_document(text) else claimed if claimed in HARMLESS else "text/plain"
    return "text/plain"


def decode_head(head: bytes) -> str | None:
    """The text, when these are the bytes of one: utf-8, utf-16 with its mark, or latin-1. None for binary data."""
    for mark, encoding in BOMS.items():
        if head.startswith(mark):
            try:
                return codecs.getincrementaldecoder(encoding)().decode(head[len(mark) :])
            except UnicodeDecodeError:
                return None
    if BINARY.search(head):
        return None
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _markup(text: str, extension: str) -> str:
    rest = PROLOG.sub("", text, count=1)
    if DOCUMENT.match(rest):
        return "text/html"
    if SVG.match(rest) or (rest.startswith("<") and "http://www.w3.org/2000/svg" in rest[:1000].partition(">")[0]):
        return "image/svg+xml"
    if FRAGMENT.match(rest) and extension not in {"md", "markdown"}:  # a readme often begins with a centered picture
        return "text/html"
    if text.lstrip().startswith("<?xml") or re.match(r"<!DOCTYPE\s", rest):
        return "application/xml"
    return ""


def _starts_like_json(text: str) -> bool:
    return re.match(r'\s*(?:[\[{"\d-]|true\b|false\b|null\b)', text) is not None


def _is_json_document(text: str) -> bool:
    if text.lstrip()[:1] not in {"{", "["}:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
