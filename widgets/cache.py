"""Process memory for effective widgets: fresh for a minute, stale while one refreshes, dropped on commit.

Other processes learn of a change from a number in Django's cache that each asks for at most once a second and widget. With
that cache away, or where it is process memory too, a change reaches them when their entry is a minute old.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from django.core.cache import cache

FRESH_SECONDS = 60.0
CHECK_SECONDS = 1.0
ENTRIES_MAX = 4096
CHANGE_KEPT_SECONDS = 86_400
T = TypeVar("T")
logger = logging.getLogger(__name__)


@dataclass
class _Entry(Generic[T]):
    value: T
    change: int | None
    loaded_at: float
    checked_at: float


@dataclass
class _Flight:
    lock: threading.Lock = field(default_factory=threading.Lock)
    passengers: int = 0
    overtaken: bool = False  # the value was dropped while it was being loaded


class ConfigCache(Generic[T]):
    """``load`` makes the value of a key (None counts as one); ``clock`` is in seconds."""

    def __init__(self, load: Callable[[UUID], T], clock: Callable[[], float] = time.monotonic) -> None:
        self._load = load
        self._clock = clock
        self._entries: OrderedDict[UUID, _Entry[T]] = OrderedDict()
        self._flights: dict[UUID, _Flight] = {}
        self.drops = 0  # counts up with every drop, so that waiting callers can tell before from after
        self._guard = threading.Lock()

    def peek(self, key: UUID) -> tuple[bool, T | None]:
        """(True, value) where memory alone can answer; (False, None) where ``get`` must be asked. Never waits."""
        entry = self._entries.get(key)
        now = self._clock()
        if entry is None or now - entry.loaded_at >= FRESH_SECONDS or now - entry.checked_at >= CHECK_SECONDS:
            return False, None
        return True, entry.value

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
                self._entries.pop(key, None)
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
            self._entries.clear()
            for flight in self._flights.values():
                flight.overtaken = True

    def _is_fresh(self, key: UUID, entry: _Entry[T]) -> bool:
        now = self._clock()
        if now - entry.loaded_at >= FRESH_SECONDS:
            return False
        if now - entry.checked_at < CHECK_SECONDS:
            return True
        entry.checked_at = now  # before asking, so that one asks and the others go on
        if self._change_of(key, entry.change) == entry.change:
            return True
        with self._guard:
            if self._entries.get(key) is entry:
                del self._entries[key]
        return False

    def _refresh(self, key: UUID, seen: _Entry[T] | None, flight: _Flight) -> T:
        stale = seen if seen is not None and self._entries.get(key) is seen else None
        if not flight.lock.acquire(blocking=stale is None) and stale is not None:
            return stale.value
        try:
            current = self._entries.get(key)
            if current is not None and current is not stale:
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
            # A value read before a drop may be the old one; whoever asks next reads again.
            if not flight.overtaken:
                self._entries[key] = _Entry(value, change, now, now)
                self._entries.move_to_end(key)
                while len(self._entries) > ENTRIES_MAX:
                    self._entries.popitem(last=False)
        return value

    @staticmethod
    def _change_of(key: UUID, otherwise: int | None) -> int | None:
        with suppress(Exception):  # the shared cache is away: live with what is known
            return cache.get(_change_key(key))
        return otherwise


def _change_key(key: UUID) -> str:
    return f"widget-change:{key}"
