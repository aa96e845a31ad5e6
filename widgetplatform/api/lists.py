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
from accounts.meta import entries_of
from accounts.objects import MetaWanted, OwnedQuerySet
from widgetplatform.api.lookup import find, owned

TAKE_MAX = 100
ID_VERSION = 7
RARE = 1000  # values that are more frequent than this are not told apart
STEP_MAX = 2000  # entries looked at in one go; well below the parameters that a database takes
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
        wanted = getattr(queryset, "meta_wanted", None)
        if wanted:
            return self._by_meta(queryset, wanted, cursor)
        return list(self._ordered(queryset, "pk", cursor)[: self.take])

    def _by_meta(self, queryset: QuerySet[Any], wanted: MetaWanted, cursor: UUID | None) -> list[Any]:
        """Walk the entries of the rarest value in the order of ids, and keep what has the other values too.

        A database that is asked for objects "in" those entries may read all of them, or all objects, for one page.
        """
        entries = [
            entries_of(queryset.model, wanted.owner_id, path, value) for path, value in wanted.values.items()
        ]
        if len(entries) > 1:
            entries.sort(key=lambda rows: rows[:RARE].count())
        found: list[Any] = []
        step = self.take
        while len(found) < self.take:
            walked = self._ordered(entries[0], "object_id", cursor).values_list("object_id", flat=True)
            ids = known = list(walked[:step])
            for others in entries[1:]:
                ids = list(others.filter(object_id__in=ids).values_list("object_id", flat=True))
            found += self._ordered(queryset.filter(pk__in=ids), "pk", None)[: self.take - len(found)]
            if len(known) < step:
                break
            cursor, step = known[-1], min(step * 2, STEP_MAX)
        return found

    def _ordered(self, queryset: QuerySet[Any], key: str, cursor: UUID | None) -> QuerySet[Any]:
        if cursor:
            queryset = queryset.filter(**{f"{key}__{'lt' if self.descending else 'gt'}": cursor})
        return queryset.order_by(f"-{key}" if self.descending else key)

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
    wanted = wanted_meta(query)
    if any("\0" in part for pair in wanted.items() for part in pair):  # no database has it, and one refuses to look
        return queryset.none()
    blueprint = query.get("blueprintId")
    columns = {field.name: field for field in queryset.model._meta.fields}
    if blueprint and "blueprint" in columns:
        found = find(owned(columns["blueprint"].related_model, owner), blueprint)
        queryset = queryset.filter(blueprint=found) if found else queryset.none()
    return queryset.with_meta(owner, wanted) if isinstance(queryset, OwnedQuerySet) else queryset


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
