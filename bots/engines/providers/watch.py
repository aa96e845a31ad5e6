"""A time limit that is moved with every piece of a stream."""

import asyncio
from collections.abc import Callable

LOOK_SECONDS = 60.0  # at least so often


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
