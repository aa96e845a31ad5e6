"""What a visitor's browser tells of itself: language, time zone, page, functions of the page. Data for the bot, never instructions."""

import json
import uuid
from typing import Any

from rest_framework.exceptions import ParseError

from sessions_api import reading
from sessions_api.functions import read_functions
from sessions_api.models import Conversation
from sessions_api.threads import in_thread
from widgets.config import aeffective_of, language_for
from widgets.effective import Effective
from widgets.languages import wanted_languages

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


async def spoken_widget(widget_id: uuid.UUID | None, conversation_id: uuid.UUID) -> Effective | None:
    """A conversation's widget with its texts in the language that the visitor wants now."""
    widget = await aeffective_of(widget_id) if widget_id else None
    if widget is None or not widget.translations:
        return widget
    language = await in_thread(_language)(conversation_id)
    return widget.localized(language_for(widget, wanted_languages(language)))


async def set_conversation(conversation_id: uuid.UUID, fields: dict[str, Any]) -> None:
    """Store what is given; the rest stays."""
    values = {COLUMNS[name]: value[: LENGTHS[name]] if name in LENGTHS else value for name, value in fields.items()}
    if values:
        await in_thread(_update)(conversation_id, values)


def _language(conversation_id: uuid.UUID) -> str:
    return Conversation.objects.filter(pk=conversation_id).values_list("language", flat=True).first() or ""


def _update(conversation_id: uuid.UUID, values: dict[str, Any]) -> None:
    Conversation.objects.filter(pk=conversation_id).update(**values)
