from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace

import pytest

from sessions_api import pace
from sessions_api.pace import Pace


class Clock:
    """A loop whose time goes on when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waiting: list[tuple[float, Callable[[], None], SimpleNamespace]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, call: Callable[[], None]) -> SimpleNamespace:
        handle = SimpleNamespace(cancel=lambda: self.waiting.clear())
        self.waiting.append((when, call, handle))
        return handle

    def advance(self, seconds: float) -> None:
        self.now = round(self.now + seconds, 6)
        due = [entry for entry in self.waiting if entry[0] <= self.now + 1e-9]
        self.waiting = [entry for entry in self.waiting if entry not in due]
        for _, call, _ in due:
            call()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that pace sees."""
    running = Clock()
    monkeypatch.setattr(pace, "asyncio", SimpleNamespace(get_running_loop=lambda: running))
    return running


def test_the_first_at_once_then_quickly_then_steadily(clock: Clock) -> None:
    times: list[float] = []
    paced = Pace(lambda: times.append(round(clock.now - 100, 3)))
    for _ in range(1000):  # a token each millisecond
        paced.due()
        clock.advance(0.001)
    assert times[0] == 0
    gaps = [round(later - earlier, 3) for earlier, later in pairwise(times)]
    assert gaps[:9] == [0.05] * 9
    assert set(gaps[10:]) == {0.12}
    assert len(times) < 20, "at most 20 a second"


def test_a_late_piece_does_not_wait(clock: Clock) -> None:
    calls: list[float] = []
    paced = Pace(lambda: calls.append(clock.now))
    paced.due()
    clock.advance(5)
    assert len(calls) == 1, "nothing to say, nothing flushed"
    paced.due()
    assert len(calls) == 2


def test_nothing_after_stop(clock: Clock) -> None:
    calls: list[float] = []
    paced = Pace(lambda: calls.append(clock.now))
    paced.due()
    paced.due()
    paced.stop()
    clock.advance(1)
    paced.due()
    assert len(calls) == 1
