"""Finding one object by what a route or a field names: its id or its alias."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from accounts.ids import parse_id
from accounts.names import ALIAS
from accounts.objects import OwnedObject

M = TypeVar("M", bound=Model)


def find(queryset: QuerySet[M], value: str) -> M | None:
    """The object with this id, else with this alias (where the model has one), among those the caller may see."""
    if pk := parse_id(value):
        return queryset.filter(pk=pk).first()
    if issubclass(queryset.model, OwnedObject) and ALIAS.fullmatch(value):
        return queryset.filter(alias=value).first()
    return None


def find_or_404(queryset: QuerySet[M], value: str) -> M:
    """``find``, or the same 404 for a foreign object as for a missing one."""
    item = find(queryset, value)
    if item is None:
        raise Http404(f"There is no such {queryset.model._meta.verbose_name}")
    return item


def owned(model: type[M], user: Any) -> QuerySet[M]:
    """Objects of this operator only."""
    return model._default_manager.filter(owner=user)
