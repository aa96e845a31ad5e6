"""Connections to providers: one pool for each event loop, and addresses that are looked at before they are connected to."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable, Iterable
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import httpcore
import httpx

from fetcher.addresses import resolve, resolve_public

MAX_ADDRESSES = 4  # of one host, tried one after the other
SECONDS_EACH = 5.0
IDLE_SECONDS = 30.0
LOOK_SECONDS = 60.0  # at least so often
IDLE_CONNECTIONS = 50


class Stream(httpcore.AsyncNetworkStream):
    """A connection over asyncio's own streams: half of the CPU of httpcore's for a stream of small pieces.

    Time-outs of reading are the caller's, who may `abort`.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 the interface of httpcore
        """The next bytes, empty at the end."""
        try:
            return await self._reader.read(max_bytes)
        except OSError as error:
            raise httpcore.ReadError(str(error)) from None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 the same
        """Send all of it."""
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as error:
            raise httpcore.WriteError(str(error)) from None

    async def aclose(self) -> None:
        """Close at once: nobody waits for the other side's goodbye."""
        self.abort()

    def abort(self) -> None:
        """End the connection; who reads gets its end."""
        self._writer.transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None  # noqa: ASYNC109 the same
    ) -> httpcore.AsyncNetworkStream:
        """This connection, encrypted. Raises httpcore.ConnectError."""
        try:
            await self._writer.start_tls(ssl_context, server_hostname=server_hostname, ssl_handshake_timeout=timeout)
        except OSError as error:
            self.abort()
            raise httpcore.ConnectError(str(error)) from None
        except BaseException:
            self.abort()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks: whether an idle connection has ended, and what TLS agreed on."""
        if info == "is_readable":
            return self._reader.at_eof() or self._writer.transport.is_closing()
        return self._writer.get_extra_info(info)


class Network(httpcore.AsyncNetworkBackend):
    """Connects to what a host name resolves to; `public` refuses hosts with an address that is not."""

    def __init__(self, *, public: bool) -> None:
        self._look_up = resolve_public if public else resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 the interface of httpcore
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Stream:
        """Raises FetchRefused `private_address` or `unreachable`, and httpcore's own errors."""
        try:
            async with asyncio.timeout(timeout):
                return await self._connect(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"{host} does not answer") from None

    async def _connect(self, host: str, port: int) -> Stream:
        for address in (await self._look_up(host, port))[:MAX_ADDRESSES]:
            try:
                async with asyncio.timeout(SECONDS_EACH):
                    return Stream(*await asyncio.open_connection(address, port))
            except (OSError, TimeoutError):
                continue  # the next one may answer
        raise httpcore.ConnectError(f"nobody answers at {host}")


class Watch:
    """Calls `late` when nothing has moved it for too long. Moving costs next to nothing, so that every piece may."""

    __slots__ = ("_at", "_handle", "_late", "_looks", "_loop", "expired")

    def __init__(self, at: float, late: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._late = late
        self._at = self._looks = at
        self._handle = self._loop.call_at(at, self._look)
        self.expired = False

    def move(self, at: float) -> None:
        """Be late at another time of the loop's clock; infinity is never."""
        self._at = at
        if at < self._looks:
            self._handle.cancel()
            self._look_at(at)

    def stop(self) -> None:
        """Never be late."""
        self._handle.cancel()

    def _look(self) -> None:
        now = self._loop.time()
        if self._at > now:
            self._look_at(min(self._at, now + LOOK_SECONDS))
        else:
            self.expired = True
            self._late()

    def _look_at(self, at: float) -> None:
        self._looks = at
        self._handle = self._loop.call_at(at, self._look)


_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[bool, tuple[httpcore.AsyncConnectionPool, AsyncGenerator[Any, None]]]] = (
    WeakKeyDictionary()
)


async def pool(*, public: bool) -> httpcore.AsyncConnectionPool:
    """This loop's connections: those to public addresses only, or those to any. They are never mixed."""
    mine = _pools.setdefault(asyncio.get_running_loop(), {})
    if public not in mine:
        keeper = _open(public=public)
        mine[public] = (await anext(keeper), keeper)
    return mine[public][0]


async def _open(*, public: bool) -> AsyncGenerator[httpcore.AsyncConnectionPool, None]:
    """A generator, because that is what an event loop closes when it ends."""
    opened = httpcore.AsyncConnectionPool(
        ssl_context=_ssl_context(), network_backend=Network(public=public),
        max_connections=None, max_keepalive_connections=IDLE_CONNECTIONS, keepalive_expiry=IDLE_SECONDS,
    )  # fmt: skip
    try:
        yield opened
    finally:
        _pools.pop(asyncio.get_running_loop(), None)
        await opened.aclose()


@cache
def _ssl_context() -> ssl.SSLContext:
    """The certificates of httpx; SSL_CERT_FILE names others. Loading them takes 20 ms, so once."""
    return httpx.create_ssl_context()
