"""What can happen to a stored message: its last question answered, changed, deleted."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from sessions_api.errors import Refused
from sessions_api.log import Log
from sessions_api.models import Message
from sessions_api.operations import Operation
from sessions_api.options import Options
from sessions_api.reply_operations import open_next

Status = Message.Status
UNFINISHED = (Status.OPEN, Status.QUEUED)


@dataclass
class Answer(Operation):
    """Answer the last question: the reply that it has, else a new one. ``options`` are what the caller gives for it; ``tap`` takes the
    engine's events of a new one."""

    options: Options = field(default_factory=dict)
    tap: Any = None

    def apply(self, log: Log) -> Message:
        """The reply's row. Raises ``Refused`` (not_found, closed)."""
        log.require(self.conversation_id)
        log.require_session(self.session_id)
        log.write_inserts()  # the question may be of this batch
        asked = Message.objects.filter(conversation_id=self.conversation_id, type=Message.Type.USER, deleted=False)
        question = asked.select_related("reply").order_by("-position").first()
        if question is None:
            raise Refused("closed", "There is no message to answer")
        known: Message | None = getattr(question, "reply", None)
        if known is not None:
            return known
        busy = self.conversation_id in log.busy
        reply = Message(
            conversation_id=self.conversation_id, type=Message.Type.BOT, question_id=question.pk,
            status=Status.QUEUED if busy else Status.OPEN, lease_until=None if busy else log.lease(),
            options={**(question.options or {}), **self.options} or None,
        )
        reply.taps = [self.tap] if self.tap is not None else []  # type: ignore[attr-defined]
        log.insert(reply)
        return reply


@dataclass
class Change(Operation):
    """Give a message new values; ``values`` are columns."""

    message_id: uuid.UUID
    values: dict[str, Any]

    def apply(self, log: Log) -> Message:
        """The row. Raises ``Refused`` (not_found, and closed for the text of a reply that is being written)."""
        message = find_message(self, log)
        if message.status in UNFINISHED and self.values.keys() & {"type", "text", "blocks"}:
            raise Refused("closed", "This reply is being written; stop it first")
        for name, value in self.values.items():
            setattr(message, name, value)
        message.seq, message.updated_at = log.next_seq(self.conversation_id), log.now or timezone.now()
        message.save(update_fields=[*self.values, "seq", "updated_at"])
        log.changed(message)
        return message


@dataclass
class Delete(Operation):
    """Leave nothing of a message but its tombstone; a reply that is being written ends."""

    message_id: uuid.UUID

    def apply(self, log: Log) -> Message:
        """The tombstone. Raises ``Refused`` (not_found)."""
        message = find_message(self, log)
        was_open = message.status == Status.OPEN
        if message.status in UNFINISHED:
            message.status, message.lease_until, message.attempt = Status.STOPPED, None, message.attempt + 1  # fences its task out
        message.deleted, message.question = True, None  # its question may be answered anew
        message.text = message.name = message.description = message.cause = ""
        message.blocks, message.sources, message.entities, message.meta = [], [], [], {}
        message.options = message.usage = None
        message.seq, message.updated_at = log.next_seq(self.conversation_id), log.now or timezone.now()
        message.save()
        log.changed(message)
        if was_open:
            open_next(log, self.conversation_id)
        return message


def find_message(operation: Any, log: Log) -> Message:
    """The message of an operation; raises ``Refused`` (not_found)."""
    log.require(operation.conversation_id)
    log.write_inserts()  # it may be of this batch
    found = Message.objects.filter(pk=operation.message_id, conversation_id=operation.conversation_id, deleted=False).first()
    if found is None:
        raise Refused("not_found", "There is no such message")
    return found
