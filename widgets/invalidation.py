"""Forgetting what a commit has changed. Connected to the models' signals, so that the admin and a shell count as well.

The receivers only forget; what a change means is decided in the services.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save, pre_delete

from bots.models import Blueprint, Bot
from files.models import File, StoredContent
from files.services import CONTENT_HOOKS
from widgets.config import CACHE
from widgets.models import LanguageMap, WidgetFile, WidgetIntegration


def forget(widget_ids: Iterable[UUID]) -> None:
    """Drop these widgets from every process's memory once the current transaction is committed."""
    ids = list(widget_ids)
    if ids:
        transaction.on_commit(partial(CACHE.drop, ids), robust=True)


def widgets_of(item: Blueprint | Bot) -> list[UUID]:
    """Ids of the widgets that show something of a blueprint or a bot."""
    if isinstance(item, Blueprint):
        concerned = Q(blueprint=item)
    else:
        concerned = Q(bot=item) | Q(blueprint__widget_defaults__botId=str(item.pk))
    return list(WidgetIntegration.objects.filter(concerned).values_list("pk", flat=True))


def _widget_changed(instance: WidgetIntegration, **_: Any) -> None:
    forget([instance.pk])


def _source_changed(instance: Blueprint | Bot, **_: Any) -> None:
    forget(widgets_of(instance))


def _part_changed(instance: WidgetFile | LanguageMap, **_: Any) -> None:
    forget([instance.widget_id])


def content_changed(row: StoredContent) -> None:
    """Forget the widgets whose picture has other content now."""
    if isinstance(row, File):
        forget(WidgetFile.objects.filter(file=row).values_list("widget_id", flat=True))


def connect() -> None:
    """Listen; called once when the app is ready."""
    CONTENT_HOOKS.append(content_changed)
    for signal in (post_save, post_delete):
        signal.connect(_widget_changed, WidgetIntegration, dispatch_uid="widgets.forget")
        for part in (WidgetFile, LanguageMap):
            signal.connect(_part_changed, part, dispatch_uid="widgets.forget")
    for sender in (Blueprint, Bot):
        # Before the deletion, because after it no widget points there any more.
        for signal in (post_save, pre_delete):
            signal.connect(_source_changed, sender, dispatch_uid="widgets.forget")
