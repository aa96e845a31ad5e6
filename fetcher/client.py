"""Fetch a URL that somebody else chose."""

import asyncio
import ssl
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache

import httpcore
import httpx

from .body import ACCEPT_ENCODING, read_body
from .errors import FetchRefused
from .network import CheckedNetwork
from .urls import Target, target_of

USER_AGENT = "ChatWidget-Fetcher/1.0"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REDIRECTS = {301, 302, 303, 307, 308}
OURS = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te", "upgrade", "expect", "trailer"}
TRAVELING = {"accept", "accept-language", "content-type", "user-agent"}  # all others may hold a secret and stay with their origin
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Fetched:
    """An answer. `url` is where the redirects ended, `content_type` a bare media type, `headers` have names in lower case."""

    url: str
    status: int
    content_type: str
    headers: dict[str, str]
    body: bytes


@dataclass
class _Request:
    target: Target
    method: str
    headers: dict[str, str]
    content: bytes | None


async def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    max_bytes: int,
    seconds: float,
    types: Collection[str] | None = None,
    redirects: int = 3,
    any_status: bool = False,
    follow: Callable[[str], None] | None = None,
) -> Fetched:
    """Fetch a URL within limits.

    `max_bytes` bounds the unpacked body, `seconds` all of it together. `types` are the media types that a good answer may have
    (`text/html`, or `image/` for all of a kind). Answers other than 2xx are refused unless `any_status`. `follow` is called with
    each address that is redirected to, and may raise. Raises FetchRefused and, but for what `follow` raises, nothing else.
    """
    if method not in METHODS:
        raise FetchRefused("bad_request", f"The method must be one of {', '.join(sorted(METHODS))}")
    sent = {"accept": "*/*", "user-agent": USER_AGENT}
    sent |= {name.lower(): value for name, value in (headers or {}).items() if name.lower() not in OURS}
    if content is None and method in {"POST", "PUT", "PATCH"}:
        content = b""  # so that its length is sent
    request = _Request(target_of(url), method, sent, content)
    try:
        async with asyncio.timeout(seconds):
            return await _follow(request, max_bytes=max_bytes, types=types, redirects=redirects, any_status=any_status, follow=follow)
    except (TimeoutError, httpcore.TimeoutException):
        raise FetchRefused("timeout", f"The answer took longer than {seconds:g} seconds") from None
    except (httpcore.NetworkError, OSError):
        raise FetchRefused("unreachable", f"The host {request.target.host} cannot be reached") from None
    except (httpcore.LocalProtocolError, UnicodeEncodeError):
        raise FetchRefused("bad_request", "A header cannot be sent: control or non-ASCII characters") from None
    except httpcore.ProtocolError:
        raise FetchRefused("broken", "The answer is not valid HTTP or ends too early") from None


def fetch_sync(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    max_bytes: int,
    seconds: float,
    types: Collection[str] | None = None,
    redirects: int = 3,
    any_status: bool = False,
    follow: Callable[[str], None] | None = None,
) -> Fetched:
    """`fetch` for tasks and synchronous services; not for a thread that runs an event loop."""
    return asyncio.run(
        fetch(
            url, method=method, headers=headers, content=content, max_bytes=max_bytes, seconds=seconds,
            types=types, redirects=redirects, any_status=any_status, follow=follow,
        )
    )  # fmt: skip


async def _follow(
    request: _Request,
    *,
    max_bytes: int,
    types: Collection[str] | None,
    redirects: int,
    any_status: bool,
    follow: Callable[[str], None] | None,
) -> Fetched:
    trusted: set[tuple[str, int]] = set()
    async with (
        CheckedNetwork(trusted) as network,
        httpcore.AsyncConnectionPool(ssl_context=_ssl_context(), network_backend=network) as pool,
    ):
        for _ in range(redirects + 1):
            target = request.target
            if target.trusted:
                trusted.add((target.host, target.port))
            async with pool.stream(
                request.method,
                httpcore.URL(scheme=target.url.raw_scheme, host=target.url.raw_host, port=target.port, target=target.url.raw_path),
                headers=_encoded({"host": target.url.netloc.decode("ascii"), "accept-encoding": ACCEPT_ENCODING, **request.headers}),
                content=request.content,
            ) as response:
                answer = _headers_of(response)
                if response.status not in REDIRECTS or "location" not in answer:
                    return await _read(request, response, answer, max_bytes=max_bytes, types=types, any_status=any_status)
            request = _redirected(request, response.status, answer["location"])
            if follow is not None:
                follow(str(request.target.url))
    raise FetchRefused("too_many_redirects", f"The URL redirects more than {redirects} times")


def _redirected(request: _Request, status: int, location: str) -> _Request:
    """What to ask next, as browsers do; but what may hold a secret (headers, body) is not sent to another origin."""
    try:
        target = target_of(request.target.url.join(location))
    except (httpx.InvalidURL, ValueError):
        raise FetchRefused("bad_url", "The URL redirects to something that is not a URL") from None
    method, content, headers = request.method, request.content, request.headers
    if (status == 303 and method != "HEAD") or (status in {301, 302} and method == "POST"):
        method, content = "GET", None
        headers = {name: value for name, value in headers.items() if name != "content-type"}
    if target.origin != request.target.origin:
        if content:
            raise FetchRefused("bad_status", "The URL redirects what was sent to another host")
        headers = {name: value for name, value in headers.items() if name in TRAVELING}
    return _Request(target, method, headers, content)


async def _read(
    request: _Request,
    response: httpcore.Response,
    headers: dict[str, str],
    *,
    max_bytes: int,
    types: Collection[str] | None,
    any_status: bool,
) -> Fetched:
    good = 200 <= response.status < 300
    if not good and not any_status:
        raise FetchRefused("bad_status", f"The host {request.target.host} answered with status {response.status}")
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower() or UNKNOWN_TYPE
    if good and types is not None and not any(content_type == kind or (kind.endswith("/") and content_type.startswith(kind)) for kind in types):
        raise FetchRefused("wrong_type", f"The type {content_type} is not allowed; allowed: {', '.join(types)}")
    length = headers.get("content-length", "")
    if request.method != "HEAD" and length.isdecimal() and int(length[:20]) > max_bytes:
        raise FetchRefused("too_large", f"The answer is larger than {max_bytes} bytes")
    encoding = headers.get("content-encoding", "").strip().lower() if request.method != "HEAD" and response.status not in {204, 304} else ""
    body = await read_body(response.aiter_stream(), encoding=encoding, max_bytes=max_bytes)
    return Fetched(str(request.target.url), response.status, content_type, headers, body)


def _headers_of(response: httpcore.Response) -> dict[str, str]:
    """Names in lower case; of repeated ones the first."""
    headers: dict[str, str] = {}
    for name, value in response.headers:
        headers.setdefault(name.decode("ascii").lower(), value.decode("utf-8", "replace"))
    return headers


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


@cache
def _ssl_context() -> ssl.SSLContext:
    """The certificates of httpx; SSL_CERT_FILE names others. Loading them takes 20 ms, so once."""
    return httpx.create_ssl_context()
