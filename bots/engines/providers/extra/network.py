"""Connections of pydantic-ai's HTTP client: one client for each event loop, and addresses that are looked at before they are connected to."""

import asyncio
from collections.abc import AsyncGenerator
from functools import cache
from ssl import SSLContext
from weakref import WeakKeyDictionary

import httpx2
from django.conf import settings

from bots.engines.base import ProviderAccess
from bots.engines.providers.exchange import Address
from fetcher.addresses import resolve_public

_clients: WeakKeyDictionary[
    asyncio.AbstractEventLoop, dict[bool, tuple[httpx2.AsyncClient, AsyncGenerator[httpx2.AsyncClient, None]]]
] = WeakKeyDictionary()


class PublicTransport(httpx2.AsyncBaseTransport):
    """Connects to the address that was looked at; TLS and the Host header keep the name. Raises FetchRefused."""

    def __init__(self) -> None:
        self._inner = transport_to(public=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """As the transport within does."""
        host = request.url.host
        default = 443 if request.url.scheme == "https" else 80
        [address, *_] = await resolve_public(host, request.url.port or default)
        request.headers["host"] = request.url.netloc.decode("ascii")
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


async def client_of(access: ProviderAccess) -> httpx2.AsyncClient:
    """This loop's client for such a provider. Raises EngineError for a base URL that may not be used."""
    public = Address(access, "").public
    mine = _clients.setdefault(asyncio.get_running_loop(), {})
    if public not in mine:
        keeper = _open(public)
        mine[public] = (await anext(keeper), keeper)
    return mine[public][0]


async def _open(public: bool) -> AsyncGenerator[httpx2.AsyncClient, None]:
    """A generator, because that is what an event loop closes when it ends."""
    transport = transport_to(public=public)
    timeout = httpx2.Timeout(settings.PROVIDER_FIRST_SECONDS, connect=settings.PROVIDER_CONNECT_SECONDS)
    client = httpx2.AsyncClient(transport=transport, timeout=timeout, trust_env=False, follow_redirects=False)
    try:
        yield client
    finally:
        _clients.pop(asyncio.get_running_loop(), None)
        await client.aclose()


def transport_to(*, public: bool) -> httpx2.AsyncBaseTransport:
    """To public addresses only, or to any."""
    return PublicTransport() if public else httpx2.AsyncHTTPTransport(verify=_ssl_context(), trust_env=False)


@cache
def _ssl_context() -> SSLContext:
    """Loading certificates takes 20 ms, so once."""
    return httpx2.create_ssl_context(trust_env=False)
