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

from widgets.changes import Changes

FRESH_SECONDS = 60.0
CHECK_SECONDS = 0.5
SEEN_SECONDS = 1.0  # after so long without a check nobody is served before one is made
STALE_SECONDS = 60.0  # for so long after it was fresh a value serves while one refreshes
LAG_SECONDS = 120.0
ENTRIES_MAX = 4096
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
    refreshing: bool = False  # somebody loads what comes after


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
        self._changes = Changes(clock)
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

    def peek_stale(self, key: UUID) -> tuple[bool, T | None]:
        """The same for those who find that somebody else asks ``get`` already: a value that is no longer fresh counts too."""
        entry = self._entries.get(key)
        if entry is None or entry.dropped or not self._serves(entry):
            return False, None
        return entry.refreshing or self._clock() - entry.checked_at < SEEN_SECONDS, entry.value

    def holds(self, key: UUID, value: T) -> bool:
        """Whether this very value is what the memory has of ``key``."""
        entry = self._entries.get(key)
        return entry is not None and not entry.dropped and entry.value is value

    def get(self, key: UUID) -> T:
        """The value, from memory where it is fresh; of many callers with a stale one, one loads and the others get the stale one."""
        entry = self._entries.get(key)
        if entry is not None and self._is_unchanged(key, entry) and self._clock() < entry.fresh_until:
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
        self._changes.announce(keys)

    def clear(self) -> None:
        """Forget everything in this process."""
        with self._guard:
            self.drops += 1
            self._changes.forget()
            self._entries.clear()
            for flight in self._flights.values():
                flight.overtaken = True

    def _is_unchanged(self, key: UUID, entry: _Entry[T]) -> bool:
        now = self._clock()
        if entry.dropped or now - entry.checked_at < CHECK_SECONDS:
            return not entry.dropped
        if now - entry.checked_at < SEEN_SECONDS:
            entry.checked_at = now  # before asking, so that one asks and the others go on
        if self._changes.latest(key, entry.change) != entry.change:
            entry.dropped = True
        entry.checked_at = now
        return not entry.dropped

    def _serves(self, entry: _Entry[T]) -> bool:
        return self._clock() < entry.fresh_until + STALE_SECONDS

    def _refresh(self, key: UUID, seen: _Entry[T] | None, flight: _Flight) -> T:
        stale = seen if seen is not None and not seen.dropped and self._entries.get(key) is seen else None
        serves = stale is not None and self._serves(stale)
        if not flight.lock.acquire(blocking=not serves) and stale is not None:
            return stale.value
        try:
            current = self._entries.get(key)
            if current is not None and current is not seen and not current.dropped:
                return current.value
            if stale is not None:
                stale.refreshing = True
            return self._load_and_keep(key, flight)
        except Exception:
            if stale is None:
                raise
            logger.exception("a widget could not be refreshed; the earlier one is served")
            return stale.value
        finally:
            if stale is not None:
                stale.refreshing = False
            flight.lock.release()

    def _load_and_keep(self, key: UUID, flight: _Flight) -> T:
        flight.overtaken = False
        change = self._changes.latest(key, None)
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
