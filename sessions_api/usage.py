"""What replies cost: a row for each that ended, and the sums of the day that budgets are measured by."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.ids import new_id
from sessions_api.models import Usage, UsageDay
from sessions_api.threads import in_thread
from widgetplatform import metrics

logger = logging.getLogger(__name__)
NOWHERE = uuid.UUID(int=0)  # in place of a widget, and of a conversation that is not stored
MOST = 2**31 - 1  # a provider may report whatever it likes
COLUMNS = ("id", "owner_id", "widget_key", "day", "replies", "input_tokens", "output_tokens")
ADD = """
    INSERT INTO sessions_api_usageday AS kept (id, owner_id, widget_key, day, replies, input_tokens, output_tokens) VALUES {rows}
    ON CONFLICT (owner_id, day, widget_key) DO UPDATE SET replies = kept.replies + excluded.replies,
    input_tokens = kept.input_tokens + excluded.input_tokens, output_tokens = kept.output_tokens + excluded.output_tokens
"""


@dataclass(frozen=True)
class Spent:
    """A reply that ended, or other work of a model. ``usage`` is a message's: input, output, model, firstMs, totalMs, as far as known."""

    owner_id: Any
    status: str
    code: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)
    widget_id: uuid.UUID | None = None
    bot_id: uuid.UUID | None = None
    conversation_id: uuid.UUID = NOWHERE
    reply_id: uuid.UUID = field(default_factory=new_id)
    is_reply: bool = True


def write_usage(spent: Sequence[Spent], now: datetime | None) -> None:
    """Two statements, inside the caller's transaction. Sums are added in one order, so that two writers never wait in a circle."""
    if not spent:
        return
    rows = [_row(each) for each in spent]
    Usage.objects.bulk_create(rows)
    sums = _sums(spent, rows, (now or timezone.now()).astimezone(UTC).date())
    values = [
        _stored(name, value)
        for (owner_id, widget_key, day), counts in sorted(sums.items(), key=lambda item: (str(item[0][0]), item[0][1]))
        for name, value in zip(COLUMNS, (new_id(), owner_id, widget_key, day, *counts), strict=True)
    ]
    places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(sums))
    with connection.cursor() as cursor:
        cursor.execute(ADD.format(rows=places), values)
    transaction.on_commit(lambda: _count(spent, rows))


@in_thread
def record_usage(spent: Spent) -> None:
    """The same for what no conversation closes, in a transaction of its own."""
    try:
        with transaction.atomic():
            write_usage([spent], None)
    except IntegrityError:
        logger.warning("usage: owner, widget or bot went while their model worked")


def _row(spent: Spent) -> Usage:
    usage = spent.usage
    first = usage.get("firstMs")
    return Usage(
        owner_id=spent.owner_id, widget_id=spent.widget_id, bot_id=spent.bot_id, conversation_id=spent.conversation_id,
        reply_id=spent.reply_id, model=str(usage.get("model") or "")[:400], input_tokens=_whole(usage.get("input")),
        output_tokens=_whole(usage.get("output")), first_ms=None if first is None else _whole(first),
        total_ms=_whole(usage.get("totalMs")), status=spent.status, code=spent.code[:32],
    )  # fmt: skip


def _stored(name: str, value: Any) -> Any:
    column: Any = UsageDay._meta.get_field(name)
    return column.get_db_prep_value(value, connection)


def _whole(value: Any) -> int:
    """Never below zero: nothing that a provider says makes a budget larger."""
    return min(max(value, 0), MOST) if isinstance(value, int) else 0


def _sums(spent: Sequence[Spent], rows: Sequence[Usage], day: date) -> dict[tuple[Any, uuid.UUID, date], list[int]]:
    sums: dict[tuple[Any, uuid.UUID, date], list[int]] = {}
    for each, row in zip(spent, rows, strict=True):
        counts = sums.setdefault((row.owner_id, row.widget_id or NOWHERE, day), [0, 0, 0])
        for place, amount in enumerate((int(each.is_reply), row.input_tokens, row.output_tokens)):
            counts[place] += amount
    return sums


def _count(spent: Sequence[Spent], rows: Sequence[Usage]) -> None:
    for each in spent:
        if each.is_reply:
            metrics.count("replies", status=each.status)
    for direction in ("input", "output"):
        metrics.count("tokens", sum(getattr(row, f"{direction}_tokens") for row in rows), direction=direction)
