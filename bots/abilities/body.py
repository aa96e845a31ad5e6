"""Bodies of requests: each argument is written as the body's type demands, so that none can become more than a value."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

from bots.abilities.arguments import PLACEHOLDER, argument, as_json, as_text, fill
from bots.abilities.base import AbilityError

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def presumed_type(body: Any) -> str:
    """The content type of a body that was given none."""
    is_json = not isinstance(body, str) or body.lstrip()[:1] in ("{", "[")
    return JSON if is_json else "text/plain; charset=utf-8"


def written(body: Any, content_type: str, arguments: Mapping[str, Any]) -> str:
    """A body (a text, or data that is sent as JSON) with its arguments. Raises AbilityError."""
    kind = content_type.split(";")[0].strip().lower()
    if not isinstance(body, str):
        return as_json(_data(body, arguments))
    if kind == JSON or kind.endswith("+json"):
        return _json(body, arguments)
    if kind == FORM:
        return fill(body.strip(), arguments, lambda value: quote_plus(as_text(value)))
    if kind in ("text/xml", "application/xml") or kind.endswith("+xml"):
        return fill(body, arguments, lambda value: escape(as_text(value), {'"': "&quot;", "'": "&apos;"}))
    return fill(body, arguments)


def _data(body: Any, arguments: Mapping[str, Any]) -> Any:
    """A text that is nothing but an argument becomes its value, numbers and lists included."""
    if isinstance(body, dict):
        return {str(key): _data(item, arguments) for key, item in body.items()}
    if isinstance(body, list):
        return [_data(item, arguments) for item in body]
    if not isinstance(body, str):
        return body
    alone = PLACEHOLDER.fullmatch(body)
    return argument(alone[1], arguments) if alone else fill(body, arguments)


def _json(body: str, arguments: Mapping[str, Any]) -> str:
    """Between quotes an argument is escaped text, elsewhere it is a value of its own."""
    parts: list[str] = []
    end, quoted = 0, False
    for match in PLACEHOLDER.finditer(body):
        between = re.sub(r"\\.", "", body[end : match.start()], flags=re.DOTALL)
        quoted ^= between.count('"') % 2 == 1
        if between.endswith("\\"):
            raise AbilityError("The body of the request has a \\ before an argument")
        value = argument(match[1], arguments)
        filled = as_json(as_text(value))[1:-1] if quoted else as_json(value)
        parts += [body[end : match.start()], filled]
        end = match.end()
    text = "".join([*parts, body[end:]])
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AbilityError(f"The body of the request is not valid JSON: {error}") from None
    return text
