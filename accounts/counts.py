"""The counts of rate limits, in the shared cache. A cache that is away never stops anybody: this process then counts alone."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.cache import cache

logger = logging.getLogger(__name__)
Count = tuple[float, float]  # tokens left in a bucket, and since when (seconds of the clock)
R = TypeVar("R")

KEEP_SECONDS = 600
AWAY_SECONDS = 5  # a cache that hangs is not asked again by every request
LOCAL_COUNTS = 10_000


class Counts:
    """Reads and writes several counts in one round trip. Requests in parallel may be counted as one; none is counted twice."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache
        self._local: dict[str, Count] = {}
        self._away_until = 0.0

    def load(self, keys: Iterable[str]) -> dict[str, Count]:
        """What is known of these keys."""
        wanted = list(keys)
        return self._ask(
            lambda: self._cache.get_many(wanted), lambda: {key: self._local[key] for key in wanted if key in self._local}
        )

    def store(self, counts: dict[str, Count]) -> None:
        """Keep these for ten minutes; a bucket is full again after one."""
        self._ask(lambda: self._cache.set_many(counts, KEEP_SECONDS), lambda: self._store_here(counts))

    def forget(self, key: str) -> None:
        """As if it had never been counted."""
        self._local.pop(key, None)
        self._ask(lambda: self._cache.delete(key), lambda: None)

    def _store_here(self, counts: dict[str, Count]) -> None:
        if len(self._local) > LOCAL_COUNTS:
            self._local.clear()
        self._local.update(counts)

    def _ask(self, shared: Callable[[], R], here: Callable[[], R]) -> R:
        if time.monotonic() < self._away_until:
            return here()
        try:
            return shared()
        except Exception as error:  # every cache backend has exceptions of its own
            self._away_until = time.monotonic() + AWAY_SECONDS
            logger.warning("limits: the cache does not answer (%s), counting in this process", type(error).__name__)
            return here()


counts = Counts(cache)
