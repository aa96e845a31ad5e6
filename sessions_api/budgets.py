"""How many tokens of language models may still be used: for a reply, a conversation, a widget and day, an owner and month.

The smaller of the installation's bound and the operator's own counts; what is read and what is written count alike. Replies that
run at the same moment do not know of each other, so a bound can be passed by what these write.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Q, Sum

from bots.engines.base import EngineError
from sessions_api.models import Budget, Usage, UsageDay
from sessions_api.threads import in_thread
from sessions_api.usage import NOWHERE

SETTINGS = {
    "reply_tokens": "REPLY_TOKENS",
    "session_tokens": "SESSION_TOKENS",
    "widget_day_tokens": "WIDGET_TOKENS_PER_DAY",
    "month_tokens": "OWNER_TOKENS_PER_MONTH",
}
SUBJECTS = {
    "session_tokens": "This conversation",
    "widget_day_tokens": "The widget’s day (UTC)",
    "month_tokens": "The operator’s month (UTC)",
}
TOKENS = F("input_tokens") + F("output_tokens")


@dataclass(frozen=True)
class Bound:
    """At most so many tokens, 0 without end; ``own`` where the operator has set it."""

    tokens: int
    own: bool = False


def bounds_of(budget: Budget | None) -> dict[str, Bound]:
    """What applies to an operator with this row, by the names of its fields."""
    return {name: _bound(getattr(settings, setting), getattr(budget, name, None)) for name, setting in SETTINGS.items()}


def _bound(most: int, own: int | None) -> Bound:
    return Bound(own, own=True) if own and (own < most or most <= 0) else Bound(max(most, 0))


def today() -> date:
    """The day by which usage is added up."""
    return datetime.now(UTC).date()


def month_sums(owner_id: Any, widget_id: uuid.UUID | None = None) -> tuple[int, int]:
    """Tokens of the owner in this month, and of them those of the widget today."""
    day = today()
    sums = UsageDay.objects.filter(owner=owner_id, day__gte=day.replace(day=1)).aggregate(
        month=Sum(TOKENS), day=Sum(TOKENS, filter=Q(day=day, widget_key=widget_id or NOWHERE))
    )
    return sums["month"] or 0, sums["day"] or 0


@in_thread
def check_budget(owner_id: Any, widget_id: uuid.UUID | None, conversation_id: uuid.UUID | None) -> int:
    """How many tokens a model may write for this reply, 0 for as many as it likes.

    Raises ``EngineError("budget")`` where one is used up; its cause says which, and where it is set.
    """
    bounds = bounds_of(Budget.objects.filter(pk=owner_id).first())
    used = {}
    if bounds["month_tokens"].tokens or bounds["widget_day_tokens"].tokens:
        used["month_tokens"], day = month_sums(owner_id, widget_id)
        if widget_id is not None:
            used["widget_day_tokens"] = day
    if bounds["session_tokens"].tokens and conversation_id is not None:
        rows = Usage.objects.filter(conversation_id=conversation_id)
        used["session_tokens"] = rows.aggregate(all=Sum(TOKENS))["all"] or 0
    allowed = [bounds["reply_tokens"].tokens]
    for name, tokens in used.items():
        bound = bounds[name]
        if bound.tokens and tokens >= bound.tokens:
            raise EngineError("budget", retryable=False, cause=_cause(name, tokens, bound))
        allowed.append(bound.tokens and bound.tokens - tokens)
    return min(filter(None, allowed), default=0)


def _cause(name: str, used: int, bound: Bound) -> str:
    where = "the operator’s budget in the admin" if bound.own else f"the setting {SETTINGS[name]} of this installation"
    return f"{SUBJECTS[name]} has used {used:,} of {bound.tokens:,} tokens; the bound is {where}"
