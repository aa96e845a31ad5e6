"""How many requests go to a translator at once, in all processes together: places in the shared cache that end by themselves."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache

from accounts.ids import new_id


@contextmanager
def slot(seconds: float) -> Iterator["Slot | None"]:
    """One of ``TRANSLATOR_REQUESTS`` places, or None where all are taken. It ends after ``seconds`` unless it is kept."""
    holder = str(new_id())
    taken = next((key for key in _keys() if cache.add(key, holder, seconds)), None)
    if taken is None:
        yield None
        return
    try:
        yield Slot(taken, holder, seconds)
    finally:
        if cache.get(taken) == holder:  # after its end it may be somebody else's
            cache.delete(taken)


class Slot:
    """A place that is held."""

    def __init__(self, key: str, holder: str, seconds: float) -> None:
        self._key, self._holder, self._seconds = key, holder, seconds

    def keep(self) -> None:
        """Hold it for the same time from now."""
        if cache.get(self._key) == self._holder:
            cache.touch(self._key, self._seconds)


def _keys() -> list[str]:
    return [f"translator-slot:{number}" for number in range(settings.TRANSLATOR_REQUESTS)]
