"""What happens to widgets. The API, the admin and commands call these."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.meta import forget_meta, index_meta
from bots.models import Blueprint
from files.models import File
from widgets.fields import given_by_blueprint
from widgets.invalidation import forget
from widgets.models import WidgetFile, WidgetIntegration
from widgets.pictures import refusal
from widgets.setup import copy_languages, start_setup

NOT_CLONED = {"id", "alias", "created_at", "updated_at"}


def create_widget(owner: Any, **fields: Any) -> WidgetIntegration:
    """A new widget of ``owner``; here as below ValidationError by field where a value is refused, and nothing is stored."""
    return _store(WidgetIntegration(owner=owner, **fields))


def update_widget(widget: WidgetIntegration, **fields: Any) -> WidgetIntegration:
    """Set these fields. Leaving a blueprint (``blueprint=None``) keeps what it gave; moving to another keeps nothing."""
    leaves = "blueprint" in fields and fields["blueprint"] is None
    # From the database: a form has already changed the object.
    left = Blueprint.objects.filter(widgetintegrations=widget.pk).first() if leaves else None
    for name, value in fields.items():
        setattr(widget, name, value)
    if left:
        _keep(widget, left, told=fields)
    return _store(widget)


def clone_widget(widget: WidgetIntegration) -> WidgetIntegration:
    """A copy of everything but the id and the alias, with its languages and the same files as its pictures."""
    copied = (field for field in WidgetIntegration._meta.concrete_fields if field.name not in NOT_CLONED)
    with transaction.atomic():
        clone = _store(WidgetIntegration(**{field.attname: getattr(widget, field.attname) for field in copied}))
        for link in widget.attached_files.all():
            WidgetFile.objects.create(widget=clone, file_id=link.file_id, type=link.type)
        copy_languages(widget, clone)
    return clone


def delete_widget(widget: WidgetIntegration) -> None:
    """Remove the widget; bot, blueprint, contacts and conversations stay."""
    with transaction.atomic():
        forget_meta(widget)
        widget.delete()


def attach_file(widget: WidgetIntegration, file: File, kind: str) -> WidgetFile:
    """Make an image of the same owner the widget's picture of that type (bar, user, bot, button); another one gives way."""
    if kind not in WidgetFile.Type.values:
        raise ValidationError({"type": f"must be one of {', '.join(WidgetFile.Type.values)}"})
    if file.owner_id != widget.owner_id:
        raise ValidationError({"file_id": "no such file"})
    if problem := refusal(file):
        raise ValidationError({"file_id": problem})
    with transaction.atomic():
        link, _ = WidgetFile.objects.update_or_create(widget=widget, type=kind, defaults={"file": file})
        _touch(widget)
    return link


def detach_file(widget: WidgetIntegration, file: File, kind: str | None = None) -> list[str]:
    """Let the widget go without this file, as one picture or as every one that it is; the types that it was, empty where it was none."""
    links = widget.attached_files.filter(file=file)
    with transaction.atomic():
        found = list(links.filter(type=kind) if kind else links)
        for link in found:
            link.delete()
        if found:
            _touch(widget)
    return [link.type for link in found]


def setup_widget(widget: WidgetIntegration) -> None:
    """Have its texts translated into its languages, in the background, and what visitors get of it made anew."""
    start_setup(widget)
    forget([widget.pk])


def _touch(widget: WidgetIntegration) -> None:
    """Its version grows."""
    WidgetIntegration.objects.filter(pk=widget.pk).update(updated_at=timezone.now())


def _keep(widget: WidgetIntegration, blueprint: Blueprint, told: dict[str, Any]) -> None:
    for name, value in given_by_blueprint(blueprint).items():
        if getattr(widget, name) is None and name.removesuffix("_id") not in told:
            setattr(widget, name, value)


def _store(widget: WidgetIntegration) -> WidgetIntegration:
    widget.full_clean()
    for name in ("bot", "blueprint"):
        if (item := getattr(widget, name)) and item.owner_id != widget.owner_id:
            raise ValidationError({name: f"no such {name}"})
    with transaction.atomic():
        widget.save()
        index_meta(widget)
    return widget
