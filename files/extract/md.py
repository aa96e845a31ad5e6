"""Markdown, which reads well as it is."""

from collections.abc import Iterator

from .encoding import decoded


def pieces(data: bytes) -> Iterator[str]:
    """The source: headings and lists say what belongs together."""
    yield decoded(data)
