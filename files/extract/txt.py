"""Plain text."""

from collections.abc import Iterator

from .encoding import decoded


def pieces(data: bytes) -> Iterator[str]:
    """The text as it is."""
    yield decoded(data)
