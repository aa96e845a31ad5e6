"""With the setting SETUP_ON_CHANGE: texts or languages that have changed, a blueprint's too, are translated without being asked."""

from typing import Any

from django.conf import settings
from django.db.models.signals import post_save

from accounts.commits import after_commit
from bots.models import Blueprint
from widgets.models import WidgetIntegration
from widgets.setup import start_setup


def _widget_saved(instance: WidgetIntegration, **_: Any) -> None:
    if settings.SETUP_ON_CHANGE:
        after_commit(_set_up, instance.pk)


def _blueprint_saved(instance: Blueprint, **_: Any) -> None:
    if settings.SETUP_ON_CHANGE:
        for pk in WidgetIntegration.objects.filter(blueprint=instance).values_list("pk", flat=True):
            after_commit(_set_up, pk)


def _set_up(pk: Any) -> None:
    widget = WidgetIntegration.objects.filter(pk=pk).first()
    if widget is not None:
        start_setup(widget, only_changed=True)


def connect() -> None:
    """Listen; called once when the app is ready."""
    post_save.connect(_widget_saved, WidgetIntegration, dispatch_uid="widgets.auto_setup")
    post_save.connect(_blueprint_saved, Blueprint, dispatch_uid="widgets.auto_setup")
