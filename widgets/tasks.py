"""Celery tasks of the widgets app."""

from celery import shared_task

from accounts.ids import parse_id
from widgets.config import CACHE


@shared_task
def setup_widget(widget_id: str) -> None:
    """Have every process forget the widget's configuration, and build it again here."""
    key = parse_id(widget_id)
    if key is not None:
        CACHE.drop([key])
        CACHE.get(key)
