"""File names: what a client says is only ever shown, never a path."""

import mimetypes
import re
import unicodedata
from urllib.parse import unquote, urlsplit

from django.utils.http import content_disposition_header, parse_header_parameters

from accounts.names import NAME_BYTES

SEPARATORS = re.compile(r"[/\\]")


def safe_filename(name: str) -> str:
    """The last part of a path, without control and direction characters, at most 191 bytes with its extension kept."""
    last = SEPARATORS.split(name)[-1]
    shown = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip().strip(".")
    if len(shown.encode()) <= NAME_BYTES:
        return shown
    stem, dot, extension = shown.rpartition(".")
    tail = f"{dot}{extension}" if dot and len(extension) <= 16 else ""
    kept = (stem if tail else shown).encode()[: NAME_BYTES - len(tail.encode())]
    return kept.decode(errors="ignore") + tail


def disposition_name(header: str) -> str:
    """The file name in a ``Content-Disposition`` header; empty where there is none."""
    _, parameters = parse_header_parameters(header)
    return parameters.get("filename", "")


def url_name(url: str) -> str:
    """The last part of an address's path."""
    return unquote(urlsplit(url).path.rpartition("/")[2])


def attachment(filename: str, media_type: str) -> str:
    """A ``Content-Disposition`` (RFC 6266) that makes browsers save instead of show."""
    name = filename or f"file{mimetypes.guess_extension(media_type) or ''}"
    return str(content_disposition_header(as_attachment=True, filename=name))
