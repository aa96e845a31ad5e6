import asyncio
from collections.abc import Callable

import pytest

from sessions_api import outbox
from sessions_api.outbox import Outbox


class Reader:
    """The far end: takes what it gets while ``gate`` is open."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.gate = asyncio.Event()
        self.slow = asyncio.Event()
        self.times_slow = 0

    async def take(self, text: str) -> None:
        await self.gate.wait()
        self.got.append(text)

    def be_slow(self) -> None:
        self.times_slow += 1
        self.slow.set()

    def box(self, merged: Callable[[str], str | None] = lambda reply: f"all of {reply}") -> Outbox:
        return Outbox(self.take, merged, self.be_slow)


async def test_frames_go_out_in_their_order() -> None:
    reader = Reader()
    reader.gate.set()
    box = reader.box()
    for number in range(5):
        box.push(str(number), "reply" if number % 2 else "")
    await box.flushed()
    assert reader.got == ["0", "1", "2", "3", "4"]


async def test_a_slow_reader_gets_the_deltas_of_a_reply_as_one() -> None:
    reader = Reader()
    box = reader.box()
    box.push("first")
    await asyncio.sleep(0)  # it is on its way now
    for number in range(70):
        box.push("x" * 1000, "a")
        if number == 3:
            box.push("row")
            box.push("other", "b")
    reader.gate.set()
    await box.flushed()
    merged = reader.got.index("all of a")
    assert reader.got[:3] == ["first", "row", "other"]
    assert reader.got.count("all of a") == 1
    assert sum(len(text) for text in reader.got[merged:]) < 10_000
    assert not reader.slow.is_set()


async def test_what_cannot_be_merged_any_more_is_left_out() -> None:
    reader = Reader()
    box = reader.box(merged=lambda reply: None)
    for _ in range(70):
        box.push("x" * 1000, "ended")
    box.push("closing row")
    reader.gate.set()
    await box.flushed()
    assert reader.got[-1] == "closing row"
    assert len(reader.got) < 10


async def test_who_is_too_far_behind_is_given_up_once() -> None:
    reader = Reader()
    box = reader.box()
    for _ in range(300):
        box.push("r" * 1000)
    assert reader.times_slow == 1
    reader.gate.set()
    await box.flushed()
    assert reader.got == []


async def test_a_write_that_is_stuck_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "STUCK_SECONDS", 0.01)
    reader = Reader()
    box = reader.box()
    box.push("one")
    await asyncio.wait_for(reader.slow.wait(), 10)
    box.push("two")
    reader.gate.set()
    await asyncio.sleep(0)
    assert (reader.got, reader.times_slow) == ([], 1)


async def test_nothing_is_sent_after_close() -> None:
    reader = Reader()
    reader.gate.set()
    box = reader.box()
    box.push("one")
    box.close()
    box.push("two")
    await asyncio.sleep(0)
    assert reader.got == []
    await box.flushed()


async def test_a_reader_that_has_left_is_no_error() -> None:
    tried: list[str] = []

    async def take(text: str) -> None:
        tried.append(text)
        raise ConnectionResetError

    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failures.append(context))
    box = Outbox(take, lambda reply: reply, pytest.fail)
    box.push("one")
    box.push("two")
    await box.flushed()
    box.push("three")
    await asyncio.sleep(0)
    assert (tried, failures) == (["one"], [])
