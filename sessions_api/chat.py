"""What people do in a conversation. Socket, HTTP and admin call these; each is one operation of the journal."""

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from rendering import Features
from sessions_api.entities import Entity, merged
from sessions_api.errors import Refused
from sessions_api.hub import hub
from sessions_api.keeper import keeper
from sessions_api.message_operations import Answer, Change, Delete, Edit, Regenerate
from sessions_api.minds import keeps_privacy
from sessions_api.models import Message
from sessions_api.operations import Accept, Accepted, Append, body_digest
from sessions_api.options import Options
from sessions_api.replies import Tap, rendered_blocks
from sessions_api.reply_operations import Retry, Stop
from sessions_api.surroundings import spoken_widget
from widgets.config import aeffective_of, rendering_features

BEHIND_RETRY_MS = 2000
AT_ONCE_CHARACTERS = 2000  # a longer text is searched for personal data in a thread
Type = Message.Type


@dataclass(frozen=True)
class Access:
    """Who speaks: the conversation that a credential opens, on which session (None for its operator)."""

    conversation_id: uuid.UUID
    session_id: uuid.UUID | None = None
    widget_id: uuid.UUID | None = None
    features: frozenset[str] = field(default_factory=frozenset)


def clean_text(text: str) -> str:
    """What a database can keep: NUL dropped, surrogate pairs joined, half ones replaced. Nothing else is touched."""
    if text.isascii():
        return text.replace("\x00", "")
    return text.replace("\x00", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


async def send(
    access: Access, cid: uuid.UUID, text: str, *, kind: str = Type.USER, hidden: bool = False, respond: bool = True,
    files: list[Any] | None = None, form: dict[str, Any] | None = None, meta: dict[str, Any] | None = None,
    entities: list[Entity] | None = None, options: Options | None = None, said: dict[str, str] | None = None,
    tap: Tap | None = None,
) -> Accepted:
    """Store a message once, whatever is retried, and open its reply. Raises ``Refused``.

    ``said`` is its name and description. ``entities`` are what a caller marked in the clean text. ``options``
    are those of the reply, of a later one where none is wanted now. ``tap`` takes the engine's events of a new reply.
    """
    if files:
        raise Refused("bad_file", "This widget takes no files")
    if form is not None:
        raise Refused("bad_form", "There is no form to answer")
    text = checked_text(text)
    if not text.strip() and kind == Type.USER:
        raise Refused("empty", "The message is empty")
    if keeper.journal.behind():
        raise Refused("unavailable", "Too much to do at the moment", retry_ms=BEHIND_RETRY_MS)
    other = {} if kind == Type.USER else {"type": kind}
    message = Message(
        conversation_id=access.conversation_id, type=kind, text=text, cid=cid, hidden=hidden, meta=meta or {},
        **(said or {}), body=body_digest(text, files=files or [], form=form, hidden=hidden, respond=respond, **other),
        entities=await entities_of(access, kind, text, entities), options=None if respond else options,
        blocks=rendered_blocks(text, await features_of(access)) if kind == Type.BOT else [],
    )
    reply = Message(conversation_id=access.conversation_id, type=Type.BOT, options=options) if respond else None
    if reply is not None and tap is not None:
        reply.taps = [tap]  # type: ignore[attr-defined]
    accepted: Accepted = await keeper.journal.run(
        Accept(access.conversation_id, message, reply, session_id=access.session_id, cid=cid)
    )
    return accepted


def checked_text(text: str) -> str:
    """The text as it is stored. Raises ``Refused`` (too_long)."""
    text = clean_text(text)
    if len(text.encode()) > settings.MESSAGE_BYTES:
        raise Refused("too_long", f"A message has at most {settings.MESSAGE_BYTES} bytes")
    return text


async def entities_of(access: Access, kind: str, text: str, given: list[Entity] | None) -> list[Entity]:
    """What the bot does not get to read of a text: what was marked, and where the bot keeps privacy what is found."""
    if kind != Type.USER or not await keeps_privacy(access.conversation_id, access.widget_id):
        return given or []
    if len(text) < AT_ONCE_CHARACTERS:
        return merged(text, given or [])
    return await asyncio.to_thread(merged, text, given or [])


async def features_of(access: Access) -> Features:
    """What the conversation's widget shows."""
    widget = await aeffective_of(access.widget_id) if access.widget_id else None
    return rendering_features(widget) if widget else Features()


async def answer(access: Access, options: Options | None = None, tap: Tap | None = None) -> Message:
    """The reply to the last question, opened now where there is none; ``tap`` as in ``send``. Raises ``Refused`` (closed where nothing was
    asked)."""
    if keeper.journal.behind():
        raise Refused("unavailable", "Too much to do at the moment", retry_ms=BEHIND_RETRY_MS)
    reply: Message = await keeper.journal.run(Answer(access.conversation_id, options or {}, tap, session_id=access.session_id))
    return reply


async def change(access: Access, message_id: uuid.UUID, values: dict[str, Any]) -> Message:
    """Give a message new values; every tab sees them. Raises ``Refused`` (not_found, closed)."""
    message: Message = await keeper.journal.run(Change(access.conversation_id, message_id, values))
    return message


async def delete(access: Access, message_id: uuid.UUID) -> Message:
    """Leave a tombstone of a message; a reply that is being written ends. Raises ``Refused`` (not_found)."""
    message: Message = await keeper.journal.run(Delete(access.conversation_id, message_id))
    generation = keeper.generations.get(message_id)
    if generation is not None:
        generation.lost = True
        generation.request_stop()
    elif message.type == Type.BOT:
        hub.stop_reply(access.conversation_id, message_id)
    return message


async def start(access: Access, options: Options | None = None, tap: Tap | None = None) -> list[Message]:
    """The bot speaks first: the widget's ``initial`` in the visitor's language, or a generated reply where there is none. Nothing where
    any row exists."""
    widget = await spoken_widget(access.widget_id, access.conversation_id)
    if widget is not None and widget.initial:
        blocks = rendered_blocks(widget.initial, rendering_features(widget))
        first = Message(conversation_id=access.conversation_id, type=Type.BOT, text=widget.initial, blocks=blocks)
    else:
        first = Message(conversation_id=access.conversation_id, type=Type.BOT, status=Message.Status.OPEN, options=options)
        first.taps = [tap] if tap is not None else []  # type: ignore[attr-defined]
    rows: list[Message] = await keeper.journal.run(
        Append(access.conversation_id, [first], only_first=True, session_id=access.session_id)
    )
    return rows


async def stop(access: Access, reply_id: uuid.UUID) -> Message:
    """End a reply; what was written stays. Raises ``Refused`` (not_found)."""
    reply: Message = await keeper.journal.run(Stop(access.conversation_id, reply_id, session_id=access.session_id))
    if reply.status == Message.Status.OPEN:
        hub.stop_reply(access.conversation_id, reply_id)
    return reply


async def retry(access: Access, reply_id: uuid.UUID) -> Message:
    """Ask again for a failed or stopped reply. Raises ``Refused`` (not_found, rate)."""
    reply: Message = await keeper.journal.run(Retry(access.conversation_id, reply_id, session_id=access.session_id))
    return reply


async def regenerate(access: Access, reply_id: uuid.UUID) -> Message:
    """Ask once more for the last reply. Raises ``Refused`` (not_found, rate, closed)."""
    reply: Message = await keeper.journal.run(Regenerate(access.conversation_id, reply_id, session_id=access.session_id))
    return reply


async def edit(access: Access, message_id: uuid.UUID, cid: uuid.UUID, text: str) -> Message:
    """Give the last message of the visitor other words and answer those. Raises ``Refused`` (not_found, empty, too_long, rate, closed)."""
    text = checked_text(text)
    if not text.strip():
        raise Refused("empty", "The message is empty")
    values = {
        "text": text,
        "body": body_digest(text, edit=str(cid)),
        "entities": await entities_of(access, Type.USER, text, None),
    }
    message: Message = await keeper.journal.run(
        Edit(access.conversation_id, message_id, values, session_id=access.session_id, cid=cid)
    )
    return message
