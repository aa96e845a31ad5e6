"""Votes of visitors on answers: one a message, a repeat replaces."""

import uuid

from sessions_api.chat import Access
from sessions_api.keeper import keeper
from sessions_api.models import Message
from sessions_api.operations import Vote


async def rate(access: Access, message_id: uuid.UUID, value: int, reason: str = "") -> Message:
    """Store the vote and show it on every tab. Raises ``Refused`` (not_found)."""
    message: Message = await keeper.journal.run(
        Vote(access.conversation_id, message_id, value, reason, session_id=access.session_id)
    )
    return message
