"""Blocking database work beside the loop."""

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
R = TypeVar("R")


def in_thread(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """``work`` as a coroutine function that runs in a thread of the pool. Connections that broke or grew old are closed before
    and after, because no request does it there."""
    return database_sync_to_async(work, thread_sensitive=False)
