"""Bytes on their way in: counted while they are read, and looked at before anything is kept."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple, Protocol

from django.conf import settings
from django.core.files import File as DjangoFile

from files.errors import FileRefused
from files.sniff import ALLOWED_TYPES, HEAD_BYTES, sniff

CHUNK_BYTES = 65_536
MEMORY_BYTES = 1_048_576  # a larger upload goes to disk while it is read
MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,63}/[\w!#$&^.+-]{1,63}", re.ASCII)
ZIP = b"PK\x03\x04"


class Readable(Protocol):
    """Anything that gives its bytes piece by piece: a request, a file, an answer of the object store."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class Content(NamedTuple):
    """What was found good: ``file`` stands at its beginning."""

    file: DjangoFile
    size: int
    media_type: str


def allowed_types() -> tuple[str, ...]:
    """Media types that may be stored (``FILE_TYPES``)."""
    return tuple(settings.FILE_TYPES) or ALLOWED_TYPES


@contextmanager
def checked(source: Readable, filename: str, claimed: str, size: int | None = None) -> Iterator[Content]:
    """The whole of ``source``; ``FileRefused`` (413) at the byte that is too much, (400) where it is empty, of a type
    that is not allowed, or has not exactly ``size`` bytes where that was announced."""
    with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as spool:
        length = _copy(source, spool)
        if size is not None and length != size:
            raise FileRefused(400, f"file: must have exactly {size} bytes, as announced, not {length}")
        media_type = check_content(spool, length, filename, claimed)
        yield Content(DjangoFile(spool), length, media_type)


def check_content(file: IO[bytes], length: int, filename: str, claimed: str) -> str:
    """The media type of a file that may be stored; ``FileRefused`` otherwise. Leaves it at its beginning."""
    if length > settings.FILE_BYTES:
        raise too_large()
    if not length:
        raise FileRefused(400, "file: must not be empty")
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head.startswith(ZIP):
        head += file.read()  # office files say what they are at their end
    file.seek(0)
    media_type = sniff(head, filename, claimed)
    if media_type not in allowed_types():
        raise FileRefused(
            400, f"file: its content is {media_type}, which is not allowed; allowed are {', '.join(allowed_types())}"
        )
    return media_type


def too_large() -> FileRefused:
    """The 413 that names the limit."""
    return FileRefused(413, f"file: must have at most {settings.FILE_BYTES} bytes")


def _copy(source: Readable, target: Any) -> int:
    length = 0
    while piece := source.read(CHUNK_BYTES):
        length += len(piece)
        if length > settings.FILE_BYTES:
            raise too_large()
        target.write(piece)
    return length
