"""The shapes that travel: rows, and the frames of the socket (PROTOCOL section 4). Both transports use these."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from rendering import Change
from sessions_api.models import Message

PROTOCOL = "chat.v1"
ROWS_BYTES = 65_536


class CloseCode:
    """Why a socket is closed; the client decides by these whether it comes back."""

    BAD_FRAME = 4400
    UNAUTHENTICATED = 4401
    REFUSED = 4403
    GONE = 4404
    TIMEOUT = 4408
    TOO_BIG = 4413
    RATE = 4429
    RESTART = 1012


# Frames by direction; docs/protocol.md and the widget's own list are compared with these by a test.
CLIENT_FRAMES = ("hello", "send", "start", "stop", "retry", "regenerate", "edit", "set", "result", "resume", "hb")
SERVER_FRAMES = (
    "welcome", "rows", "sent", "nack", "ok", "delta", "activity", "reasoning", "call", "callEnd", "hb", "expiring", "bye", "resync",
)  # fmt: skip


def dumps(frame: dict[str, Any]) -> str:
    """Compact JSON; lone surrogates never reach this point, so text goes out as it is."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def row(message: Message) -> dict[str, Any]:
    """A message as visitors see it; never hidden ones, instructions or causes.

    The row that closes a reply which was just streamed carries ``rev`` and ``length`` in place of ``text`` and ``html``: a client that
    holds just that keeps it, any other asks ``resume`` and gets the whole row.
    """
    if message.deleted:
        return tombstone(message)
    shape: dict[str, Any] = {
        "id": str(message.pk),
        "seq": message.seq,
        "position": message.position,
        "type": message.type,
        "status": message.status,
        "createdAt": ms(message.created_at),
        "text": message.text,
    }
    if message.type == Message.Type.BOT:
        shape["attempt"] = message.attempt
        followed: Followed | None = getattr(message, "followed", None)
        if message.status in (Message.Status.OPEN, Message.Status.QUEUED):
            shape["text"] = ""  # what is written so far travels as delta
        elif followed is not None:
            del shape["text"]
            shape |= {"rev": followed.rev, "length": followed.length}
        else:
            shape["html"] = "".join(message.blocks)
            shape["hash"] = text_hash(message.text)
        if message.sources:
            shape["sources"] = message.sources
        if message.code:
            shape["code"] = message.code
        if message.vote:
            shape["vote"] = message.vote
    if message.cid:
        shape["cid"] = str(message.cid)
    return shape


def text_hash(text: str) -> str:
    """SHA-256 of the raw text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def ms(moment: Any) -> int:
    """A time as milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def visible(message: Message) -> bool:
    """Whether a visitor may see the row."""
    return message.deleted or (message.type in Message.VISIBLE_TYPES and not message.hidden)


def shown(message: Message) -> dict[str, Any] | None:
    """What a visitor is told of a change: the row, a tombstone for one that is no longer for them, or nothing."""
    if visible(message):
        return row(message)
    return None if message.seq == message.position else tombstone(message)  # never changed: never seen


def tombstone(message: Message) -> dict[str, Any]:
    """What is left of a message that is gone, or no longer for visitors."""
    return {"id": str(message.pk), "seq": message.seq, "position": message.position, "deleted": True}


def delta_frame(change: Change, position: int, attempt: int) -> dict[str, Any]:
    """What happened to an open reply's html; ``to`` is "position.attempt" of the reply, which every client knows from its row.

    Long: ``{type, to, rev, from, sealed, blocks}``, everything from block ``from`` is replaced. Short, while only the last block
    grows: ``{type, to, rev, at, del?, ins}``. Offsets count UTF-16 units.
    """
    frame: dict[str, Any] = {"type": "delta", "to": f"{position}.{attempt}", "rev": change.rev}
    edit = change.utf16_splice()
    if edit is None:
        return {**frame, "from": change.start, "sealed": change.sealed, "blocks": list(change.blocks)}
    short = {**frame, "at": edit.at, "ins": edit.insert}
    return {**short, "del": edit.delete} if edit.delete else short


@dataclass(frozen=True)
class Followed:
    """What a client holds that took every delta of a reply: the last ``rev``, and the length of its html in UTF-16 units."""

    rev: int
    length: int
