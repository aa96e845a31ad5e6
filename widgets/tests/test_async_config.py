"""aeffective_of: never blocks the loop, one thread for all who wait, and nobody gets what was read before a change."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from accounts.ids import new_id
from widgets import config
from widgets.cache import CHECK_SECONDS, FRESH_SECONDS, SEEN_SECONDS, STALE_SECONDS, ConfigCache
from widgets.config import aeffective_of

pytestmark = pytest.mark.asyncio
PATIENCE_SECONDS = 10
WAITING = 50


class Database:
    """Hands out ``value``, each time only when ``gate`` is open."""

    def __init__(self) -> None:
        self.value: Any = "old"
        self.loads = 0
        self.entered = threading.Event()
        self.gate = threading.Event()

    def __call__(self, _key: UUID) -> Any:
        self.loads += 1
        value = self.value
        self.entered.set()
        assert self.gate.wait(PATIENCE_SECONDS)
        return value


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    database = Database()
    monkeypatch.setattr(config, "CACHE", ConfigCache(database))
    yield database
    database.gate.set()


async def started(database: Database) -> None:
    assert await asyncio.to_thread(database.entered.wait, PATIENCE_SECONDS)


async def test_many_wait_for_one_load_and_the_loop_goes_on(database: Database) -> None:
    key = new_id()
    waiting = [asyncio.ensure_future(aeffective_of(key)) for _ in range(WAITING)]
    await started(database)
    assert not any(task.done() for task in waiting)
    database.gate.set()
    assert await asyncio.gather(*waiting) == ["old"] * WAITING
    assert database.loads == 1
    assert await aeffective_of(str(key)) == "old"
    assert database.loads == 1


async def test_who_asks_after_a_change_gets_the_change(database: Database) -> None:
    key = new_id()
    before = asyncio.ensure_future(aeffective_of(key))
    await started(database)
    database.value = "new"
    config.CACHE.drop([key])
    after = asyncio.ensure_future(aeffective_of(key))
    database.gate.set()
    assert await before == "old"
    assert await after == "new"
    assert await aeffective_of(key) == "new"


@pytest.mark.parametrize("seconds", [CHECK_SECONDS, FRESH_SECONDS, FRESH_SECONDS + STALE_SECONDS - 10])
async def test_while_one_asks_the_others_get_what_is_there(database: Database, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    key, now = new_id(), [1000.0]
    monkeypatch.setattr(config, "CACHE", ConfigCache(database, lambda: now[0]))
    database.gate.set()
    assert await aeffective_of(key) == "old"
    database.gate.clear()
    database.entered.clear()
    database.value = "new"
    now[0] += seconds
    first = asyncio.ensure_future(aeffective_of(key))
    if seconds >= FRESH_SECONDS:
        await started(database)
        for _ in range(5):
            now[0] += SEEN_SECONDS / 5  # a database that takes its time holds nobody up
            assert await aeffective_of(key) == "old"
        assert not first.done()
        database.gate.set()
        assert await first == await aeffective_of(key) == "new"
    else:
        assert await asyncio.gather(first, aeffective_of(key)) == ["old"] * 2
    assert database.loads == (2 if seconds >= FRESH_SECONDS else 1)


async def test_what_is_old_or_long_unchecked_is_not_served_meanwhile(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    key, now = new_id(), [1000.0]
    memory = ConfigCache(database, lambda: now[0])
    there = ConfigCache(database, lambda: now[0])
    monkeypatch.setattr(config, "CACHE", memory)
    database.gate.set()
    for seconds in (SEEN_SECONDS, FRESH_SECONDS, FRESH_SECONDS + STALE_SECONDS):
        await aeffective_of(key)
        database.value = f"after {seconds}"
        there.drop([key])
        now[0] += seconds
        assert await asyncio.gather(*(aeffective_of(key) for _ in range(3))) == [database.value] * 3


async def test_who_stops_waiting_does_not_stop_the_others(database: Database) -> None:
    key = new_id()
    leaving, staying = asyncio.ensure_future(aeffective_of(key)), asyncio.ensure_future(aeffective_of(key))
    await started(database)
    leaving.cancel()
    database.gate.set()
    assert await staying == "old"
    assert leaving.cancelled() or leaving.cancelling()


async def test_what_is_no_id_is_no_widget(database: Database) -> None:
    assert await aeffective_of("nonsense") is None
    assert database.loads == 0
