"""Connections to providers that are used again: one pool for each event loop."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import httpcore
import httpx

from .network import Network

IDLE_SECONDS = 30.0
IDLE_CONNECTIONS = 50

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
