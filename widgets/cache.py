"""Process memory for effective widgets: fresh for a minute, stale while one refreshes, dropped on commit.

Other processes learn of a change from a number in Django's cache that each asks for at most twice a second and widget. With
that cache away, or where it is process memory too, a change reaches them when their entry is a minute old.

What was read before a change, or from a database that lags behind, never takes the place of something newer: a load that a drop
has overtaken is not kept, and neither is a value of an older version than the one that was there, dropped or not. An older version
that is still there after two minutes is believed all the same: clocks of machines differ, and databases are restored.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from django.core.cache import cache

FRESH_SECONDS = 60.0
CHECK_SECONDS = 0.5
LAG_SECONDS = 120.0
AWAY_SECONDS = 5.0  # for so long nobody asks a shared cache that did not answer: each question may block a thread
ENTRIES_MAX = 4096
CHANGE_KEPT_SECONDS = 86_400
T = TypeVar("T")
logger = logging.getLogger(__name__)


@dataclass
class _Entry(Generic[T]):
    value: T
    change: int | None
    read_at: float
    fresh_until: float
    checked_at: float
    dropped: bool = False  # it only says what came before


@dataclass
class _Flight:
    lock: threading.Lock = field(default_factory=threading.Lock)
    passengers: int = 0
    overtaken: bool = False  # the value was dropped while it was being loaded


class ConfigCache(Generic[T]):
    """``load`` makes the value of a key (None counts as one); ``clock`` is in seconds.

    ``version`` says which of two values is the newer; None where a value has none.
    """

    def __init__(
        self, load: Callable[[UUID], T], clock: Callable[[], float] = time.monotonic, version: Callable[[T], int | None] = lambda _: None
    ) -> None:
        self._load = load
        self._clock = clock
        self._version = version
        self._away_until = 0.0
        self._entries: OrderedDict[UUID, _Entry[T]] = OrderedDict()
        self._flights: dict[UUID, _Flight] = {}
        self.drops = 0  # counts up with every drop, so that waiting callers can tell before from after
        self._guard = threading.Lock()

    def peek(self, key: UUID) -> tuple[bool, T | None]:
        """(True, value) where memory alone can answer; (False, None) where ``get`` must be asked. Never waits."""
        entry = self._entries.get(key)
        now = self._clock()
        if entry is None or entry.dropped or now >= entry.fresh_until or now - entry.checked_at >= CHECK_SECONDS:
            return False, None
        return True, entry.value

    def holds(self, key: UUID, value: T) -> bool:
        """Whether this very value is what the memory has of ``key``."""
        entry = self._entries.get(key)
        return entry is not None and not entry.dropped and entry.value is value

    def get(self, key: UUID) -> T:
        """The value, from memory where it is fresh; of many callers with a stale one, one loads and the others get the stale one."""
        entry = self._entries.get(key)
        if entry is not None and self._is_fresh(key, entry):
            return entry.value
        with self._guard:
            flight = self._flights.setdefault(key, _Flight())
            flight.passengers += 1
        try:
            return self._refresh(key, entry, flight)
        finally:
            with self._guard:
                flight.passengers -= 1
                if not flight.passengers:
                    self._flights.pop(key, None)

    def drop(self, keys: Iterable[UUID]) -> None:
        """Forget values that changed, here at once and in other processes within a second."""
        keys = list(keys)
        with self._guard:
            self.drops += 1
            for key in keys:
                if key in self._entries:
                    self._entries[key].dropped = True
                if key in self._flights:
                    self._flights[key].overtaken = True
        change = time.time_ns()
        try:
            cache.set_many({_change_key(key): change for key in keys}, CHANGE_KEPT_SECONDS)
        except Exception:  # whatever the cache's client raises: the change is stored, only its news is late
            logger.warning("a widget's change could not be announced to other processes", exc_info=True)

    def clear(self) -> None:
        """Forget everything in this process."""
        with self._guard:
            self.drops += 1
            self._away_until = 0.0
            self._entries.clear()
            for flight in self._flights.values():
                flight.overtaken = True

    def _is_fresh(self, key: UUID, entry: _Entry[T]) -> bool:
        now = self._clock()
        if entry.dropped or now >= entry.fresh_until:
            return False
        if now - entry.checked_at < CHECK_SECONDS:
            return True
        entry.checked_at = now  # before asking, so that one asks and the others go on
        if self._change_of(key, entry.change) != entry.change:
            entry.dropped = True
        return not entry.dropped

    def _refresh(self, key: UUID, seen: _Entry[T] | None, flight: _Flight) -> T:
        stale = seen if seen is not None and not seen.dropped and self._entries.get(key) is seen else None
        if not flight.lock.acquire(blocking=stale is None) and stale is not None:
            return stale.value
        try:
            current = self._entries.get(key)
            if current is not None and current is not seen and not current.dropped:
                return current.value
            return self._load_and_keep(key, flight)
        except Exception:
            if stale is None:
                raise
            logger.exception("a widget could not be refreshed; the earlier one is served")
            return stale.value
        finally:
            flight.lock.release()

    def _load_and_keep(self, key: UUID, flight: _Flight) -> T:
        flight.overtaken = False
        change = self._change_of(key, None)
        value = self._load(key)
        now = self._clock()
        with self._guard:
            known = self._entries.get(key)
            if known is not None and self._lags(value, known, now):
                # What is newer stays, and is asked about again soon.
                known.fresh_until, known.checked_at, known.dropped = now + CHECK_SECONDS, now, flight.overtaken
                return known.value
            # A value read before a drop may be the old one; whoever asks next reads again.
            if not flight.overtaken:
                self._keep(key, _Entry(value, change, now, now + FRESH_SECONDS, now))
        return value

    def _lags(self, value: T, known: _Entry[T], now: float) -> bool:
        before, after = self._version(known.value), self._version(value)
        return before is not None and after is not None and after < before and now - known.read_at < LAG_SECONDS

    def _keep(self, key: UUID, entry: _Entry[T]) -> None:
        self._entries[key] = entry
        # Ids that nobody has go first, so that made-up ones cannot push widgets out.
        self._entries.move_to_end(key, last=entry.value is not None)
        while len(self._entries) > ENTRIES_MAX:
            self._entries.popitem(last=False)

    def _change_of(self, key: UUID, otherwise: int | None) -> int | None:
        if self._clock() < self._away_until:
            return otherwise
        try:
            return cache.get(_change_key(key))
        except Exception:  # as in ``drop``: live with what is known
            self._away_until = self._clock() + AWAY_SECONDS
            return otherwise


def _change_key(key: UUID) -> str:
    return f"widget-change:{key}"
