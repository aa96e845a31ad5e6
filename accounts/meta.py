"""Keeping the meta side table in step with the objects, and filtering by it."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from accounts.models import MetaEntry
from accounts.objects import OwnedObject

VALUE_CHARACTERS = 255


def leaves(meta: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The scalar leaves as (dotted path, text); booleans are ``true`` and ``false``, null and lists have none."""
    for key, value in meta.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from leaves(value, here)
        elif isinstance(value, bool):
            yield here, "true" if value else "false"
        elif isinstance(value, (str, int, float)):
            yield here, str(value)


def index_meta(item: OwnedObject) -> None:
    """Make the rows of ``item`` agree with its meta; call it inside the transaction that saved it."""
    kind = item._meta.label_lower
    MetaEntry.objects.filter(kind=kind, object_id=item.pk).delete()
    MetaEntry.objects.bulk_create(
        MetaEntry(owner_id=item.owner_id, kind=kind, object_id=item.pk, path=path[:VALUE_CHARACTERS], value=value[:VALUE_CHARACTERS])
        for path, value in leaves(item.meta)
    )


def forget_meta(item: OwnedObject) -> None:
    """Drop the rows of an object that is being deleted."""
    MetaEntry.objects.filter(kind=item._meta.label_lower, object_id=item.pk).delete()


def entries_of(model: type[models.Model], owner_id: Any, path: str, value: str) -> models.QuerySet[MetaEntry]:
    """The rows that say which objects of a model have this value there: one range of one index, in the order of their ids."""
    return MetaEntry.objects.filter(
        owner=owner_id, kind=model._meta.label_lower, path=path[:VALUE_CHARACTERS], value=value[:VALUE_CHARACTERS]
    )
