"""What happens to widgets. The API, the admin and commands call these."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.meta import forget_meta, index_meta
from bots.models import Blueprint
from widgets.fields import given_by
from widgets.models import WidgetIntegration

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
    """A copy of everything but the id and the alias."""
    copied = (field for field in WidgetIntegration._meta.concrete_fields if field.name not in NOT_CLONED)
    return _store(WidgetIntegration(**{field.attname: getattr(widget, field.attname) for field in copied}))


def delete_widget(widget: WidgetIntegration) -> None:
    """Remove the widget; bot, blueprint, contacts and conversations stay."""
    with transaction.atomic():
        forget_meta(widget)
        widget.delete()


def _keep(widget: WidgetIntegration, blueprint: Blueprint, told: dict[str, Any]) -> None:
    for name, value in given_by(blueprint.widget_defaults).items():
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
