"""The in-memory channel layer, made safe for threads.

Channels' own wakes a waiting consumer only from the consumer's own event loop: a message that a Celery thread sent was
measured to arrive 1.5 to 2.7 s late. Here what touches queues runs on the loop where receivers wait.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from channels.layers import InMemoryChannelLayer


class LoopSafeLayer(InMemoryChannelLayer):
    """In-memory layer whose ``send`` and ``group_send`` may be called from any thread."""

    home: asyncio.AbstractEventLoop | None = None

    async def receive(self, channel: str) -> dict[str, Any]:
        """Wait for a message; the loop that receives is the home of all queues."""
        self._adopt(asyncio.get_running_loop())
        return await super().receive(channel)

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Put a message on a channel; raises ``ChannelFull`` like the original."""
        await self._at_home(super().send(channel, message))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Put a message on every channel of a group; full channels are skipped."""
        await self._at_home(super().group_send(group, message))

    def _adopt(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.home is not loop:
            if self.home is not None:
                self.channels.clear()  # those queues belong to a loop that is gone
            self.home = loop

    async def _at_home(self, call: Coroutine[Any, Any, None]) -> None:
        home = self.home
        if home is None or home is asyncio.get_running_loop() or not home.is_running():
            await call
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call, home))
