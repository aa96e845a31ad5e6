"""Reading JSON bodies of plain views: values by their path, refused with a sentence that names it and what is allowed."""

import math
from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from rest_framework.exceptions import ParseError

from accounts.names import validate_meta, validate_text

JSON_DEPTH = 32


def text(value: Any, path: str, *, most: int | None = None, empty: bool = True) -> str:
    """A text that a database keeps, of at most ``most`` bytes."""
    if not isinstance(value, str) or not (empty or value.strip()):
        raise ParseError(f"{path}: must be a text{'' if empty else ' that is not empty'}")
    try:
        validate_text(value)
    except ValidationError as error:
        raise ParseError(f"{path}: {error.messages[0]}") from None
    if most is not None and len(value.encode()) > most:
        raise ParseError(f"{path}: must have at most {most} bytes")
    return value


def whole(value: Any, path: str, low: int, high: int) -> int:
    """A whole number; 5.0 is one."""
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise ParseError(f"{path}: must be a whole number from {low} to {high}")
    return number


def flag(value: Any, path: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ParseError(f"{path}: must be true or false")
    return value


def mapping(value: Any, path: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise ParseError(f"{path}: must be an object")
    return value


def items(value: Any, path: str, most: int, what: str) -> Iterable[tuple[dict[str, Any], str]]:
    """The objects of a list, each with its path."""
    if not isinstance(value, list) or len(value) > most:
        raise ParseError(f"{path}: must be a list of at most {most} {what}")
    for number, item in enumerate(value):
        yield mapping(item, f"{path}[{number}]"), f"{path}[{number}]"


def choice(value: Any, path: str, allowed: Iterable[str]) -> str:
    """One of some words."""
    words = list(allowed)
    if not isinstance(value, str) or value not in words:
        raise ParseError(f"{path}: must be one of {', '.join(words)}")
    return value


def meta(value: Any, path: str) -> dict[str, Any]:
    """The operator's own data."""
    try:
        validate_meta(value)
    except ValidationError as error:
        raise ParseError(f"{path}: {error.messages[0]}") from None
    return dict(value)


def storable(value: Any, path: str, depth: int = JSON_DEPTH) -> Any:
    """Any JSON value that a database keeps."""
    if depth == 0:
        raise ParseError(f"{path}: must be at most {JSON_DEPTH} levels deep")
    if isinstance(value, str):
        text(value, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            text(key, path)
            storable(item, path, depth - 1)
    elif isinstance(value, list):
        for item in value:
            storable(item, path, depth - 1)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        raise ParseError(f"{path}: must hold no number beyond 64 bits")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ParseError(f"{path}: must hold finite numbers only")
    return value


def time_zone(value: str, path: str) -> str:
    """An IANA name; empty stays empty."""
    if value and value not in available_timezones():
        raise ParseError(f"{path}: must be the name of a time zone such as Europe/Berlin")
    return value


def optional(body: dict[str, Any], key: str, path: str, read: Callable[..., Any], default: Any = None, **more: Any) -> Any:
    """What ``read`` makes of a key; absent and null are ``default``."""
    given = body.get(key)
    name = f"{path}.{key}" if path else key
    return default if given is None else read(given, name, **more)
