"""One request to a provider and its answer, as far as it is no stream of events."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx
from django.conf import settings

from bots.engines.base import EngineError, ProviderAccess
from fetcher.errors import FetchRefused
from fetcher.urls import DEFAULT_PORTS, HOST, target_of

from .connection import pool
from .errors import failed, refused

MAX_ANSWER = 4 * 1024 * 1024  # bytes
USER_AGENT = b"ChatWidget/1.0"


class Address:
    """Where to ask: `public` says that only public addresses may be connected to. Raises EngineError for what is no URL."""

    def __init__(self, access: ProviderAccess, path: str) -> None:
        try:
            base = httpx.URL(access.base_url)
            self.url = base.copy_with(path=base.path.rstrip("/") + path)
        except (httpx.InvalidURL, ValueError, TypeError):
            raise failed("provider", access, "has a base URL that is not valid") from None
        host = self.url.raw_host.decode("ascii")
        if self.url.scheme not in DEFAULT_PORTS or not (HOST.fullmatch(host) or ":" in host) or self.url.userinfo:
            raise failed("provider", access, "needs a base URL with http:// or https://, a host, and no user name")
        self.public = False
        if not access.private:
            try:
                self.public = not target_of(self.url).trusted
            except FetchRefused as error:
                raise failed("provider", access, f"has a base URL that may not be used. {error.message}") from None


async def send(access: ProviderAccess, address: Address, method: str, content: bytes, deadline: float) -> httpcore.Response:
    """The answer as it begins, to be closed by the caller. `deadline` is of the loop's clock. Raises EngineError."""
    url = address.url
    if not access.key.isascii() or not access.key.isprintable():
        raise EngineError("provider_key", retryable=False, cause="The key has characters that cannot be sent")
    headers = [
        (b"host", url.netloc), (b"user-agent", USER_AGENT), (b"accept", b"application/json, text/event-stream"),
        (b"accept-encoding", b"identity"),
    ]  # fmt: skip
    if content:
        headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    if access.key:
        headers.append((b"authorization", b"Bearer " + access.key.encode("ascii")))
    request = httpcore.Request(
        method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=headers,
        content=content,
        extensions={"timeout": {"connect": settings.PROVIDER_CONNECT_SECONDS}},
    )
    try:
        async with asyncio.timeout_at(deadline):
            return await (await pool(public=address.public)).handle_async_request(request)
    except httpcore.ConnectTimeout:
        raise failed("timeout", access, f"could not be connected to within {settings.PROVIDER_CONNECT_SECONDS:g} seconds") from None
    except TimeoutError:
        raise failed("timeout", access, f"did not answer within {settings.PROVIDER_FIRST_SECONDS:g} seconds") from None
    except FetchRefused as error:
        code = "provider" if error.code == "private_address" else "unavailable"
        raise failed(code, access, f"cannot be reached. {error.message}") from None
    except (httpcore.NetworkError, OSError) as error:
        raise failed("unavailable", access, f"cannot be reached: {error}") from None
    except httpcore.ProtocolError:
        raise failed("unavailable", access, "closed the connection without an answer, or does not speak HTTP") from None


async def read(response: httpcore.Response, access: ProviderAccess, deadline: float, max_bytes: int = MAX_ANSWER) -> bytes:
    """The body, cut at its bound. Raises EngineError."""
    body = bytearray()
    try:
        async with asyncio.timeout_at(deadline):
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > max_bytes:
                    break
    except TimeoutError:
        raise failed("timeout", access, "did not end its answer in time") from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        raise failed("broken", access, "ended its answer too early") from None
    return bytes(body[:max_bytes])


async def ask(access: ProviderAccess, method: str, path: str, content: bytes = b"", *, deadline: float, sent: Iterable[str] = ()) -> Any:
    """The JSON that is answered. Raises EngineError."""
    response = await send(access, Address(access, path), method, content, deadline)
    try:
        body = await read(response, access, deadline)
    finally:
        await response.aclose()
    if response.status != 200:
        raise refused(response.status, headers_of(response), body, access, sent)
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise failed("broken", access, "answered with something that is no JSON; is the base URL right?") from None
    return answer


def headers_of(response: httpcore.Response) -> dict[str, str]:
    """Names in lower case; of repeated ones the last."""
    return {name.decode("ascii").lower(): value.decode("utf-8", "replace") for name, value in response.headers}
