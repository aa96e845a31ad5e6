"""The text of a file as records: as its kind suggests, or cut where the dataset says."""

import re
from dataclasses import replace

from .base import MAX_BYTES, MAX_RECORD_BYTES, ImportedRecord, ImportRejected, ImportResult
from .csv import import_csv
from .cutting import Cut, shortened, split_at
from .markdown import HEADING_ALONE, import_markdown
from .text import MAX_GROUP_CHARS, import_text, title_of

MARKDOWN, CSV, PLAIN = "text/markdown", "text/csv", "text/plain"
HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)  # what extraction makes of the headings of other formats


def import_file_text(name: str, media_type: str, text: str, cut: Cut) -> ImportResult:
    """Records of a file's text. A CSV of questions and answers is a record a row, whatever the separators.

    Raises ImportRejected where the text is too long or there is none.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if not text.strip():
        raise ImportRejected("file", "There is no text in the file")
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ImportRejected("file", f"The file has more than {MAX_BYTES:,} bytes of text")
    found = _read(name, media_type, text, cut)
    most = min(cut.max_bytes or MAX_RECORD_BYTES, MAX_RECORD_BYTES)
    pieces = (
        replace(record, text=piece) for record in found.records for piece in shortened(record.text, most)
    )
    lost = tuple(skipped for skipped in found.skipped if skipped.reason != HEADING_ALONE)
    return ImportResult(tuple(pieces), lost)


def _read(name: str, media_type: str, text: str, cut: Cut) -> ImportResult:
    if media_type == CSV:
        try:
            return import_csv(name, text)
        except ImportRejected:
            pass  # a table of something else is read as text
    if cut.separators:
        pieces = split_at(text, cut.separators)
        return ImportResult(tuple(ImportedRecord(title_of(piece), piece) for piece in pieces))
    if media_type == MARKDOWN or (media_type not in (CSV, PLAIN) and HEADING.search(text)):
        return import_markdown(name, text)
    return import_text(name, text, group_chars=cut.max_bytes or MAX_GROUP_CHARS)
