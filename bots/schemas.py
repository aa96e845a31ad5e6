"""Does data fit a JSON schema (Draft 2020-12)? Schemas come from strangers, so the work is bounded and nothing is fetched."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

STEPS = 20_000  # keywords looked at; some 100 ms
UNIQUE_ITEMS = 1_000
MESSAGE_CHARACTERS = 300
_left: ContextVar[int] = ContextVar("_left")
Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]


class _TooMuch(Exception):
    """More steps than an honest schema takes."""


def misfit(schema: Mapping[str, Any], data: Any) -> str:
    """In which way data does not fit, in a sentence; empty where it fits.

    Patterns and unevaluated properties are not looked at: their cost cannot be bounded.
    """
    token = _left.set(STEPS)
    try:
        error = next(iter(_Validator(schema, registry=Registry()).iter_errors(data)), None)
    except (_TooMuch, RecursionError):
        return "the schema is too large to compare with"
    except Unresolvable:
        return "the schema refers to what is not in it"
    finally:
        _left.reset(token)
    if error is None:
        return ""
    place = ".".join(str(part) for part in error.absolute_path)
    return f"{place}: {error.message}"[:MESSAGE_CHARACTERS] if place else error.message[:MESSAGE_CHARACTERS]


def schema_problem(schema: Any) -> str:
    """Why this is no JSON schema, in a sentence; empty where it is one."""
    try:
        return _problem(json.dumps(schema, sort_keys=True))
    except (TypeError, ValueError, RecursionError):
        return "it is not JSON data, or nested too deeply"


@lru_cache(maxsize=512)
def _problem(schema: str) -> str:
    try:
        Draft202012Validator.check_schema(json.loads(schema), format_checker=FormatChecker(formats=()))
    except SchemaError as error:
        place = ".".join(str(part) for part in error.absolute_path)
        return f"{place}: {error.message}"[:MESSAGE_CHARACTERS]
    except RecursionError:
        return "it is nested too deeply"
    return ""


def _counted(check: Keyword) -> Keyword:
    def counting(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        left = _left.get() - 1
        if left < 0:
            raise _TooMuch
        _left.set(left)
        yield from check(validator, value, instance, schema) or ()

    return counting


def _unchecked(*_: Any) -> None:
    return None


def _additional(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError] | None:
    return None if "patternProperties" in schema else _KEYWORDS["additionalProperties"](validator, value, instance, schema)


def _unique(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError] | None:
    if isinstance(instance, list) and len(instance) > UNIQUE_ITEMS:
        raise _TooMuch
    return _KEYWORDS["uniqueItems"](validator, value, instance, schema)


_KEYWORDS: dict[str, Keyword] = dict(Draft202012Validator.VALIDATORS)
_BOUNDED: dict[str, Keyword] = {
    **_KEYWORDS,
    **dict.fromkeys(("pattern", "patternProperties", "unevaluatedProperties", "unevaluatedItems"), _unchecked),
    "additionalProperties": _additional,
    "uniqueItems": _unique,
}
_Validator = extend(Draft202012Validator, {name: _counted(check) for name, check in _BOUNDED.items()})
