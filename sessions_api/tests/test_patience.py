"""Waiting for a while: results, time-outs, and cancellations that come at the worst moment."""

import asyncio

import pytest

from sessions_api.patience import within


async def test_a_result_or_a_time_out() -> None:
    assert await within(60, asyncio.sleep(0, "done")) == "done"
    with pytest.raises(TimeoutError):
        await within(0, asyncio.Event().wait())


@pytest.mark.parametrize("steps", range(5))
async def test_a_cancellation_together_with_the_result_is_not_lost(steps: int) -> None:
    event = asyncio.Event()

    async def listen() -> None:
        while True:
            await within(60, event.wait())
            event.clear()

    task = asyncio.ensure_future(listen())
    for _ in range(3):
        await asyncio.sleep(0)
    event.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    for _ in range(10):
        await asyncio.sleep(0)
    ended = task.cancelled()
    task.cancel()
    assert ended
