"""Signed links to content, and the answers behind them: whatever is inside, a browser saves it and runs nothing of it."""

from collections.abc import AsyncIterator, Iterator
from typing import BinaryIO

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse

from accounts.objects import Visibility
from files import tokens
from files.content import CHUNK_BYTES
from files.errors import FileRefused
from files.models import File, StoredContent
from files.names import attachment
from files.sniff import UNKNOWN
from files.storage import mark_of, open_content, release_connections
from files.stores.base import store

SALT = "files.download"
POLICY = "sandbox; default-src 'none'"
HARMLESS = ("image/", "audio/", "video/", "application/pdf", "application/json", "text/plain", "text/csv", "text/markdown",
            "application/vnd.openxmlformats-officedocument.")  # fmt: skip
RUNS = {"image/svg+xml"}


def served_type(row: StoredContent) -> str:
    """The media type that is told to browsers; nothing that they would run."""
    harmless = row.content_type.startswith(HARMLESS) and row.content_type not in RUNS
    return row.content_type if harmless else UNKNOWN


def download_link(request: HttpRequest, row: StoredContent) -> str:
    """An absolute address that gives the content for ``FILE_LINK_SECONDS`` without a token."""
    seconds = settings.FILE_LINK_SECONDS
    direct = store().get_link(row.key, attachment(row.filename, row.content_type), served_type(row), seconds)
    if direct is not None:
        return direct
    token = tokens.sign(row, row.key, SALT)
    return request.build_absolute_uri(reverse("file-link", args=[token]))


def linked(token: str) -> StoredContent:
    """The row of a link, as long as it has the content that the link was made for. ``FileRefused`` (404)."""
    row, mark = tokens.read(token, SALT, settings.FILE_LINK_SECONDS, "link")
    if row is None or mark_of(row.key) != mark:
        raise FileRefused(404, "This content was removed or replaced")
    return row


def served(request: HttpRequest, row: StoredContent) -> StreamingHttpResponse:
    """The content, sent while it is read, without a database connection. ``FileRefused`` (404) where its bytes are gone."""
    try:
        stream = open_content(row)
    except FileNotFoundError:
        raise FileRefused(404, "The content of this file is missing") from None
    release_connections()
    pieces = _AsyncPieces(stream) if isinstance(request, ASGIRequest) else _Pieces(stream)
    public = isinstance(row, File) and row.visibility == Visibility.PUBLIC
    return StreamingHttpResponse(
        pieces,
        content_type=served_type(row),
        headers={
            "Content-Length": str(row.size),
            "Content-Disposition": attachment(row.filename, row.content_type),
            "Content-Security-Policy": POLICY,
            "Cross-Origin-Resource-Policy": "cross-origin" if public else "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": f"private, max-age={settings.FILE_LINK_SECONDS}",
        },
    )


class _Pieces:
    """For a synchronous server. Closed by Django with the response."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.close = stream.close

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._stream.read(CHUNK_BYTES):
            yield piece


class _AsyncPieces:
    """For an event loop, which must not wait for a disk."""

    def __init__(self, stream: BinaryIO) -> None:
        self._read = sync_to_async(stream.read, thread_sensitive=False)
        self.close = stream.close

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self._read(CHUNK_BYTES):
            yield piece
