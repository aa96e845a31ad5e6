"""A fenced ``fetch`` block: an HTTP request to a public address. ``request`` has its form."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from bots.abilities.base import RESULT_CHARACTERS, AbilityError, AbilitySpec, Answer, Outcome, Tools, trimmed
from bots.abilities.fences import fenced
from bots.abilities.request import fill_template, read_template

FENCE = "fetch"
REASON_CHARACTERS = 300


async def run(ability: AbilitySpec, arguments: Mapping[str, Any], tools: Tools) -> Outcome:
    """JSON answers as data, others as text; an answer of 400 and above is an error."""
    request = fill_template(read_template(fenced(ability.instruction, FENCE) or ""), arguments)
    answer = await tools.fetch(request)
    text = _text(answer)
    if answer.status >= 400:
        raise AbilityError(f"The address answered {_named(answer.status)}{_reason(text)}")
    return Outcome(_parsed(answer, text))


def _text(answer: Answer) -> str:
    charset = re.search(r"charset=\"?([\w-]+)", answer.content_type, re.IGNORECASE)
    try:
        return answer.body.decode(charset[1] if charset else "utf-8", "replace")
    except (LookupError, ValueError):
        return answer.body.decode("utf-8", "replace")


def _parsed(answer: Answer, text: str) -> Any:
    kind = answer.content_type.split(";")[0].strip().lower()
    if len(text) <= RESULT_CHARACTERS and (kind == "application/json" or kind.endswith("+json")):
        try:
            return json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError):
            pass  # what claims to be JSON and is not, is text
    return trimmed(text)


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _reason(text: str) -> str:
    words = " ".join(text[: REASON_CHARACTERS * 4].split())
    return f": {words[:REASON_CHARACTERS]}" if words else ""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
