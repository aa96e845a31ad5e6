"""A conversation's log inside one transaction: locked numbers, bulk inserts, and the list of what changed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from sessions_api.errors import Refused
from sessions_api.models import Conversation, Message, Session
from sessions_api.usage import Spent, write_usage


@dataclass(frozen=True)
class Scene:
    """Whose conversation it is: what a reply must know of it, read with the lock and so for free."""

    widget_id: uuid.UUID | None
    bot_id: uuid.UUID | None
    language: str
    owner_id: Any = None
    contact_id: uuid.UUID | None = None
    time_zone: str = ""


@dataclass(frozen=True)
class Change:
    """A row that clients must see; ``message`` holds its committed state."""

    conversation_id: uuid.UUID
    message: Message
    scene: Scene


class Log:
    """The conversations of some operations, locked in the order of their ids so that two batches never wait in a circle."""

    def __init__(self, operations: Sequence[Any]) -> None:
        ids = {operation.conversation_id for operation in operations}
        rows = Conversation.objects.select_for_update().filter(pk__in=ids).order_by("pk").annotate(now=Now())
        self.now: datetime | None = None
        self.heads: dict[uuid.UUID, int] = {}
        self._scenes: dict[uuid.UUID, Scene] = {}
        scene: list[Any]
        for pk, last_seq, now, *scene in rows.values_list(
            "pk", "last_seq", "now", "widget_id", "bot_id", "language", "owner_id", "contact_id", "time_zone"
        ):
            self.heads[pk] = last_seq
            self.now = now
            self._scenes[pk] = Scene(*scene)
        self.changes: list[Change] = []
        self._moved: set[uuid.UUID] = set()
        self._inserts: list[Message] = []
        self._spent: list[Spent] = []
        self.busy: set[uuid.UUID] = set()  # conversations with an open reply
        self.waiting: set[uuid.UUID] = set()  # and with queued ones
        unfinished = Message.objects.filter(conversation_id__in=ids, status__in=(Message.Status.OPEN, Message.Status.QUEUED))
        for conversation_id, status in unfinished.values_list("conversation_id", "status"):
            (self.busy if status == Message.Status.OPEN else self.waiting).add(conversation_id)
        self._known = self._messages_by_cid([operation for operation in operations if operation.cid])
        self._sessions = self._load_sessions([operation.session_id for operation in operations if operation.session_id])

    def next_seq(self, conversation_id: uuid.UUID) -> int:
        """The next number of the conversation; raises ``Refused`` where it is gone."""
        self.require(conversation_id)
        self._moved.add(conversation_id)
        self.heads[conversation_id] += 1
        return self.heads[conversation_id]

    def require(self, conversation_id: uuid.UUID) -> None:
        """Refuse what concerns a conversation that was deleted."""
        if conversation_id not in self.heads:
            raise Refused("not_found", "This conversation does not exist")

    def require_session(self, session_id: uuid.UUID | None) -> None:
        """Refuse what an ended or revoked session asks for; operators have none."""
        if session_id is not None and not self._sessions.get(session_id):
            raise Refused("expired", "This session has ended")

    def lease(self) -> datetime | None:
        """Until when a reply that is taken now belongs to its task, by the database's clock."""
        return self.now + timedelta(seconds=settings.LEASE_SECONDS) if self.now else None

    def by_cid(self, conversation_id: uuid.UUID, cid: uuid.UUID) -> Message | None:
        """The message that this client id already made, committed or in this batch."""
        return self._known.get((conversation_id, cid))

    def insert(self, message: Message) -> None:
        """Number the row and write it with the others of the batch."""
        message.seq = message.position = self.next_seq(message.conversation_id)
        self._inserts.append(message)
        if message.cid:
            self._known[(message.conversation_id, message.cid)] = message
        if message.status == Message.Status.OPEN:
            self.busy.add(message.conversation_id)
        elif message.status == Message.Status.QUEUED:
            self.waiting.add(message.conversation_id)
        self.changed(message)

    def changed(self, message: Message) -> None:
        """Tell clients of this row after the commit."""
        self.changes.append(Change(message.conversation_id, message, self._scenes[message.conversation_id]))

    def spent(self, reply: Message, usage: Mapping[str, Any]) -> None:
        """Keep what the attempt cost that is closed now."""
        scene = self._scenes[reply.conversation_id]
        self._spent.append(Spent(
            owner_id=scene.owner_id, widget_id=scene.widget_id, bot_id=scene.bot_id, conversation_id=reply.conversation_id,
            reply_id=reply.pk, usage=usage, status=reply.status, code=reply.code,
        ))  # fmt: skip

    def write_inserts(self) -> None:
        """Write the collected rows now, for an operation that must find them."""
        if self._inserts:
            Message.objects.bulk_create(self._inserts)
            self._inserts = []

    def save(self) -> None:
        """Write the inserts, what replies cost, and the new numbers."""
        self.write_inserts()
        write_usage(self._spent, self.now)
        if self._moved:
            field = Conversation._meta.pk
            rows = [(self.heads[pk], field.get_db_prep_value(pk, connection)) for pk in sorted(self._moved)]
            with connection.cursor() as cursor:
                cursor.executemany("UPDATE sessions_api_conversation SET last_seq = %s WHERE id = %s", rows)

    def _messages_by_cid(self, operations: list[Any]) -> dict[tuple[uuid.UUID, uuid.UUID], Message]:
        if not operations:
            return {}
        wanted = {(operation.conversation_id, operation.cid) for operation in operations}
        rows = Message.objects.filter(conversation_id__in={pair[0] for pair in wanted}, cid__in={pair[1] for pair in wanted})
        return {(row.conversation_id, row.cid): row for row in rows.select_related("reply") if row.cid}

    def _load_sessions(self, ids: list[uuid.UUID]) -> dict[uuid.UUID, bool]:
        if not ids:
            return {}
        rows = Session.objects.filter(pk__in=ids).values_list("pk", "expires_at", "revoked_at")
        return {pk: revoked is None and (self.now is None or expires > self.now) for pk, expires, revoked in rows}
