"""How many synchronous views compute at the same time.

Threads that all compute only take turns at the interpreter: eight of them do less than two, and one request in a hundred waits six times
as long as the others. So a few begin, and the next when one of them is done or has taken so long that it must be waiting for something.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

AT_ONCE = 2
WAITING_SECONDS = 0.03  # a view that computes is done by then; what is not waits for a database, a host or an embedder


class Turn:
    """One request's; given back once, at its end or by the clock."""

    def __init__(self, free: asyncio.Semaphore, seconds: float) -> None:
        self._free: asyncio.Semaphore | None = free
        self._timer = asyncio.get_running_loop().call_later(seconds, self.end)

    def end(self) -> None:
        """The next may begin."""
        self._timer.cancel()
        free, self._free = self._free, None
        if free is not None:
            free.release()


class TurnstileMiddleware:
    """Takes a turn before a synchronous view and gives it back behind it; async views need none. Does nothing in a sync stack."""

    async_capable = sync_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._free: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)
            vars(self)["process_view"] = self._enter

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Django's entry."""
        return self._async(request) if self._is_async else self.get_response(request)

    async def _async(self, request: HttpRequest) -> HttpResponseBase:
        try:
            response: HttpResponseBase = await self.get_response(request)
            return response
        finally:
            turn: Turn | None = getattr(request, "turn", None)
            if turn is not None:
                turn.end()

    async def _enter(self, request: HttpRequest, view: Any, *_: Any) -> None:
        if iscoroutinefunction(view):
            return
        free = self._free.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
        await free.acquire()
        request.turn = Turn(free, WAITING_SECONDS)  # type: ignore[attr-defined]
