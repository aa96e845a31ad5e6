"""Picks the importer by the file's extension, after the checks that all of them share."""

from collections.abc import Callable
from pathlib import PurePosixPath

from .base import MAX_BYTES, ImportRejected, ImportResult
from .csv import import_csv
from .markdown import import_markdown
from .text import import_text

IMPORTERS: dict[str, Callable[[str, str, str], ImportResult]] = {
    ".md": import_markdown,
    ".markdown": import_markdown,
    ".csv": import_csv,
    ".txt": import_text,
}


def import_file(name: str, data: bytes, base_url: str = "") -> ImportResult:
    """Records of a file of at most 5 MB in UTF-8. `base_url` is where visitors can read it, or empty.

    Raises ImportRejected, with the field, the line where known, and what is allowed.
    """
    extension = PurePosixPath(name).suffix.lower()
    if extension not in IMPORTERS:
        raise ImportRejected(
            "name", f"{name}: this kind of file cannot be imported; allowed are {', '.join(IMPORTERS)}"
        )
    if len(data) > MAX_BYTES:
        raise ImportRejected("file", f"{name}: {len(data):,} bytes; at most {MAX_BYTES:,} are allowed")
    text = _decode(name, data)
    if not text.strip():
        raise ImportRejected("file", f"{name}: the file is empty")
    return IMPORTERS[extension](name, text, base_url)


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
