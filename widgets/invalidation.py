"""Forgetting what a commit has changed. Connected to the models' signals, so that the admin and a shell count as well.

The receivers only forget; what a change means is decided in the services. Where something goes that counted in a widget's version,
the widget counts as changed itself: versions only grow. ``QuerySet.update`` sends no signal, so whoever uses it on what visitors see
calls ``forget``.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils import timezone

from accounts.commits import after_commit
from bots.models import Blueprint, Bot
from files.models import File, StoredContent
from files.services import CONTENT_HOOKS
from widgets.config import CACHE
from widgets.models import LanguageMap, WidgetFile, WidgetIntegration


def forget(widget_ids: Iterable[UUID]) -> None:
    """Drop these widgets from every process's memory once the current transaction is committed."""
    ids = list(widget_ids)
    if ids:
        after_commit(CACHE.drop, ids)


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


def _source_goes(instance: Blueprint | Bot, **_: Any) -> None:
    _touch(widgets_of(instance))


def _part_changed(instance: WidgetFile | LanguageMap, **_: Any) -> None:
    forget([instance.widget_id])


def _part_gone(instance: WidgetFile | LanguageMap, **_: Any) -> None:
    _touch([instance.widget_id])


def _owner_changed(instance: Any, update_fields: Iterable[str] | None, **_: Any) -> None:
    if update_fields is None or "is_active" in update_fields:  # logging in saves only when that was
        forget(WidgetIntegration.objects.filter(owner=instance).values_list("pk", flat=True))


def _touch(widget_ids: list[UUID]) -> None:
    WidgetIntegration.objects.filter(pk__in=widget_ids).update(updated_at=timezone.now())
    forget(widget_ids)


def content_changed(row: StoredContent) -> None:
    """Forget the widgets whose picture has other content now."""
    if isinstance(row, File):
        _touch(list(WidgetFile.objects.filter(file=row).values_list("widget_id", flat=True)))


def connect() -> None:
    """Listen; called once when the app is ready."""
    CONTENT_HOOKS.append(content_changed)
    for signal in (post_save, post_delete):
        signal.connect(_widget_changed, WidgetIntegration, dispatch_uid="widgets.forget")
    for part in (WidgetFile, LanguageMap):
        post_save.connect(_part_changed, part, dispatch_uid="widgets.forget")
        post_delete.connect(_part_gone, part, dispatch_uid="widgets.forget")
    for source in (Blueprint, Bot):
        post_save.connect(_source_changed, source, dispatch_uid="widgets.forget")
        # Before the deletion, because after it no widget points there any more.
        pre_delete.connect(_source_goes, source, dispatch_uid="widgets.forget")
    post_save.connect(_owner_changed, get_user_model(), dispatch_uid="widgets.forget")
