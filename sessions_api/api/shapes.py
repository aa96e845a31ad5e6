"""Messages and replies as the API answers them."""

from typing import Any

from sessions_api.models import Message
from sessions_api.wire import ms, row, tombstone, visible

END_REASONS = {"length": "length", "iteration": "iteration", Message.Status.STOPPED: "abort", Message.Status.FAILED: "error"}


def message_item(message: Message, inside: bool = False) -> dict[str, Any]:
    """A list's item: the contract's fields, and ours of the row (seq, position, status, html …); ``inside`` adds what only operators see."""
    if not inside and not visible(message) and message.seq != message.position:
        return tombstone(message)
    item = row(message)
    if message.deleted:
        return item
    item["updatedAt"] = ms(message.updated_at)
    if message.meta:
        item["meta"] = message.meta
    if message.hidden:
        item["hidden"] = True
    if inside:
        of_operators = {"name": message.name, "description": message.description, "entities": message.entities}
        item |= {name: value for name, value in of_operators.items() if value}
    return item


def reply_result(reply: Message) -> dict[str, Any]:
    """What ``complete`` answers: id, text, usage and why it ended."""
    usage = reply.usage or {}
    reason = END_REASONS.get(reply.code) or END_REASONS.get(reply.status) or "stop"
    return {
        "id": str(reply.pk),
        "text": reply.text,
        "usage": {"token": usage.get("input", 0) + usage.get("output", 0)},
        "end": {"reason": reason},
        "status": reply.status,
        "html": "".join(reply.blocks),
        "sources": reply.sources,
        **({"code": reply.code} if reply.code else {}),
    }
