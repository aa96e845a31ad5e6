"""A server on loopback that may be fetched from, as an installation allows one of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from .servers import Handler, Server, serving

Outside = Callable[[Handler], AbstractAsyncContextManager[Server]]


@pytest.fixture
def outside(settings: Any) -> Outside:
    """`async with outside(handler) as server`: its host is allowed, and no other."""
    settings.FETCH_ALLOWED_HOSTS = []

    @asynccontextmanager
    async def started(handler: Handler) -> AsyncIterator[Server]:
        async with serving(handler) as server:
            settings.FETCH_ALLOWED_HOSTS = [*settings.FETCH_ALLOWED_HOSTS, server.host]
            yield server

    return started
