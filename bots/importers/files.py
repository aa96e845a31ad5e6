"""Picks the importer by the file's extension, after the checks that all of them share."""

from collections.abc import Callable
from pathlib import PurePosixPath

from django.conf import settings

from .base import MAX_BYTES, ImportRejected, ImportResult
from .csv import import_csv
from .documents import DOCUMENTS, import_document
from .html import import_html
from .jsonl import import_jsonl
from .markdown import import_markdown
from .text import import_text

IMPORTERS: dict[str, Callable[[str, str, str], ImportResult]] = {
    ".md": import_markdown,
    ".markdown": import_markdown,
    ".csv": import_csv,
    ".jsonl": import_jsonl,
    ".ndjson": import_jsonl,
    ".txt": import_text,
}
PAGES = (".html", ".htm")  # which say themselves in which encoding they are
EXTENSIONS = (*IMPORTERS, *PAGES, *DOCUMENTS)


def import_file(name: str, data: bytes, base_url: str = "") -> ImportResult:
    """Records of a file: a document of at most FILE_BYTES, a web page or a text in UTF-8 of at most 5 MB.

    `base_url` is where visitors can read it, or empty. Raises ImportRejected, with the field, the line where known, and what
    is allowed.
    """
    extension = PurePosixPath(name).suffix.lower()
    if extension not in EXTENSIONS:
        raise ImportRejected(
            "name", f"{name}: this kind of file cannot be imported; allowed are {', '.join(EXTENSIONS)}"
        )
    if extension in DOCUMENTS:
        return import_document(name, extension, data, base_url)
    if len(data) > MAX_BYTES:
        raise ImportRejected("file", f"{name}: {len(data):,} bytes; at most {MAX_BYTES:,} are allowed")
    if extension in PAGES:
        return import_html(name, data, base_url)
    text = _decode(name, data)
    if not text.strip():
        raise ImportRejected("file", f"{name}: the file is empty")
    return IMPORTERS[extension](name, text, base_url)


def max_bytes(name: str) -> int:
    """How large a file of this name may be."""
    document = PurePosixPath(name).suffix.lower() in DOCUMENTS
    return settings.FILE_BYTES if document else MAX_BYTES


def _decode(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ImportRejected(
            "file",
            f"{name}, line {line}: expected UTF-8 but found the byte 0x{data[error.start]:02X}; "
            "save the file with the encoding UTF-8",
            line,
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ImportRejected(
            "file", f"{name}, line {line}: a NUL character; expected UTF-8 text (not UTF-16)", line
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")
