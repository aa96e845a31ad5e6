"""When a request that failed is worth another try."""

import asyncio
import random

from django.conf import settings

from bots.engines.base import EngineError

from .errors import Refused

BACKOFF_SECONDS = 0.5  # before the first repetition, twice as long before each further one


def first_deadline() -> float:
    """Until when the first piece has to be there, by the running loop's clock."""
    return asyncio.get_running_loop().time() + settings.PROVIDER_FIRST_SECONDS


async def wait_before_next(error: EngineError, attempt: int, deadline: float) -> None:
    """Until the next attempt; raises the error where there is none."""
    pause = BACKOFF_SECONDS * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 so that many do not come back at once
    if isinstance(error, Refused) and error.retry_after is not None:
        pause = error.retry_after
    if not error.retryable or attempt >= settings.PROVIDER_RETRIES or asyncio.get_running_loop().time() + pause >= deadline:
        raise error
    await asyncio.sleep(pause)
