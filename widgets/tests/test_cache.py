"""The memory of effective widgets: fresh, stale while one refreshes, dropped, told to other processes."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.cache import cache

from accounts.ids import new_id
from widgets.cache import CHECK_SECONDS, ENTRIES_MAX, FRESH_SECONDS, ConfigCache

KEY = new_id()
THREADS = 50
PATIENCE_SECONDS = 10


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Counts loads; ``gate`` set to an event makes them wait."""

    def __init__(self) -> None:
        self.loads = 0
        self.value = "first"
        self.gate: threading.Event | None = None
        self.entered = threading.Event()
        self.error: Exception | None = None

    def __call__(self, _key: UUID) -> str:
        self.loads += 1
        value = self.value
        self.entered.set()
        if self.gate:
            assert self.gate.wait(PATIENCE_SECONDS)
        if self.error:
            raise self.error
        return value


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def memory(source: Source, clock: Clock) -> ConfigCache[str]:
    return ConfigCache(source, clock)


def at_once(count: int, call: Callable[[], str]) -> tuple[list[str], list[threading.Thread]]:
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(call())) for _ in range(count)]
    for thread in threads:
        thread.start()
    return answers, threads


def join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def test_a_fresh_value_is_not_loaded_again(memory: ConfigCache[str], source: Source, clock: Clock) -> None:
    assert memory.get(KEY) == "first"
    source.value = "second"
    clock.now += FRESH_SECONDS - 0.1
    assert memory.get(KEY) == "first"
    assert source.loads == 1


def test_an_old_value_is_loaded_again(memory: ConfigCache[str], source: Source, clock: Clock) -> None:
    memory.get(KEY)
    source.value = "second"
    clock.now += FRESH_SECONDS
    assert memory.get(KEY) == "second"
    assert memory.get(KEY) == "second"
    assert source.loads == 2


def test_while_one_refreshes_the_others_get_the_stale_value_at_once(
    memory: ConfigCache[str], source: Source, clock: Clock
) -> None:
    memory.get(KEY)
    source.value, source.gate = "second", threading.Event()
    source.entered.clear()
    clock.now += FRESH_SECONDS
    refreshed, refresher = at_once(1, lambda: memory.get(KEY))
    assert source.entered.wait(PATIENCE_SECONDS)
    answers, threads = at_once(THREADS, lambda: memory.get(KEY))
    join(threads)
    assert answers == ["first"] * THREADS
    source.gate.set()
    join(refresher)
    assert refreshed == ["second"]
    assert source.loads == 2


def test_of_many_that_miss_one_loads(memory: ConfigCache[str], source: Source) -> None:
    source.gate = threading.Event()
    answers, threads = at_once(THREADS, lambda: memory.get(KEY))
    assert source.entered.wait(PATIENCE_SECONDS)
    source.gate.set()
    join(threads)
    assert answers == ["first"] * THREADS
    assert source.loads == 1


def test_a_drop_shows_at_the_next_request(memory: ConfigCache[str], source: Source) -> None:
    memory.get(KEY)
    source.value = "second"
    memory.drop([KEY])
    assert memory.peek(KEY) == (False, None)
    assert memory.get(KEY) == "second"


def test_a_value_read_before_a_drop_is_not_kept(memory: ConfigCache[str], source: Source) -> None:
    source.gate = threading.Event()
    answers, threads = at_once(1, lambda: memory.get(KEY))
    assert source.entered.wait(PATIENCE_SECONDS)
    source.value = "second"
    memory.drop([KEY])
    source.gate.set()
    join(threads)
    assert answers == ["first"]
    assert memory.get(KEY) == "second"


def test_another_process_sees_a_drop_within_a_second(source: Source, clock: Clock) -> None:
    here, there = ConfigCache(source, clock), ConfigCache(source, clock)
    there.get(KEY)
    source.value = "second"
    here.drop([KEY])
    assert there.get(KEY) == "first"
    clock.now += CHECK_SECONDS
    assert there.peek(KEY) == (False, None)
    assert there.get(KEY) == "second"


def test_without_the_shared_cache_a_change_shows_after_a_minute(
    source: Source, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_options: object) -> None:
        raise ConnectionError("away")

    monkeypatch.setattr(cache, "get", away, raising=False)
    monkeypatch.setattr(cache, "set_many", away, raising=False)
    here, there = ConfigCache(source, clock), ConfigCache(source, clock)
    there.get(KEY)
    source.value = "second"
    here.drop([KEY])
    clock.now += CHECK_SECONDS
    assert there.get(KEY) == "first"
    clock.now += FRESH_SECONDS
    assert there.get(KEY) == "second"


def test_an_error_leaves_the_stale_value_and_is_raised_where_there_is_none(
    memory: ConfigCache[str], source: Source, clock: Clock
) -> None:
    memory.get(KEY)
    source.error = OSError("database away")
    clock.now += FRESH_SECONDS
    assert memory.get(KEY) == "first"
    with pytest.raises(OSError, match="away"):
        memory.get(new_id())


def test_memory_is_bounded(memory: ConfigCache[str], source: Source) -> None:
    memory.get(KEY)
    for _ in range(ENTRIES_MAX):
        memory.get(new_id())
    memory.get(KEY)
    assert source.loads == ENTRIES_MAX + 2
