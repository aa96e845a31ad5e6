"""What people do in a conversation. Socket, HTTP and admin call these; each is one operation of the journal."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from rendering import Features
from sessions_api.errors import Refused
from sessions_api.hub import hub
from sessions_api.keeper import keeper
from sessions_api.models import Message
from sessions_api.operations import Accept, Accepted, Append, body_digest
from sessions_api.replies import rendered_blocks
from sessions_api.reply_operations import Retry, Stop

BEHIND_RETRY_MS = 2000
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
    access: Access, cid: uuid.UUID, text: str, *, hidden: bool = False, respond: bool = True,
    files: list[Any] | None = None, form: dict[str, Any] | None = None, meta: dict[str, Any] | None = None,
) -> Accepted:
    """Store a visitor's message once, whatever is retried, and open its reply. Raises ``Refused``."""
    if files:
        raise Refused("bad_file", "This widget takes no files")
    if form is not None:
        raise Refused("bad_form", "There is no form to answer")
    text = clean_text(text)
    if not text.strip():
        raise Refused("empty", "The message is empty")
    if len(text.encode()) > settings.MESSAGE_BYTES:
        raise Refused("too_long", f"A message has at most {settings.MESSAGE_BYTES} bytes")
    if keeper.journal.behind():
        raise Refused("unavailable", "Too much to do at the moment", retry_ms=BEHIND_RETRY_MS)
    digest = body_digest(text, files=files or [], form=form, hidden=hidden, respond=respond)
    message = Message(
        conversation_id=access.conversation_id, type=Type.USER, text=text, cid=cid, body=digest, hidden=hidden, meta=meta or {}
    )
    reply = Message(conversation_id=access.conversation_id, type=Type.BOT) if respond else None
    accepted: Accepted = await keeper.journal.run(
        Accept(access.conversation_id, message, reply, session_id=access.session_id, cid=cid)
    )
    return accepted


async def start(access: Access, initial: str, features: Any) -> list[Message]:
    """The bot speaks first: its ``initial`` text, or a generated reply where there is none. Nothing where any row exists."""
    if initial:
        first = Message(conversation_id=access.conversation_id, type=Type.BOT, text=initial, blocks=rendered_blocks(initial, features))
    else:
        first = Message(conversation_id=access.conversation_id, type=Type.BOT, status=Message.Status.OPEN)
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


async def append(access: Access, kind: str, text: str, meta: dict[str, Any] | None = None) -> Message:
    """Store a row of another type than a visitor's question. Raises ``Refused`` (not_found, too_long)."""
    text = clean_text(text)
    if len(text.encode()) > settings.MESSAGE_BYTES:
        raise Refused("too_long", f"A message has at most {settings.MESSAGE_BYTES} bytes")
    blocks = rendered_blocks(text, Features()) if kind == Type.BOT else []
    message = Message(conversation_id=access.conversation_id, type=kind, text=text, blocks=blocks, meta=meta or {})
    await keeper.journal.run(Append(access.conversation_id, [message], session_id=access.session_id))
    return message
