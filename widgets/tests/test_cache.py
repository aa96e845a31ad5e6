"""The memory of effective widgets: fresh, stale while one refreshes, dropped, told to other processes."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.cache import cache

from accounts.ids import new_id
from widgets.cache import CHECK_SECONDS, ENTRIES_MAX, FRESH_SECONDS, LAG_SECONDS, ConfigCache
from widgets.changes import AWAY_SECONDS

Numbers = tuple[ConfigCache[int | None], list[int | None]]

KEY = new_id()
THREADS = 1000
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


@pytest.fixture
def numbers(clock: Clock) -> Numbers:
    """A memory whose values are their own versions, and what its database answers, the last one again and again."""
    answers: list[int | None] = []
    return ConfigCache(lambda _: answers.pop(0) if len(answers) > 1 else answers[0], clock, version=lambda value: value), answers


@pytest.mark.parametrize("dropped", [True, False])
def test_an_older_version_does_not_replace_a_newer(numbers: Numbers, clock: Clock, dropped: bool) -> None:
    memory, answers = numbers
    answers[:] = [5, 4, 6]
    assert memory.get(KEY) == 5
    if dropped:
        memory.drop([KEY])
    clock.now += FRESH_SECONDS
    assert [memory.get(KEY), memory.get(KEY)] == [5, 5]
    clock.now += CHECK_SECONDS
    assert [memory.get(KEY), memory.peek(KEY)] == [6, (True, 6)]


def test_an_older_version_that_stays_is_believed(numbers: Numbers, clock: Clock) -> None:
    memory, answers = numbers
    answers[:] = [5, 4]
    assert memory.get(KEY) == 5
    clock.now += LAG_SECONDS - 1
    assert memory.get(KEY) == 5
    clock.now += 1
    assert memory.get(KEY) == 4


def test_what_is_gone_or_new_has_no_version_to_compare(numbers: Numbers) -> None:
    memory, answers = numbers
    answers[:] = [5, None, 3]
    for expected in (5, None, 3):
        assert memory.get(KEY) == expected
        memory.drop([KEY])


class Away:
    """Counts what a shared cache is asked that does not answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self._patch = monkeypatch.context()
        patch = self._patch.__enter__()
        patch.setattr(cache, "get", self, raising=False)
        patch.setattr(cache, "set_many", self, raising=False)

    def __call__(self, *_args: object, **_options: object) -> None:
        self.asked += 1
        raise ConnectionError("away")

    def back(self) -> None:
        self._patch.__exit__(None, None, None)


def test_a_shared_cache_that_does_not_answer_is_left_alone_for_a_while(
    source: Source, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [new_id() for _ in range(100)]
    here, there = ConfigCache(source, clock), ConfigCache(source, clock)
    away = Away(monkeypatch)
    for key in keys:
        assert here.get(key) == "first"
    clock.now += CHECK_SECONDS
    for key in keys:
        assert here.get(key) == "first"
    assert away.asked == 1
    away.back()
    source.value = "second"
    there.drop(keys)
    clock.now += AWAY_SECONDS
    assert {here.get(key) for key in keys} == {"second"}


def test_without_the_shared_cache_a_change_shows_after_a_minute(
    source: Source, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Away(monkeypatch)
    here, there = ConfigCache(source, clock), ConfigCache(source, clock)
    there.get(KEY)
    source.value = "second"
    here.drop([KEY])
    clock.now += CHECK_SECONDS
    assert there.get(KEY) == "first"
    assert here.get(KEY) == "second"
    clock.now += FRESH_SECONDS
    assert there.get(KEY) == "second"
    away.back()


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


def test_ids_that_nobody_has_push_no_widget_out(clock: Clock) -> None:
    loads: list[UUID] = []

    def load(key: UUID) -> str | None:
        loads.append(key)
        return "widget" if key == KEY else None

    memory = ConfigCache(load, clock)
    memory.get(KEY)
    for _ in range(ENTRIES_MAX + 1):
        assert memory.get(new_id()) is None
    memory.get(KEY)
    assert loads.count(KEY) == 1
