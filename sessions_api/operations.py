"""What can happen to a conversation's log. Each runs in the journal's transaction; races end in a conditional update and its row count."""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from sessions_api.errors import Refused
from sessions_api.limits import take_send
from sessions_api.log import Log
from sessions_api.models import Conversation, Message, Rating

Status = Message.Status


def body_digest(text: str, **rest: Any) -> str:
    """SHA-256 over everything that a client id stands for: text, files, form, hidden, respond."""
    return hashlib.sha256(json.dumps([text, rest], sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass
class Operation:
    """Base: which conversation, on whose session (None for operators), under which client id."""

    conversation_id: uuid.UUID
    session_id: uuid.UUID | None = field(default=None, kw_only=True)
    cid: uuid.UUID | None = field(default=None, kw_only=True)


@dataclass
class Accepted:
    """A stored message, its reply row if it wants one, and whether the same client id had brought it before."""

    message: Message
    reply: Message | None
    dup: bool


@dataclass
class Accept(Operation):
    """Store a visitor's message, and open or queue its reply, in one transaction."""

    message: Message
    reply: Message | None

    def apply(self, log: Log) -> Accepted:
        """Raises ``Refused`` (not_found, cid_conflict, expired, rate)."""
        log.require(self.conversation_id)
        known = log.by_cid(self.conversation_id, self.cid) if self.cid else None
        if known:  # before the rate limit: a retry is never refused
            if known.body != self.message.body:
                raise Refused("cid_conflict", "This cid was used for another message")
            return Accepted(known, getattr(known, "reply", None), True)
        log.require_session(self.session_id)
        if self.session_id:
            take_send(self.session_id)
        busy = self.conversation_id in log.busy
        log.insert(self.message)
        if self.reply:
            self.reply.status = Status.QUEUED if busy else Status.OPEN
            self.reply.lease_until = None if busy else log.lease()
            self.reply.question = self.message
            log.insert(self.reply)
        return Accepted(self.message, self.reply, False)


@dataclass
class Append(Operation):
    """Store rows that want no answer, or one reply row without a question; nothing where ``only_first`` and rows exist."""

    messages: list[Message]
    only_first: bool = False

    def apply(self, log: Log) -> list[Message]:
        """The rows that were stored."""
        log.require(self.conversation_id)
        log.require_session(self.session_id)
        if self.only_first and log.heads[self.conversation_id]:
            return []
        for message in self.messages:
            if message.status == Status.OPEN:
                message.lease_until = log.lease()
            log.insert(message)
        return self.messages


def find_reply(operation: Operation, reply_id: uuid.UUID) -> Message:
    """A bot's row of the operation's conversation; raises ``Refused`` (not_found)."""
    found = Message.objects.filter(pk=reply_id, conversation_id=operation.conversation_id, type=Message.Type.BOT).first()
    if found is None or found.deleted:
        raise Refused("not_found", "There is no such message")
    return found


@dataclass
class Vote(Operation):
    """An opinion of an answer, 1 to 100 or -1 to -100; with ``any_type`` of whatever message of the conversation."""

    message_id: uuid.UUID
    value: int
    reason: str = ""
    any_type: bool = False

    def apply(self, log: Log) -> Message:
        """The row with its vote, 1 or -1; unchanged where the same vote was there."""
        log.require(self.conversation_id)
        log.require_session(self.session_id)
        message = self._message()
        owner, bot, contact = Conversation.objects.values_list("owner_id", "bot_id", "contact_id").get(pk=self.conversation_id)
        Rating.objects.update_or_create(
            message=message,
            defaults={
                "owner_id": owner, "conversation_id": self.conversation_id, "bot_id": bot, "contact_id": contact, "value": self.value,
                "reason": self.reason,
            },
        )  # fmt: skip
        vote = 1 if self.value > 0 else -1
        if message.vote != vote:
            message.vote, message.seq = vote, log.next_seq(self.conversation_id)
            Message.objects.filter(pk=message.pk).update(vote=message.vote, seq=message.seq)
            log.changed(message)
        return message

    def _message(self) -> Message:
        rows = Message.objects.filter(pk=self.message_id, conversation_id=self.conversation_id, deleted=False)
        found = (rows if self.any_type else rows.filter(type=Message.Type.BOT, hidden=False)).first()
        if found is None:
            raise Refused("not_found", "There is no such message")
        return found
