"""What waits to go out on one socket. A slow reader gets merged deltas, then a close, and the rows make both harmless."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

MERGE_CHARACTERS = 65_536
LIMIT_CHARACTERS = 262_144
STUCK_SECONDS = 10.0

Send = Callable[[str], Awaitable[None]]


class Outbox:
    """``merged(reply)`` gives the one delta that replaces those a slow reader did not take, or None; ``slow()`` is called once
    where the reader is too far behind, after which nothing is sent any more."""

    def __init__(self, send: Send, merged: Callable[[str], str | None], slow: Callable[[], None]) -> None:
        self._send = send
        self._merged = merged
        self._slow = slow
        self._queue: deque[tuple[str, str | None]] = deque()  # (reply or "", text; None: merge at the time of sending)
        self._size = 0
        self._task: asyncio.Task[None] | None = None
        self._taken = 0
        self._closed = False

    def push(self, text: str, reply: str = "") -> None:
        """Queue a frame; ``reply`` marks a delta of that reply."""
        if self._closed:
            return
        self._queue.append((reply, text))
        self._size += len(text)
        if self._size > MERGE_CHARACTERS and reply:
            self._merge(reply)
        if self._size > LIMIT_CHARACTERS:
            self._give_up()
        elif self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._drain())

    def close(self) -> None:
        """Send nothing more."""
        self._closed = True
        self._queue.clear()
        if self._task:
            self._task.cancel()

    async def flushed(self) -> None:
        """Wait until everything queued is out."""
        while self._task and not self._closed:
            await asyncio.wait([self._task])

    def _merge(self, reply: str) -> None:
        kept = [(of, text) for of, text in self._queue if of != reply]
        self._queue = deque([*kept, (reply, None)])
        self._size = sum(len(text) for _, text in kept if text)

    def _give_up(self) -> None:
        self.close()
        self._slow()

    def _watch(self, taken: int) -> None:
        if self._task is None or self._closed:
            return
        if taken == self._taken:
            self._give_up()
        else:
            self._timer = asyncio.get_running_loop().call_later(STUCK_SECONDS, self._watch, self._taken)

    async def _drain(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(STUCK_SECONDS, self._watch, self._taken)
        try:
            while self._queue:
                reply, text = self._queue.popleft()
                if text is None:
                    text = self._merged(reply)
                    if text is None:
                        continue
                else:
                    self._size -= len(text)
                await self._send(text)
                self._taken += 1
        except OSError:  # the client has left; its socket's end is on the way
            self._closed = True
            self._queue.clear()
        finally:
            self._timer.cancel()
            self._task = None
