"""JSON, with its escapes read."""

import json
from collections.abc import Iterator

from .encoding import decoded


def pieces(data: bytes) -> Iterator[str]:
    """The same document, indented."""
    yield from json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(json.loads(decoded(data)))
