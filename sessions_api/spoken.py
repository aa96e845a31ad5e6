"""What of a log a bot gets to read, and in which role."""

from collections.abc import Iterable
from typing import Literal

from bots.engines.base import HistoryItem
from sessions_api.entities import Entity, replaced
from sessions_api.models import Message

Role = Literal["user", "bot", "context", "instruction"]
Type = Message.Type
# Reasoning and activity belong to the making of earlier answers, not to the talk.
ROLES: dict[str, Role] = {
    Type.USER: "user", Type.BOT: "bot", Type.CONTEXT: "context", Type.INSTRUCTION: "instruction", Type.BACKSTORY: "instruction",
    Type.CHECKPOINT: "context",
}  # fmt: skip


def spoken(rows: Iterable[tuple[str, str, list[Entity]]]) -> tuple[HistoryItem, ...]:
    """The talk of (type, text, entities), in order; a checkpoint sums up what was before it, so that goes."""
    items: list[HistoryItem] = []
    for kind, text, entities in rows:
        if kind == Type.CHECKPOINT:
            items.clear()
        if kind in ROLES and text:
            items.append(HistoryItem(ROLES[kind], replaced(text, entities)))
    return tuple(items)
