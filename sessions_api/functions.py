"""What a visitor's page can do for the bot: declared by the page, offered to the model, answered by the page. Data of a stranger, so bounded."""

import json
from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import ParseError

from bots.engines.base import Function
from sessions_api import reading
from sessions_api.options import FUNCTIONS, read_options

DESCRIPTION_BYTES = 4_096
DECLARED_BYTES = 65_536  # of all functions of a page together, as JSON: a model reads them with each reply
RESULT_BYTES = 65_536
ERROR_CHARACTERS = 2_000
NOTHING = {"type": "object", "properties": {}}
OUTCOMES = ("result", "error", "abort")


class TooMuch(ParseError):
    """A result that cannot be kept: too large, or with what no database takes."""


def read_functions(value: Any, path: str = "functions") -> list[dict[str, Any]]:
    """``[{name, description, parameters}]``, as they are kept with the conversation. Raises ParseError, naming what is wrong."""
    bare = []
    for item, here in reading.items(value, path, FUNCTIONS, "functions"):
        description = reading.optional(item, "description", here, reading.text, "", most=DESCRIPTION_BYTES)
        parameters = NOTHING if item.get("parameters") is None else item["parameters"]
        bare.append({"name": item.get("name"), "description": description, "parameters": parameters})
    checked: list[dict[str, Any]] = read_options({"functions": bare}, operator=False, tools=True).get("functions", [])
    if _weight(bare) > DECLARED_BYTES:
        raise ParseError(f"{path}: must have at most {DECLARED_BYTES} bytes together, as JSON")
    return [{name: function[name] for name in ("name", "description", "parameters")} for function in checked]


def functions_of_page(rows: Sequence[dict[str, Any]] | None) -> tuple[Function, ...]:
    """What is kept with a conversation (``Conversation.functions``), for an engine."""
    return tuple(Function(row["name"], row["description"], row["parameters"], page=True) for row in rows or ())


def read_outcome(body: dict[str, Any]) -> dict[str, Any]:
    """Exactly one of ``result`` (any JSON), ``error`` (a text) and ``abort`` (true). Raises ParseError, ``TooMuch`` for the result itself."""
    given = [name for name in OUTCOMES if name in body and (name == "result" or body[name] is not None)]
    if len(given) > 1:  # a client may send the whole shape, with null for what there is not
        given = [name for name in given if body[name] is not None]
    if len(given) != 1:
        raise ParseError("result, error, abort: must be exactly one of them")
    [name] = given
    value = body[name]
    match name:
        case "result":
            _check_result(value)
        case "error":
            if not isinstance(value, str) or len(value) > ERROR_CHARACTERS:
                raise ParseError(f"error: must be a text of at most {ERROR_CHARACTERS} characters")
            value = kept(value) or "The function failed."
        case _ if value is not True:
            raise ParseError("abort: must be true")
    return {name: value}


def kept(value: Any, depth: int = reading.JSON_DEPTH) -> Any:
    """The JSON value as a database keeps it: no NUL, no half surrogate pair, no number beyond 64 bits, nothing too deep."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if depth == 0:
        return None
    if isinstance(value, dict):
        return {kept(str(key)): kept(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [kept(item, depth - 1) for item in value]
    try:
        return reading.storable(value, "")
    except ParseError:
        return str(value)


def _check_result(value: Any) -> None:
    try:
        reading.storable(value, "result")
    except ParseError as error:
        raise TooMuch(error.detail) from None
    if _weight(value) > RESULT_BYTES:
        raise TooMuch(f"result: must have at most {RESULT_BYTES} bytes as JSON")


def _weight(value: Any) -> int:
    """Bytes of a storable value as JSON."""
    return len(json.dumps(value, ensure_ascii=False).encode())
