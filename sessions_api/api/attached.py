"""Files by their address, as an engine takes them: fetched safely, their text extracted within limits. Nothing is kept."""

import asyncio
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from bots.engines.base import Attachment
from fetcher import Fetched, FetchRefused, fetch
from files.extract import ExtractError, extract_limited
from files.sniff import ALLOWED_TYPES, sniff
from sessions_api import reading
from widgetplatform.api.errors import ApiError

ATTACHMENTS = 10
FETCH_SECONDS = 20.0
NAME_CHARACTERS = 191
TEXTLESS = ("image/", "audio/", "video/")
NOT_TAKEN = ("bad_url", "bad_request", "private_address")  # codes of what is wrong with the address itself


async def attachments_in(body: dict[str, Any]) -> tuple[Attachment, ...]:
    """The attachments of a body. ApiError 400 for an address that is not taken, 422 where nothing useful is there; it names the field."""
    given = body.get("attachments")
    if given is None:
        return ()
    wanted = [
        (reading.text(item.get("url"), f"{path}.url", empty=False), f"{path}.url")
        for item, path in reading.items(given, "attachments", ATTACHMENTS, "attachments")
    ]
    return tuple(await asyncio.gather(*(_attachment(url, path) for url, path in wanted)))


async def _attachment(url: str, path: str) -> Attachment:
    try:
        fetched = await fetch(url, max_bytes=settings.FILE_BYTES, seconds=FETCH_SECONDS)
    except FetchRefused as refusal:
        raise ApiError(400 if refusal.code in NOT_TAKEN else 422, f"{path}: {refusal.message}") from None
    name = _name(fetched)
    kind = sniff(fetched.body, name, fetched.content_type)
    if kind not in ALLOWED_TYPES:
        raise ApiError(422, f"{path}: must be a picture, a text, a document or a recording, not {kind}")
    if kind.startswith(TEXTLESS):
        return Attachment(name, kind, "")
    try:
        text = await asyncio.to_thread(extract_limited, fetched.body, kind, name)
    except ExtractError as error:
        raise ApiError(422, f"{path}: {error.message}") from None
    return Attachment(name, kind, text.replace("\x00", ""))


def _name(fetched: Fetched) -> str:
    """The last part of the address."""
    return unquote(PurePosixPath(urlsplit(fetched.url).path).name)[:NAME_CHARACTERS] or "file"
