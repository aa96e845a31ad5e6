"""Reading a conversation's log: "what changed since n", and one page for people."""

import uuid
from dataclasses import dataclass
from typing import Any

from sessions_api.models import Conversation, Message
from sessions_api.wire import shown

ROWS = 500  # further behind than this, a client reloads over HTTP


@dataclass(frozen=True)
class Since:
    """State of a log after a number. ``rows`` are visible ones; ``more`` says that there were too many to list."""

    epoch: str
    head: int
    rows: list[dict[str, Any]]
    more: bool
    open: Message | None


def has_open_reply(conversation_id: uuid.UUID) -> bool:
    """Whether somebody is writing in it."""
    return Message.objects.filter(conversation_id=conversation_id, status=Message.Status.OPEN).exists()


def changed_since(conversation_id: uuid.UUID, after: int) -> Since | None:
    """Everything with ``seq`` beyond ``after``, at most ``ROWS``; None where the conversation is gone."""
    found = Conversation.objects.filter(pk=conversation_id).values_list("epoch", "last_seq").first()
    if found is None:
        return None
    epoch, head = found
    messages = list(Message.objects.filter(conversation_id=conversation_id, seq__gt=after).order_by("seq")[: ROWS + 1])
    more = len(messages) > ROWS
    if messages and not more:
        head = max(head, messages[-1].seq)
    opened = next((message for message in messages if message.status == Message.Status.OPEN), None)
    if opened is None:
        opened = Message.objects.filter(conversation_id=conversation_id, status=Message.Status.OPEN).first()
    rows = [shape for message in messages[:ROWS] if (shape := shown(message))]
    return Since(epoch, head, rows, more, opened)
