"""Finding the demo that the site shows; seeding.py makes it."""

from widgets.models import WidgetIntegration

USERNAME = "demo"
ALIAS = "demo"


def demo_widget() -> WidgetIntegration | None:
    """The demo's widget, or None where no demo was seeded."""
    return WidgetIntegration.objects.filter(owner__username=USERNAME, alias=ALIAS).first()
