"""PDF and Word documents: their text is extracted in a child process with limits, then cut like any text."""

from django.conf import settings

from files.extract import ExtractError, extract_limited
from files.sniff import DOCX, sniff

from .base import ImportedRecord, ImportRejected, ImportResult
from .cutting import Cut
from .file_text import import_file_text

DOCUMENTS = {".pdf": ("application/pdf", "a PDF document"), ".docx": (DOCX, "a Word document")}


def import_document(name: str, extension: str, data: bytes, base_url: str = "") -> ImportResult:
    """Records of a document of at most FILE_BYTES. Raises ImportRejected with what is wrong; then there are no records at all."""
    if len(data) > settings.FILE_BYTES:
        raise ImportRejected(
            "file", f"{name}: {len(data):,} bytes; at most {settings.FILE_BYTES:,} are allowed"
        )
    media_type, kind = DOCUMENTS[extension]
    found = sniff(data, "", media_type)
    if found != media_type:
        raise ImportRejected("file", f"{name}: expected {kind}, but its content is {found}")
    try:
        text = extract_limited(data, media_type, name)
        result = import_file_text(name, media_type, text, Cut())
    except ExtractError as error:
        raise ImportRejected("file", f"{name}: {error.message}") from error
    except ImportRejected as error:
        raise ImportRejected(error.field, f"{name}: {error.message}") from error
    records = (ImportedRecord(item.title, item.text, base_url) for item in result.records)
    return ImportResult(tuple(records), result.skipped)
