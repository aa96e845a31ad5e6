"""What one socket has under way beside its frames: tasks and timers, all ended with it."""

import asyncio
from collections.abc import Callable
from typing import Any


class Chores:
    """Tasks and named timers of one connection, on the running loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def beside(self, work: Any) -> None:
        """Run a coroutine beside the frames."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def after(self, name: str, seconds: float, call: Callable[..., Any], *arguments: Any) -> None:
        """Call something later; a later timer of the same name takes the place of one that has fired."""
        self._timers[name] = asyncio.get_running_loop().call_later(seconds, call, *arguments)

    def drop(self, name: str) -> None:
        """Not any more."""
        self._timers.pop(name).cancel()

    def end(self) -> None:
        """End all of it."""
        for timer in self._timers.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()
