"""What a visitor's browser tells of itself: language, time zone, page, functions of the page. Data for the bot, never instructions."""

import json
import uuid
from typing import Any

from rest_framework.exceptions import ParseError

from sessions_api import reading
from sessions_api.functions import read_functions
from sessions_api.models import Conversation
from sessions_api.threads import in_thread

COLUMNS = {"language": "language", "timeZone": "time_zone", "page": "page", "functions": "functions"}
PAGE_CHARACTERS = 8192
LENGTHS = {"language": 35, "timeZone": 64}


def read_surroundings(body: dict[str, Any], *, tools: bool) -> dict[str, Any]:
    """The fields of a body that ``set_conversation`` takes; functions are not looked at without tools. Raises ParseError (400)."""
    given: dict[str, Any] = {name: reading.optional(body, name, "", reading.text, most=most) for name, most in LENGTHS.items()}
    given["page"] = reading.optional(body, "page", "", _page)
    if tools:
        given["functions"] = reading.optional(body, "functions", "", read_functions)
    return {name: value for name, value in given.items() if value is not None}


def _page(value: Any, path: str) -> dict[str, Any]:
    page = reading.mapping(reading.storable(value, path), path)
    if len(json.dumps(page)) > PAGE_CHARACTERS:
        raise ParseError(f"{path}: must have at most {PAGE_CHARACTERS} characters as JSON")
    return page


async def set_conversation(conversation_id: uuid.UUID, fields: dict[str, Any]) -> None:
    """Store what is given; the rest stays."""
    values = {COLUMNS[name]: value[: LENGTHS[name]] if name in LENGTHS else value for name, value in fields.items()}
    if values:
        await in_thread(_update)(conversation_id, values)


def _update(conversation_id: uuid.UUID, values: dict[str, Any]) -> None:
    Conversation.objects.filter(pk=conversation_id).update(**values)
