"""List operations: a page by cursor, or every page as JSON lines or CSV."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework.exceptions import ParseError

from accounts.ids import parse_id
from accounts.meta import filter_meta

TAKE_MAX = 100
ID_VERSION = 7
META_KEY = re.compile(r"meta(?:\.(?P<dotted>.+)|(?P<brackets>(?:\[[^\]]+\])+))")


@dataclass(frozen=True)
class Page:
    """What a list was asked for: at most ``take`` items after ``cursor``, newest first when ``descending``."""

    take: int = TAKE_MAX
    descending: bool = True
    cursor: UUID | None = None

    def of(self, queryset: QuerySet[Any], after: UUID | None = None) -> list[Any]:
        """One page; ``after`` takes the cursor's place. One range of an index on the id, however many rows there are."""
        cursor = after or self.cursor
        if cursor:
            queryset = queryset.filter(pk__lt=cursor) if self.descending else queryset.filter(pk__gt=cursor)
        return list(queryset.order_by("-pk" if self.descending else "pk")[: self.take])

    def pages(self, queryset: QuerySet[Any]) -> Iterator[list[Any]]:
        """Every page to the end, one in memory at a time."""
        items = self.of(queryset)
        while items:
            yield items
            items = self.of(queryset, items[-1].pk) if len(items) == self.take else []


def page_of(query: QueryDict) -> Page:
    """``take``, ``order`` and ``cursor`` of a request; ParseError (400) for a wrong order or cursor."""
    order = query.get("order") or "desc"
    if order not in ("asc", "desc"):
        raise ParseError("order: must be asc or desc")
    return Page(_take(query.get("take")), order == "desc", _cursor(query.get("cursor")))


def wanted_meta(query: QueryDict) -> dict[str, str]:
    """Meta filters, ``meta.a.b=v`` or ``meta[a][b]=v``, as dotted path to value."""
    wanted = {}
    for key, value in query.items():
        if match := META_KEY.fullmatch(key):
            path = match["dotted"] or ".".join(re.findall(r"\[([^\]]+)\]", match["brackets"]))
            wanted[path] = str(value)
    return wanted


def filter_list(queryset: QuerySet[Any], owner: Any, query: QueryDict) -> QuerySet[Any]:
    """Narrow a list of owned objects by meta and, where they have one, by ``blueprintId`` (id or alias)."""
    queryset = filter_meta(queryset, owner, wanted_meta(query))
    blueprint = query.get("blueprintId")
    if blueprint and any(field.name == "blueprint" for field in queryset.model._meta.fields):
        pk = parse_id(blueprint)
        queryset = (
            queryset.filter(blueprint=pk)
            if pk
            else queryset.filter(blueprint__alias=blueprint.replace("\0", ""))
        )
    return queryset


def _take(text: str | None) -> int:
    """1 to 100; nonsense and 0 are the default, a negative number is 1."""
    try:
        number = int(text or 0)
    except ValueError:
        number = 0
    return min(max(number, 1), TAKE_MAX) if number else TAKE_MAX


def _cursor(text: str | None) -> UUID | None:
    """An id of ours; the item itself may be gone meanwhile."""
    if not text:
        return None
    cursor = parse_id(text)
    if cursor is None or cursor.version != ID_VERSION:
        raise ParseError("cursor: must be the id of the last item of a page")
    return cursor
