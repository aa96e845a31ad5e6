"""A number by widget in Django's cache, by which processes tell each other that it changed.

A cache that is away costs nothing but time: what it would have told is found out when a process reads anew.
"""

import logging
import time
from collections.abc import Callable, Iterable
from uuid import UUID

from django.core.cache import cache

AWAY_SECONDS = 5.0  # for so long nobody asks a cache that did not answer: each question may block a thread
KEPT_SECONDS = 86_400
logger = logging.getLogger(__name__)


class Changes:
    """``clock`` is in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._away_until = 0.0

    def announce(self, keys: Iterable[UUID]) -> None:
        """Tell every process."""
        change = time.time_ns()
        try:
            cache.set_many({_name(key): change for key in keys}, KEPT_SECONDS)
        except Exception:  # whatever the cache's client raises: the change is stored, only its news is late
            logger.warning("a widget's change could not be announced to other processes", exc_info=True)

    def latest(self, key: UUID, otherwise: int | None) -> int | None:
        """The number of the latest change, None where there was none lately; ``otherwise`` while the cache is away."""
        if self._clock() < self._away_until:
            return otherwise
        try:
            number: int | None = cache.get(_name(key))
        except Exception:  # as above: live with what is known
            self._away_until = self._clock() + AWAY_SECONDS
            return otherwise
        return number

    def forget(self) -> None:
        """Ask again, whatever happened."""
        self._away_until = 0.0


def _name(key: UUID) -> str:
    return f"widget-change:{key}"
