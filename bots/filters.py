"""Conditions on a record's meta: ``{key: value}`` or ``{key: {"$gte": 5}}``; dots in a key nest."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": operator.eq,
    "$ne": operator.ne,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}
ORDERED = {"$gt", "$gte", "$lt", "$lte"}
Condition = tuple[str, str, Any]


def parse_filter(conditions: Mapping[str, Any]) -> list[Condition]:
    """(path, operator, value) triples; ValueError naming the key and what is allowed."""
    return [_condition(path, wanted) for path, wanted in conditions.items()]


def matches(meta: Mapping[str, Any], conditions: list[Condition]) -> bool:
    """Whether every condition holds; what is missing is only unequal."""
    return all(_holds(_value(meta, path), name, wanted) for path, name, wanted in conditions)


def _condition(path: str, wanted: Any) -> Condition:
    name, value = "$eq", wanted
    if isinstance(wanted, dict):
        if len(wanted) != 1 or next(iter(wanted)) not in OPERATORS:
            raise ValueError(f"{path}: must be a value or an object with one of {', '.join(OPERATORS)}")
        name, value = next(iter(wanted.items()))
    if name in ORDERED and not _is_number(value):
        raise ValueError(f"{path}: {name} needs a number")
    if not isinstance(value, (str, bool, int, float)):
        raise ValueError(f"{path}: must be a text, a number or a boolean")
    return path, name, value


def _value(meta: Any, path: str) -> Any:
    for key in path.split("."):
        meta = meta.get(key) if isinstance(meta, Mapping) else None
    return meta


def _holds(value: Any, name: str, wanted: Any) -> bool:
    if name in ORDERED:
        return _is_number(value) and OPERATORS[name](value, wanted)
    same = value == wanted and isinstance(value, bool) == isinstance(wanted, bool)
    return same if name == "$eq" else not same


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
