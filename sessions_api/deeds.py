"""What a bot did for a reply, put into lines for operators to read."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

CHARACTERS = 4_000  # of each line; exports and the API have all
FAILURE = "error"


class Deed(NamedTuple):
    """A line of a row of type activity: ``label`` is arguments, result, error …"""

    label: str
    text: str

    @property
    def failed(self) -> bool:
        """Whether it says what went wrong."""
        return self.label == FAILURE


def deeds_of(meta: Mapping[str, Any]) -> list[Deed]:
    """The lines of a row's ``meta``; none where it says nothing of what was done."""
    noted = [value for value in meta.values() if isinstance(value, Mapping)]
    return [Deed(label, _written(value)) for said in noted for label, value in said.items() if label != "name"]


def _written(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= CHARACTERS else f"{text[:CHARACTERS]}…"
