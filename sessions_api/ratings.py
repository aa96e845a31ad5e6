"""Opinions: of a message and of a conversation one each, a repeat replaces; of a bot as many as there are."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from bots.models import Bot
from sessions_api.chat import Access, clean_text
from sessions_api.keeper import keeper
from sessions_api.models import Conversation, Message, Rating
from sessions_api.operations import Vote

REASON_CHARACTERS = 2000
MOST = 100


@dataclass(frozen=True)
class Opinion:
    """``value`` is 1 to 100, or -1 to -100 for a bad one."""

    value: int
    reason: str = ""


def read_opinion(body: dict[str, Any], sign: int) -> Opinion:
    """``value`` and ``reason`` of a vote's body, up (1) or down (-1); raises ``ValidationError`` by field."""
    value, reason = body.get("value"), body.get("reason")
    if value is None:
        value = MOST * sign
    whole = not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))
    if not whole or not 1 <= value * sign <= MOST:
        low, high = sorted((sign, MOST * sign))
        raise ValidationError({"value": f"must be a whole number from {low} to {high}"})
    if reason is not None and (not isinstance(reason, str) or len(reason) > REASON_CHARACTERS):
        raise ValidationError({"reason": f"must be a text of at most {REASON_CHARACTERS} characters"})
    return Opinion(int(value), clean_text(reason or ""))


async def rate_message(access: Access, message_id: uuid.UUID, opinion: Opinion) -> Message:
    """Store the vote and show it on every tab. Raises ``Refused`` (not_found): visitors vote on replies, operators on every message."""
    message: Message = await keeper.journal.run(
        Vote(access.conversation_id, message_id, opinion.value, opinion.reason, session_id=access.session_id, any_type=access.session_id is None)
    )
    return message


def rate_conversation(conversation_id: uuid.UUID, opinion: Opinion) -> Rating:
    """The one opinion of the whole conversation. Raises ``Conversation.DoesNotExist``."""
    conversation = Conversation.objects.get(pk=conversation_id)
    given = {"owner_id": conversation.owner_id, "bot_id": conversation.bot_id, "contact_id": conversation.contact_id}
    rating, _ = Rating.objects.update_or_create(
        conversation=conversation, message=None, defaults={**given, "value": opinion.value, "reason": opinion.reason}
    )
    return rating


def rate_bot(bot: Bot, opinion: Opinion) -> Rating:
    """One more opinion of a bot."""
    return Rating.objects.create(owner=bot.owner, bot=bot, value=opinion.value, reason=opinion.reason)
