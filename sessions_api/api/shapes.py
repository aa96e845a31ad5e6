"""Messages and replies as the API answers them."""

from typing import Any

from sessions_api.models import Message
from sessions_api.wire import ms, row

END_REASONS = {"length": "length", Message.Status.STOPPED: "abort", Message.Status.FAILED: "error"}


def message_item(message: Message) -> dict[str, Any]:
    """A list's item: the contract's fields, and ours of the row (seq, position, status, html …)."""
    item = row(message)
    if message.deleted:
        return item
    item["updatedAt"] = ms(message.updated_at)
    if message.meta:
        item["meta"] = message.meta
    if message.hidden:
        item["hidden"] = True
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
