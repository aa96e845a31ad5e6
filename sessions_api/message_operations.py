"""What can happen to a stored message: its last question answered, changed, deleted."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from sessions_api.errors import Refused
from sessions_api.limits import take_send
from sessions_api.log import Log
from sessions_api.making import NOTED
from sessions_api.models import Call, Message
from sessions_api.operations import Operation, find_reply
from sessions_api.options import Options
from sessions_api.reply_operations import ask_again, open_next
from sessions_api.talk import forget_sums

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
class Regenerate(Operation):
    """Ask once more for the last reply, whatever became of it."""

    reply_id: uuid.UUID

    def apply(self, log: Log) -> Message:
        """The row, open or queued again. Raises ``Refused`` (not_found, rate; closed while it is being written or where more was said)."""
        log.require(self.conversation_id)
        log.require_session(self.session_id)
        log.write_inserts()  # what was said after it may be of this batch
        reply = find_reply(self, self.reply_id)
        _require_last(reply, "Only the last reply can be made anew")
        if self.session_id:
            take_send(self.session_id)
        ask_again(log, reply)
        return reply


@dataclass
class Edit(Operation):
    """Other words for the last message of the visitor, and a reply to them in the place of its reply.

    ``cid`` is the edit's own and goes into ``body``; the message keeps its, so that a late copy of it is not stored again.
    """

    message_id: uuid.UUID
    values: dict[str, Any]  # text, body (the digest of text and cid) and entities

    def apply(self, log: Log) -> Message:
        """The message. Raises ``Refused`` (not_found, expired, rate, cid_conflict; closed while its reply is being written or where more
        was said)."""
        message = find_message(self, log)
        if message.body == self.values["body"]:  # a retry is never refused
            return message
        if self.cid and log.by_cid(self.conversation_id, self.cid):
            raise Refused("cid_conflict", "This cid was used for another message")
        log.require_session(self.session_id)
        if message.type != Message.Type.USER or message.hidden:
            raise Refused("not_found", "There is no such message")
        reply = Message.objects.filter(question=message, deleted=False).first()
        _require_last(reply or message, "Only the last message can be edited")
        if self.session_id:
            take_send(self.session_id)
        for name, value in self.values.items():
            setattr(message, name, value)
        message.seq, message.updated_at = log.next_seq(self.conversation_id), log.now or timezone.now()
        message.save(update_fields=[*self.values, "seq", "updated_at"])
        log.changed(message)
        if reply is not None:
            ask_again(log, reply)
        return message


def _require_last(message: Message, refusal: str) -> None:
    """Nothing was said after it, and it is not being written."""
    if message.status in UNFINISHED:
        raise Refused("closed", "This reply is being written; stop it first")
    later = Message.objects.filter(conversation_id=message.conversation_id, position__gt=message.position, deleted=False)
    if later.filter(type__in=Message.VISIBLE_TYPES).exists():
        raise Refused("closed", refusal)


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
        forget_sums(self.conversation_id, message.position)
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
        forget_sums(self.conversation_id, message.position)
        if message.type == Message.Type.BOT:
            _forget_making(message)
        log.changed(message)
        if was_open:
            open_next(log, self.conversation_id)
        return message


def _forget_making(reply: Message) -> None:
    """What a reply called and thought goes with it: arguments and results say what it said."""
    Call.objects.filter(reply=reply).delete()
    notes = Message.objects.filter(conversation_id=reply.conversation_id, type__in=NOTED, deleted=False, meta__reply=str(reply.pk))
    notes.update(deleted=True, text="", meta={})


def find_message(operation: Any, log: Log) -> Message:
    """The message of an operation; raises ``Refused`` (not_found)."""
    log.require(operation.conversation_id)
    log.write_inserts()  # it may be of this batch
    found = Message.objects.filter(pk=operation.message_id, conversation_id=operation.conversation_id, deleted=False).first()
    if found is None:
        raise Refused("not_found", "There is no such message")
    return found
