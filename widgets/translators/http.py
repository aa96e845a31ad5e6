"""One request to a translation service that the installation has set up; its address is nobody else's choice."""

import asyncio
import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import httpx

from widgets.translators.base import TranslatorError

_MOST_BYTES = 2_000_000  # of an answer; a request is smaller by far
_LATEST = 86_400.0  # seconds; nobody waits longer, whatever a service says
_LONGEST = 200  # characters of what a service says


@dataclass(frozen=True)
class Service:
    """Where it is, and what operators call it; ``key`` never appears in an error."""

    label: str
    url: str
    key: str
    seconds: float


async def post(service: Service, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
    """The JSON of its answer. Raises TranslatorError for any other than 200."""
    try:
        async with asyncio.timeout(service.seconds):
            status, answered, content = await _exchange(service.url.rstrip("/") + path, body, headers)
    except TimeoutError:
        raise TranslatorError(f"{service.label} did not answer within {service.seconds:g} seconds.", retryable=True) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise TranslatorError(f"The address of {service.label} is none.", retryable=False) from None
    except httpx.HTTPError as error:
        raise TranslatorError(f"{service.label} cannot be reached ({type(error).__name__}).", retryable=True) from None
    if len(content) > _MOST_BYTES:
        raise TranslatorError(f"{service.label} answered with more than {_MOST_BYTES:,} bytes.", retryable=True)
    if status != 200:
        raise _refused(service, status, answered, content)
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise TranslatorError(f"{service.label} did not answer with JSON; is its address right?", retryable=True) from None


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Whom to trust; reading it takes longer than the rest of a request."""
    return httpx.create_ssl_context(trust_env=False)


async def _exchange(url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, httpx.Headers, bytes]:
    """Status, headers and the answer, of which no more is read than is allowed."""
    content = bytearray()
    async with (
        httpx.AsyncClient(verify=_certificates(), timeout=None, trust_env=False, follow_redirects=False) as client,  # noqa: S113  # nosec B113: the caller's time-out is for all of it
        client.stream("POST", url, json=body, headers=headers) as response,
    ):
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) > _MOST_BYTES:
                break
        return response.status_code, response.headers, bytes(content)


def _refused(service: Service, status: int, headers: httpx.Headers, content: bytes) -> TranslatorError:
    label, said = service.label, _said(service, content)
    if status in (401, 403):
        return TranslatorError(f"{label} refuses the key that is set{said}", retryable=False)
    if status == 456:
        return TranslatorError(f"The quota of {label} is used up{said}", retryable=False)
    if status == 429:
        return TranslatorError(f"{label} wants fewer requests{said}", retryable=True, retry_after=seconds_of(headers.get("retry-after", "")))
    if 300 <= status < 400:
        return TranslatorError(f"{label} redirects ({status}); set the address that it redirects to.", retryable=False)
    if status >= 500 or status in (408, 425):
        return TranslatorError(
            f"{label} answered {status}{said}", retryable=True, retry_after=seconds_of(headers.get("retry-after", ""))
        )
    return TranslatorError(f"{label} answered {status}{said}", retryable=False)


def _said(service: Service, content: bytes) -> str:
    """The service's own words, which end the sentence: without the key."""
    try:
        found = json.loads(content.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return "."
    message = found.get("message") or found.get("error") if isinstance(found, dict) else None
    if not isinstance(message, str):
        return "."
    text = " ".join(message[: 10 * _LONGEST].split())
    if service.key:
        text = text.replace(service.key, "…")
    text = re.sub(r"\S{25,}", "…", text)
    return f": {text[:_LONGEST].rstrip('.')}." if text else "."


def seconds_of(value: str) -> float | None:
    """Retry-After: seconds, or the time of a day."""
    value = value.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value, re.ASCII):
        return min(float(value), _LATEST)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return min(max((when - datetime.now(UTC)).total_seconds(), 0), _LATEST) if when.tzinfo else None
