"""The channel layer: what other threads send arrives at once, and everything else as in Channels' own."""

import asyncio
import threading

import pytest
from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull

from widgetplatform.layers import LoopSafeLayer


def from_thread(call, *arguments):
    """Run an async call to its end in a thread with a loop of its own; what it raised is raised here."""
    return asyncio.get_running_loop().run_in_executor(None, lambda: async_to_sync(call)(*arguments))


async def waiting_receiver(layer, channel):
    receiver = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0)
    return receiver


async def test_a_message_from_another_thread_wakes_the_receiver():
    layer = LoopSafeLayer()
    receiver = await waiting_receiver(layer, "one")
    sent = from_thread(layer.send, "one", {"type": "knock"})
    assert await receiver == {"type": "knock"}
    await sent


async def test_the_queue_is_touched_on_the_home_loop_only():
    layer = LoopSafeLayer()
    receiver = await waiting_receiver(layer, "one")
    touched = []
    queue = layer.channels["one"]
    put = queue.put_nowait
    queue.put_nowait = lambda item: (touched.append(threading.get_ident()), put(item))
    await from_thread(layer.send, "one", {"type": "knock"})
    await receiver
    assert touched == [threading.get_ident()]


async def test_a_group_message_from_another_thread_reaches_every_member():
    layer = LoopSafeLayer()
    names = [await layer.new_channel() for _ in range(3)]
    for name in names:
        await layer.group_add("room", name)
    receivers = [await waiting_receiver(layer, name) for name in names]
    await from_thread(layer.group_send, "room", {"type": "knock"})
    assert await asyncio.gather(*receivers) == [{"type": "knock"}] * 3


async def test_a_full_channel_is_told_to_the_sending_thread():
    layer = LoopSafeLayer(capacity=1)
    receiver = await waiting_receiver(layer, "other")
    await layer.send("one", {"type": "knock"})
    with pytest.raises(ChannelFull):
        await from_thread(layer.send, "one", {"type": "knock"})
    receiver.cancel()


async def test_a_full_channel_of_a_group_is_skipped():
    layer = LoopSafeLayer(capacity=1)
    for name in ("full", "free"):
        await layer.group_add("room", name)
    await layer.send("full", {"type": "first"})
    await layer.group_send("room", {"type": "second"})
    assert await layer.receive("free") == {"type": "second"}
    assert await layer.receive("full") == {"type": "first"}


def test_a_new_loop_starts_with_empty_queues():
    layer = LoopSafeLayer()

    async def leave_a_message():
        receiver = await waiting_receiver(layer, "one")
        await layer.send("two", {"type": "old"})
        receiver.cancel()

    async def send_and_receive():
        receiver = await waiting_receiver(layer, "two")
        await layer.send("two", {"type": "new"})
        return await receiver

    asyncio.run(leave_a_message())
    assert asyncio.run(send_and_receive()) == {"type": "new"}


def test_sending_works_after_the_home_loop_ended():
    layer = LoopSafeLayer()

    async def take_home():
        receiver = await waiting_receiver(layer, "one")
        receiver.cancel()

    asyncio.run(take_home())
    async_to_sync(layer.send)("one", {"type": "knock"})
    assert layer.channels["one"].qsize() == 1
