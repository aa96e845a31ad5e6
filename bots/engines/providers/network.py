"""How providers are connected to: over asyncio's own streams, to addresses that are looked at before."""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from fetcher.addresses import resolve, resolve_public

MAX_ADDRESSES = 4  # of one host, tried one after the other
SECONDS_EACH = 5.0


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
