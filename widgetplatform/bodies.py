"""How large a request's body may be, decided before Django sees it: Django would write a chunked one to disk whole."""

import re
from typing import Any

from django.conf import settings

from widgetplatform.api.errors import json_error
from widgetplatform.api.parsers import too_large

UPLOADS = re.compile(r"/api/v1/(file|conversation|Attachment)/[^/]+/(attachment/)?upload$|/files/upload/")
FORM_BYTES = 65_536  # what a multipart form adds to its file


class BodyLimit:
    """ASGI: refuses (413) by Content-Length without reading, and a chunked body at the byte that is too much."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length, chunked = _announced(scope["headers"])
        limit = body_limit(scope["path"])
        if length > limit:
            await _refuse(send, limit)
        elif chunked:
            await _Counted(self._app, limit).run(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def body_limit(path: str) -> int:
    """Bytes that a body to ``path`` may have."""
    if UPLOADS.match(path):
        return int(settings.FILE_BYTES) + FORM_BYTES
    if path.startswith("/admin/"):
        return max(int(settings.FILE_BYTES) + FORM_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class _Counted:
    """One request whose length nobody announced."""

    def __init__(self, app: Any, limit: int) -> None:
        self._app, self._limit = app, limit
        self._received = 0
        self._answered = False

    async def run(self, scope: Any, receive: Any, send: Any) -> None:
        async def counted() -> Any:
            message = await receive()
            self._received += len(message.get("body", b""))
            # Django takes a client that went away for one that wants no answer.
            return {"type": "http.disconnect"} if self._received > self._limit else message

        async def noted(message: Any) -> None:
            self._answered = True
            await send(message)

        await self._app(scope, counted, noted)
        if self._received > self._limit and not self._answered:
            await _refuse(send, self._limit)


def _announced(headers: Any) -> tuple[int, bool]:
    length, chunked = 0, False
    for name, value in headers:
        if name == b"content-length":
            length = int(value) if value.isdigit() else 0
        elif name == b"transfer-encoding":
            chunked = True
    return length, chunked


async def _refuse(send: Any, limit: int) -> None:
    body = json_error(413, str(too_large(limit).detail)).content
    headers = [
        (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"connection", b"close"),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
