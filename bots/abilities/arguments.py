"""``{{argument}}`` in an instruction: which there are, what an input gives them, and filling them in."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from bots.abilities.base import AbilityError
from bots.abilities.data import json_object, yaml_object

PLACEHOLDER = re.compile(r"\$?\{\{\s*(secrets\.[a-z0-9_-]{1,128}|[A-Za-z_][A-Za-z0-9_-]{0,63})\s*\}\}")
INPUT = "input"
SECRET, SECRETS = "secret", "secrets."  # the ability's own secret; those of its owner by their names
RESERVED = frozenset(("contactId", "file", SECRET))  # filled in by us, never asked of a model
FILLED_CHARACTERS = 1_048_576


def names_in(text: str) -> list[str]:
    """The arguments that a text asks for, each once, in their order."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def wanted_names(text: str) -> list[str]:
    """The arguments that somebody has to give."""
    return [name for name in names_in(text) if name not in RESERVED and not name.startswith(SECRETS)]


def read_input(instruction: str, text: str) -> dict[str, Any]:
    """The arguments in an input: those of a JSON or YAML object, and the whole text as ``input``.

    Where the instruction asks for just one argument, a text that does not give it is its value.
    """
    wanted = [name for name in names_in(instruction) if name != INPUT and name != SECRET and not name.startswith(SECRETS)]
    given = json_object(text)
    if given is None:
        found = yaml_object(text)
        # "Note: buy milk" is YAML too, though nobody meant it.
        given = found if found and (not wanted or found.keys() & set(wanted)) else {}
        if not given and len(wanted) == 1 and text:
            given = {wanted[0]: text}
    return {INPUT: text, **given}


def fill(text: str, arguments: Mapping[str, Any], escape: Callable[[Any], str] | None = None) -> str:
    """The text with its arguments filled in; ``escape`` makes the text of a value, as the place demands it.

    Raises AbilityError for an argument that is missing and for more text than is good.
    """
    length = len(text)

    def put(match: re.Match[str]) -> str:
        nonlocal length
        value = argument(match[1], arguments)
        filled = (escape or as_text)(value)
        length += len(filled)
        if length > FILLED_CHARACTERS:
            raise AbilityError("The arguments are too long")
        return filled

    return PLACEHOLDER.sub(put, text)


def argument(name: str, arguments: Mapping[str, Any]) -> Any:
    """One argument's value; AbilityError names a missing one."""
    if name not in arguments or (name == INPUT and arguments[name] == ""):
        raise AbilityError(f"The argument “{name}” is missing")
    return arguments[name]


def as_text(value: Any) -> str:
    """A text as it is, anything else as JSON, null as nothing."""
    if value is None:
        return ""
    return _whole(value) if isinstance(value, str) else as_json(value)


def as_json(value: Any) -> str:
    """JSON data as JSON."""
    try:
        return _whole(json.dumps(value, ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise AbilityError("An argument is not JSON data") from None


def _whole(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise AbilityError("An argument contains half of a surrogate pair")
    return text
