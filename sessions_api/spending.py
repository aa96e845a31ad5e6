"""How much of its budgets an operator has used: what the admin shows."""

from dataclasses import dataclass
from typing import Any

from sessions_api.budgets import TOKENS, Bound, bounds_of, month_sums, today
from sessions_api.models import Budget, UsageDay
from widgets.models import WidgetIntegration

WIDGETS_SHOWN = 10


@dataclass(frozen=True)
class Share:
    """Tokens that were used, of so many; 0 of ``most`` is without end."""

    label: str
    used: int
    most: int

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 is reached only where nothing is left."""
        return min(100, self.used * 100 // self.most) if self.most else 0

    @property
    def is_used_up(self) -> bool:
        """Whether replies fail because of it."""
        return bool(self.most) and self.used >= self.most


@dataclass(frozen=True)
class Spending:
    """The owner's month, and the widgets with the most tokens today."""

    month: Share
    widgets: list[Share]
    bounds: dict[str, Bound]

    @property
    def used_up(self) -> list[Share]:
        """Those because of which replies fail now."""
        return [share for share in (self.month, *self.widgets) if share.is_used_up]


def spending_of(owner_id: Any) -> Spending:
    """Read now."""
    bounds = bounds_of(Budget.objects.filter(pk=owner_id).first())
    month, _ = month_sums(owner_id)
    rows = UsageDay.objects.filter(owner=owner_id, day=today()).annotate(tokens=TOKENS).filter(tokens__gt=0)
    sums = dict(rows.order_by("-tokens").values_list("widget_key", "tokens")[:WIDGETS_SHOWN])
    names = {widget.pk: str(widget) for widget in WidgetIntegration.objects.filter(pk__in=sums, owner=owner_id)}
    most = bounds["widget_day_tokens"].tokens
    widgets = [Share(names[key], tokens, most) for key, tokens in sums.items() if key in names]
    return Spending(Share("This month (UTC)", month, bounds["month_tokens"].tokens), widgets, bounds)
