"""``…/upload`` in its three ways, for every kind of row that has content: JSON, a multipart form, the bytes themselves."""

import base64
import binascii
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from accounts.names import validate_text
from fetcher import FetchRefused, fetch_sync
from files.content import MEDIA_TYPE, too_large
from files.errors import FileRefused
from files.models import URL_CHARACTERS, StoredContent
from files.names import disposition_name, safe_filename, url_name
from files.services import store_content
from files.sniff import UNKNOWN
from files.storage import release_connections
from files.uploads import promise_upload
from widgetplatform.api.parsers import parse_object

JSON_BYTES = 6_291_456  # a data URL is in memory as text and as bytes: larger files come in the other ways
FETCH_SECONDS = 30
FETCH_STATUS = {"bad_url": 400, "bad_request": 400, "private_address": 400, "too_large": 413}  # anything else is a 422
WAYS = "must be an http, https or data URL, or an object with type, size and name"


def receive_upload(request: HttpRequest, row: StoredContent) -> dict[str, Any]:
    """Take an upload for a row that is saved already: ``{id}``, or ``{id, uploadRequest}`` where the bytes come later.

    ``FileRefused`` or ``ParseError`` say what is allowed; the row keeps the content that it had. Blocking.
    """
    answer: dict[str, Any] = {"id": str(row.pk)}
    match request.content_type:
        case "application/json":
            wanted = _json(request).get("file")
            if isinstance(wanted, dict):
                return {**answer, "uploadRequest": _promise(request, row, wanted)}
            _take_url(row, wanted)
        case "multipart/form-data":
            form_file = _form_file(request)
            store_content(row, form_file, form_file.name or "", form_file.content_type or "")
        case kind:
            name = request.GET.get("name") or disposition_name(request.headers.get("Content-Disposition", ""))
            store_content(row, request, name, kind or "")
    return answer


areceive_upload = sync_to_async(receive_upload)  # in the request's own thread, so that a slow address holds up nobody else


def fetch_content(row: StoredContent, url: str) -> None:
    """Make what an address answers the content of a row, and remember the address. ``FileRefused`` leaves everything as it was."""
    if len(url) > URL_CHARACTERS:
        raise FileRefused(400, f"file: the address must have at most {URL_CHARACTERS} characters")
    release_connections()
    try:
        found = fetch_sync(url, max_bytes=settings.FILE_BYTES, seconds=FETCH_SECONDS)
    except FetchRefused as refusal:
        raise FileRefused(FETCH_STATUS.get(refusal.code, 422), f"file: {refusal.message}") from None
    name = disposition_name(found.headers.get("content-disposition", "")) or url_name(found.url)
    store_content(row, BytesIO(found.body), name, found.content_type, source_url=url)


def _json(request: HttpRequest) -> dict[str, Any]:
    raw = request.read(JSON_BYTES + 1)
    if len(raw) > JSON_BYTES:
        raise FileRefused(413, f"The body must have at most {JSON_BYTES} bytes; upload larger files as a form or as they are")
    return parse_object(raw)


def _take_url(row: StoredContent, url: Any) -> None:
    if not isinstance(url, str):
        raise FileRefused(400, f"file: {WAYS}")
    _check_text("file", url)
    scheme = url[:8].lower()
    if scheme.startswith("data:"):
        data, media_type = _data_url(url)
        store_content(row, BytesIO(data), "", media_type)
    elif scheme.startswith(("http://", "https://")):
        fetch_content(row, url)
    else:
        raise FileRefused(400, f"file: {WAYS}")


def _data_url(url: str) -> tuple[bytes, str]:
    """The bytes and the media type of ``data:[type][;base64],…``."""
    head, comma, data = url.partition(",")
    if not comma:
        raise FileRefused(400, "file: a data URL has a comma before its data")
    kind, *parameters = head[len("data:") :].split(";")
    try:
        decoded = unquote_to_bytes(data)
        if parameters and parameters[-1].strip().lower() == "base64":
            decoded = base64.b64decode(decoded, validate=True)
    except binascii.Error:
        raise FileRefused(400, "file: the data URL is not valid base64") from None
    return decoded, kind.strip() or "text/plain"


def _promise(request: HttpRequest, row: StoredContent, wanted: dict[str, Any]) -> dict[str, Any]:
    media_type, size, name = wanted.get("type"), wanted.get("size"), wanted.get("name")
    if not isinstance(media_type, str):
        raise FileRefused(400, "file.type: must be a media type such as image/png")
    if isinstance(size, bool) or not isinstance(size, (int, float)) or size != size // 1 or size < 1:
        raise FileRefused(400, "file.size: must be a whole number of bytes, at least 1")
    if size > settings.FILE_BYTES:
        raise too_large()
    if not (name is None or isinstance(name, str)):
        raise FileRefused(400, "file.name: must be a text")
    _check_text("file.name", name or "")
    # What is claimed decides nothing, so anything odd will do; but it becomes a header.
    kind = media_type if MEDIA_TYPE.fullmatch(media_type) else UNKNOWN
    return promise_upload(request, row, size=int(size), media_type=kind, filename=safe_filename(name or ""))


def _check_text(field: str, text: str) -> None:
    try:
        validate_text(text)
    except ValidationError as error:
        raise FileRefused(400, f"{field}: {error.messages[0]}") from None


def _form_file(request: HttpRequest) -> Any:
    try:
        found = request.FILES.get("file")
    except MultiPartParserError as error:
        raise FileRefused(400, f"The form is not valid: {error}") from None
    if found is None:
        raise FileRefused(400, "file: the form must have a file in this field")
    return found
