"""Uploads that are promised first and arrive later, by a link that needs no token: ours, or a presigned one of the storage."""

import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from files import tokens
from files.content import Readable
from files.errors import FileRefused
from files.models import StoredContent
from files.services import set_pending, store_content
from files.storage import mark_of, new_key
from files.stores.base import store

SALT = "files.upload"


def promise_upload(request: HttpRequest, row: StoredContent, *, size: int, media_type: str, filename: str) -> dict[str, Any]:
    """``{method, url, headers}`` with which the client uploads exactly ``size`` bytes, once, within ``FILE_UPLOAD_SECONDS``."""
    key, seconds = new_key(row), settings.FILE_UPLOAD_SECONDS
    link = store().put_link(key, size, media_type, seconds)
    until = int((time.time() + seconds) * 1000)
    set_pending(row, {"key": key, "size": size, "type": media_type, "name": filename, "until": until})
    if link is not None:
        return {"method": "PUT", "url": link.url, "headers": link.headers}
    token = tokens.sign(row, key, SALT)
    url = request.build_absolute_uri(reverse("file-direct-upload", args=[token]))
    return {"method": "PUT", "url": url, "headers": {"content-type": media_type}}


def redeem(token: str, source: Readable) -> UUID:
    """Take what is sent to a link of ours; the id of its row. ``FileRefused``: 404 (forged, expired), 409 (done already), 400, 413."""
    row, mark = tokens.read(token, SALT, settings.FILE_UPLOAD_SECONDS, "upload link")
    if row is None:
        raise FileRefused(404, "There is no such file")
    promise = row.pending or {}
    key = promise.get("key", "")
    if mark_of(key) != mark:
        raise FileRefused(409, "This upload was done already, or another one took its place")
    store_content(row, source, promise["name"], promise["type"], promised=key)
    return UUID(str(row.pk))


def adopt(row: StoredContent) -> None:
    """Make content of what a client put into the storage by a presigned link, or remove it where it may not be stored.

    Bytes are copied to a key that the link does not open, so that nobody changes them after they were looked at.
    """
    promise = row.pending
    if promise is None:
        return
    key = promise["key"]
    try:
        if store().size(key) != promise["size"]:
            raise FileRefused(400, f"file: must have exactly {promise['size']} bytes, as announced")
        with store().stream(key) as source:
            store_content(row, source, promise["name"], promise["type"], promised=key)
    except FileNotFoundError:
        if promise["until"] < time.time() * 1000:
            set_pending(row, None)
    except FileRefused as refusal:
        if refusal.status_code == 409:  # another process was faster
            row.refresh_from_db()
        elif refusal.status_code in (400, 413):
            set_pending(row, None, **_failure(row, refusal))
        else:
            raise


def _failure(row: StoredContent, refusal: FileRefused) -> dict[str, Any]:
    """Where there is no other content, the row says why."""
    if row.key:
        return {}
    return {"text_state": StoredContent.TextState.FAILED, "text_error": refusal.message[:300]}
