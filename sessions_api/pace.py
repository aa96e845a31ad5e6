"""When the pieces of a reply go out: the first at once, then 50 ms apart in the first half second, then 120 ms."""

import asyncio
from collections.abc import Callable

QUICK_SECONDS = 0.05
STEADY_SECONDS = 0.12
QUICK_PHASE_SECONDS = 0.5


class Pace:
    """Calls ``flush`` at most as often as a reader needs; a call of ``due`` says that there is something."""

    def __init__(self, flush: Callable[[], None], quick: float = QUICK_SECONDS, steady: float = STEADY_SECONDS) -> None:
        self._flush = flush
        self._quick = quick
        self._steady = steady
        self._began: float | None = None
        self._next = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def due(self) -> None:
        """There is something to flush: now, or when the pause since the last flush is over."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._began is None:
            self._began = now
        if self._timer is None:
            if now >= self._next:
                self._fire()
            else:
                self._timer = loop.call_at(self._next, self._fire)

    def stop(self) -> None:
        """Flush no more."""
        if self._timer:
            self._timer.cancel()
        self._flush = lambda: None

    def _fire(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        quick = self._began is None or now - self._began < QUICK_PHASE_SECONDS
        self._next = now + (self._quick if quick else self._steady)
        self._flush()
