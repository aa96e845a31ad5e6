"""Waiting for a while, without ever losing the news that nobody waits any more."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def within(seconds: float, awaited: Awaitable[T]) -> T:
    """The result, or TimeoutError. ``asyncio.wait_for`` of Python 3.11 forgets a cancellation that comes together with the result, and a
    stream whose client has left then never ends."""
    async with asyncio.timeout(seconds):
        return await awaited
