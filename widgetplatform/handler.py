"""Django's ASGI handler with threads, and so database connections, that outlive a request.

Django gives every request a thread of its own, which connects to the database anew and takes the connection with it when it ends: on SQLite
half of an API request's time was that, and ``CONN_MAX_AGE`` meant nothing.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.core.handlers.asgi import ASGIHandler
from django.db import connections

IDLE_MAX = 8  # threads kept for the next requests; more only live while so many requests are under way


class Threads:
    """Executors of one thread each, lent to one request at a time, the last one used first. For one event loop."""

    def __init__(self, idle_max: int = IDLE_MAX) -> None:
        self._idle: list[ThreadPoolExecutor] = []
        self._idle_max = idle_max

    @contextmanager
    def borrow(self) -> Iterator[ThreadPoolExecutor]:
        """An executor that nobody else uses meanwhile; its thread starts with the first work."""
        executor = self._idle.pop() if self._idle else ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")
        try:
            yield executor
        finally:
            if len(self._idle) < self._idle_max:
                self._idle.append(executor)
            else:
                _retire(executor)

    def close(self) -> None:
        """End the idle threads with their connections."""
        while self._idle:
            _retire(self._idle.pop())


threads = Threads()


class PooledHandler(ASGIHandler):
    """Every request's synchronous code runs in one borrowed thread."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] != "http":
            raise ValueError(f"Django can only handle ASGI/HTTP connections, not {scope['type']}")
        with threads.borrow() as executor:
            async with ThreadSensitiveContext(executor=executor):
                await self.handle(scope, receive, send)


def _retire(executor: ThreadPoolExecutor) -> None:
    executor.submit(connections.close_all)
    executor.shutdown(wait=False)
