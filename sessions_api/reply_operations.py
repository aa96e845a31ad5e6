"""What can happen to a reply: checkpoint, end, stop, another try, a new owner. Races end in a conditional update and its row count."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from sessions_api.call_operations import end_calls
from sessions_api.limits import take_send
from sessions_api.log import Log
from sessions_api.models import Message, Rating
from sessions_api.operations import Operation, find_reply

Status = Message.Status


@dataclass
class Checkpoint(Operation):
    """Keep what an open reply has so far; renews the lease."""

    reply_id: uuid.UUID
    attempt: int
    text: str
    blocks: list[str]

    def apply(self, log: Log) -> bool | None:
        """Whether a stop is requested; None where the reply is no longer this attempt's."""
        mine = Message.objects.filter(pk=self.reply_id, attempt=self.attempt, status=Status.OPEN)
        if not mine.update(text=self.text, blocks=self.blocks, lease_until=log.lease()):
            return None
        return mine.values_list("stop_requested", flat=True).get()


@dataclass
class Closed:
    """The reply as stored, and the queued one that is open now in its place."""

    reply: Message
    opened: Message | None


@dataclass
class Close(Operation):
    """End an open reply, and open the next in the queue."""

    reply: Message  # carries the final text, blocks, sources, usage, status and code
    attempt: int
    notes: list[Message] = field(default_factory=list)  # on its making, for operators

    def apply(self, log: Log) -> Closed | None:
        """None where another attempt owns the reply now, or it is closed already."""
        log.require(self.conversation_id)
        seq = log.heads[self.conversation_id] + len(self.notes) + 1
        reply = self.reply
        won = Message.objects.filter(pk=reply.pk, attempt=self.attempt, status=Status.OPEN).update(
            status=reply.status, text=reply.text, blocks=reply.blocks, sources=reply.sources, usage=reply.usage,
            code=reply.code, cause=reply.cause, seq=seq, lease_until=None, updated_at=log.now,
        )
        if not won:
            return None
        for note in self.notes:
            log.insert(note)
        reply.seq = log.next_seq(self.conversation_id)
        log.changed(reply)
        log.spent(reply, reply.usage or {})
        return Closed(reply, open_next(log, self.conversation_id))


def open_next(log: Log, conversation_id: uuid.UUID) -> Message | None:
    """Open the oldest queued reply of a conversation that has none open."""
    log.busy.discard(conversation_id)
    if conversation_id not in log.waiting:
        return None
    log.write_inserts()  # the queued one may be of this batch
    queued = Message.objects.filter(conversation_id=conversation_id, status=Status.QUEUED).order_by("position").first()
    if queued is None:
        return None
    _open(log, queued)
    return queued


def _open(log: Log, reply: Message) -> None:
    reply.status, reply.lease_until, reply.seq = Status.OPEN, log.lease(), log.next_seq(reply.conversation_id)
    reply.stop_requested = False
    reply.save(update_fields=[
        "status", "lease_until", "seq", "stop_requested", "attempt", "tries", "text", "blocks", "sources", "code", "cause",
    ])
    log.busy.add(reply.conversation_id)
    log.changed(reply)


@dataclass
class Stop(Operation):
    """A visitor wants no more of a reply. Its task ends it; where none lives, the row is closed here."""

    reply_id: uuid.UUID

    def apply(self, log: Log) -> Message:
        """The row as it is now."""
        log.require(self.conversation_id)
        log.require_session(self.session_id)
        reply = find_reply(self, self.reply_id)
        alive = reply.lease_until and log.now and reply.lease_until > log.now
        if reply.status == Status.OPEN and alive:
            Message.objects.filter(pk=reply.pk, status=Status.OPEN).update(stop_requested=True)
        elif reply.status in (Status.OPEN, Status.QUEUED):
            was_open = reply.status == Status.OPEN
            reply.status, reply.lease_until, reply.seq = Status.STOPPED, None, log.next_seq(self.conversation_id)
            reply.attempt += 1  # a task that still writes is fenced out
            reply.save(update_fields=["status", "lease_until", "seq", "attempt"])
            log.changed(reply)
            if was_open:
                end_calls(log, reply.pk, reply.attempt)
                log.spent(reply, {})
                open_next(log, self.conversation_id)
        return reply


@dataclass
class Retry(Operation):
    """Ask again for a reply that failed or was stopped; the row stays, its attempt grows."""

    reply_id: uuid.UUID

    def apply(self, log: Log) -> Message:
        """The row, open or queued again; unchanged where it is neither failed nor stopped."""
        log.require(self.conversation_id)
        log.require_session(self.session_id)
        reply = find_reply(self, self.reply_id)
        if reply.status not in (Status.FAILED, Status.STOPPED):
            return reply
        if self.session_id:
            take_send(self.session_id)
        ask_again(log, reply)
        return reply


def ask_again(log: Log, reply: Message) -> None:
    """Open or queue a reply that had ended; nothing of what it said stays, an opinion of that neither."""
    if reply.vote is not None:
        Rating.objects.filter(message=reply).delete()
        reply.vote = None
        Message.objects.filter(pk=reply.pk).update(vote=None)
    reply.attempt, reply.tries = reply.attempt + 1, 1
    reply.text, reply.blocks, reply.sources, reply.code, reply.cause = "", [], [], "", ""
    if reply.conversation_id in log.busy:
        reply.status, reply.seq = Status.QUEUED, log.next_seq(reply.conversation_id)
        log.waiting.add(reply.conversation_id)
        reply.save(update_fields=["status", "seq", "attempt", "tries", "text", "blocks", "sources", "code", "cause"])
        log.changed(reply)
    else:
        _open(log, reply)


@dataclass
class TakeOver(Operation):
    """Own a reply whose task died (attempt grows), or open a queued one that nobody opened."""

    reply_id: uuid.UUID
    attempt: int
    dead: bool = False  # known dead without looking at the lease: the process that held it is gone

    def apply(self, log: Log) -> Message | None:
        """The open row, to be generated anew; None where somebody else was faster or the tries are used up."""
        log.require(self.conversation_id)
        rows = Message.objects.filter(pk=self.reply_id, attempt=self.attempt)
        reply = rows.first()
        if reply is None:
            return None
        if reply.status == Status.QUEUED and self.conversation_id not in log.busy:
            _open(log, reply)
            return reply
        expired = self.dead or (reply.lease_until is not None and log.now is not None and reply.lease_until < log.now)
        if reply.status != Status.OPEN or not expired:
            return None
        if reply.tries >= settings.REPLY_ATTEMPTS:
            reply.status, reply.code, reply.seq = Status.FAILED, "interrupted", log.next_seq(self.conversation_id)
            reply.attempt, reply.lease_until = reply.attempt + 1, None
            reply.save(update_fields=["status", "code", "seq", "attempt", "lease_until"])
            log.changed(reply)
            end_calls(log, reply.pk, reply.attempt)
            log.spent(reply, {})
            open_next(log, self.conversation_id)
            return None
        reply.attempt, reply.tries = reply.attempt + 1, reply.tries + 1
        reply.text, reply.blocks = "", []
        _open(log, reply)
        return reply


def renew_leases(owned: dict[uuid.UUID, int], until: Any) -> dict[uuid.UUID, bool]:
    """Renew the leases of these replies (id → attempt). Answers what is still owned, and whether a stop is requested."""
    Message.objects.filter(pk__in=owned, status=Status.OPEN).update(lease_until=until)
    rows = Message.objects.filter(pk__in=owned, status=Status.OPEN).values_list("pk", "attempt", "stop_requested")
    return {pk: stop for pk, attempt, stop in rows if owned[pk] == attempt}
