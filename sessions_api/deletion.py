"""Deleting a conversation: its rows in one transaction; then sockets are closed, open replies end and stored bytes go."""

import uuid
from dataclasses import dataclass

from django.db import transaction

from accounts.meta import forget_meta
from sessions_api.attachments import forget_all
from sessions_api.keeper import keeper
from sessions_api.models import Conversation, Message
from sessions_api.threads import in_thread


@dataclass(frozen=True)
class Left:
    """What of a deleted conversation is still at work: sessions that may have sockets, replies that may have tasks."""

    sessions: list[uuid.UUID]
    replies: list[uuid.UUID]


async def delete_conversation(conversation_id: uuid.UUID) -> None:
    """Nothing of it is left afterwards. Other processes notice by their own polls: sockets within 2 s, replies within 5 s."""
    left = await in_thread(_delete)(conversation_id)
    for generation in (keeper.generations.get(reply) for reply in left.replies):
        if generation is not None:
            generation.lost = True
            generation.request_stop()
    for session in left.sessions:
        for socket in list(keeper.sessions.get(session, ())):
            socket.revoked()


@transaction.atomic
def _delete(conversation_id: uuid.UUID) -> Left:
    # Locked first, as the journal does it: what is under way is written before, what comes later finds nothing.
    conversation = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
    if conversation is None:
        return Left([], [])
    open_replies = conversation.messages.filter(status=Message.Status.OPEN)
    left = Left(
        list(conversation.sessions.values_list("pk", flat=True)), list(open_replies.values_list("pk", flat=True))
    )
    forget_meta(conversation)
    forget_all(conversation)
    conversation.delete()
    return left
