"""Lists that a query narrows to what belongs to one other object of the operator."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from widgetplatform.api.lookup import find, owned

WITHOUT_META = OpenApiParameter("meta", exclude=True)  # for the description of lists whose objects have none, or that do not look


@dataclass(frozen=True)
class Narrowing:
    """``filters``: name in the query → foreign key, and the model that it points to."""

    filters: dict[str, tuple[str, type[Model]]]

    @property
    def parameters(self) -> list[OpenApiParameter]:
        """For the API's description."""
        return [
            OpenApiParameter(name, str, description=f"Only those of this {model._meta.verbose_name}; an id or an alias.")
            for name, (_, model) in self.filters.items()
        ]

    def of(self, queryset: QuerySet[Any], owner: Any, query: QueryDict) -> QuerySet[Any]:
        """The queryset, or what of its model belongs to the objects that the query names; nothing where one is not the caller's.

        The objects are the owner's, so what belongs to them is too: asking for the owner as well would let a database take the
        index of the owner, and read everything that they have.
        """
        wanted: dict[str, Any] = {}
        for name, (field, model) in self.filters.items():
            value = query.get(name)
            if not value:
                continue
            found = find(owned(model, owner), str(value))
            if found is None:
                return queryset.none()
            wanted[field] = found
        return queryset.model._default_manager.filter(**wanted) if wanted else queryset
