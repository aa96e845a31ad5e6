"""Picking from JSON data by a JSONPath (RFC 9535)."""

from functools import lru_cache
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError

PICK_CHARACTERS = 300
MATCHES = 200
_ENVIRONMENT = JSONPathEnvironment(strict=True)
for _name in ("match", "search"):  # the cost of a pattern on somebody else's text cannot be bounded
    del _ENVIRONMENT.function_extensions[_name]


def path_problem(path: str) -> str:
    """Why this is no JSONPath, in a few words; empty where it is one, or empty."""
    if len(path) > PICK_CHARACTERS:
        return f"must have at most {PICK_CHARACTERS} characters"
    try:
        if path:
            _compiled(path)
    except (JSONPathError, RecursionError, ValueError) as error:
        first = str(error).partition("\n")[0]
        return f"must be a JSONPath such as $.items[0].price ({first[:120]})"
    return ""


def picked(path: str, data: Any) -> list[Any]:
    """What the path meets, in order; the first few hundred."""
    try:
        found = []
        for match in _compiled(path).finditer(data):
            found.append(match.obj)
            if len(found) == MATCHES:
                break
        return found
    except (JSONPathError, RecursionError):
        return []


@lru_cache(256)
def _compiled(path: str) -> JSONPath:
    compiled = _ENVIRONMENT.compile(path)
    if not isinstance(compiled, JSONPath):
        raise ValueError("one path only")
    return compiled
