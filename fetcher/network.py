"""Connections that go only to addresses which were checked."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

import httpcore
from httpcore import SOCKET_OPTION

from .addresses import resolve, resolve_public

MAX_ADDRESSES = 4  # of one host, tried one after the other
SECONDS_EACH = 5.0


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves, checks every address, and connects to one of those: a second answer of the name server is never asked for.

    httpx-secure resolves by connecting, so a refused address would still see a connection; this looks first.
    """

    def __init__(self, trusted: set[tuple[str, int]]) -> None:
        """`trusted` holds the (host, port) pairs that need not be public; it may grow while redirects are followed."""
        self._trusted = trusted
        self._network = httpcore.AnyIOBackend()
        self._streams: list[httpcore.AsyncNetworkStream] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close what is still open: httpcore leaves the connection of a TLS handshake that was cancelled."""
        for stream in self._streams:
            await stream.aclose()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 the interface of httpcore
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises FetchRefused `private_address` or `unreachable`, and httpcore's own errors."""
        look_up = resolve if (host.lower(), port) in self._trusted else resolve_public
        addresses = (await look_up(host, port))[:MAX_ADDRESSES]
        for address in addresses:
            try:
                stream = await self._network.connect_tcp(address, port, SECONDS_EACH, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # the next one may answer
            self._streams.append(stream)
            return stream
        raise httpcore.ConnectError(f"{host} cannot be reached")
