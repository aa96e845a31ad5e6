"""Bytes to text, and text that every database takes."""

import codecs
import re

MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before utf-16: its mark begins with the other's
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
UNWANTED = re.compile("[\0\ud800-\udfff]")
BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


def decoded(data: bytes, declared: str = "") -> str:
    """The text of some bytes: by its mark, as declared, as utf-8, else as latin-1 in the reading of browsers (windows-1252)."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    for encoding in (declared, "utf-8", _utf16_without_mark(data), "windows-1252"):
        try:
            if encoding:
                return data.decode(encoding)
        except (UnicodeError, LookupError):
            pass  # the next one
    return data.decode("latin-1")


def cleaned(text: str) -> str:
    """The text without what databases and JSON refuse, with one kind of line end and at most one blank line in a row."""
    text = UNWANTED.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return BLANK_LINES.sub("\n\n", text).strip()


def _utf16_without_mark(data: bytes) -> str:
    """Western text in utf-16 has a NUL in every second byte; anything else is not guessed."""
    even, odd = data[:1000:2].count(0), data[1:1000:2].count(0)
    half = len(data[:1000]) // 2
    if half and max(even, odd) > 0.7 * half and min(even, odd) < 0.1 * half:
        return "utf-16-be" if even > odd else "utf-16-le"
    return ""
