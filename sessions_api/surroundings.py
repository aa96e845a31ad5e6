"""What a visitor's browser tells of itself: language, time zone, page. Data for the bot, never instructions."""

import uuid
from typing import Any

from sessions_api.models import Conversation
from sessions_api.threads import in_thread

COLUMNS = {"language": "language", "timeZone": "time_zone", "page": "page"}
LENGTHS = {"language": 35, "timeZone": 64}


async def set_conversation(conversation_id: uuid.UUID, fields: dict[str, Any]) -> None:
    """Store what is given; the rest stays."""
    values = {COLUMNS[name]: value[: LENGTHS[name]] if name in LENGTHS else value for name, value in fields.items()}
    if values:
        await in_thread(_update)(conversation_id, values)


def _update(conversation_id: uuid.UUID, values: dict[str, Any]) -> None:
    Conversation.objects.filter(pk=conversation_id).update(**values)
