"""What tests of the log do to its rows."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sessions_api.errors import Refused
from sessions_api.models import Message
from sessions_api.reply_operations import Close
from sessions_api.tests.conftest import Commit


def closing(reply: Message, status: str = "done", **fields: Any) -> Close:
    """The end of a reply by its own attempt."""
    end = Message(pk=reply.pk, conversation_id=reply.conversation_id, type="bot", status=status, position=reply.position, attempt=reply.attempt,
                  created_at=reply.created_at, **{"text": "Hello", "blocks": ["<p>Hello</p>"], **fields})  # fmt: skip
    return Close(reply.conversation_id, end, reply.attempt)


def dead(reply: Message) -> Message:
    """The reply, as if its process were gone."""
    Message.objects.filter(pk=reply.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    return fresh(reply)


def fresh(message: Message) -> Message:
    """The row as it is stored."""
    return Message.objects.get(pk=message.pk)


def refused(commit: Commit, operation: Any) -> str:
    """The code of the refusal."""
    with pytest.raises(Refused) as error:
        commit(operation)
    return error.value.code
