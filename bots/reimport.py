"""Importing a file again: which stored record each section or row of the file already is."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bots.importers import ImportedRecord
from bots.models import DatasetRecord

META_KEY = "import"  # in a record's meta: the file that it came from


def origin(filename: str, base_url: str) -> dict[str, Any]:
    """What an imported record remembers; a file of the same name and base address is the same file."""
    return {META_KEY: {"file": filename, "baseUrl": base_url}}


def pair(
    rows: Iterable[DatasetRecord], items: Sequence[ImportedRecord]
) -> tuple[list[DatasetRecord | None], list[DatasetRecord]]:
    """For each item the row it is stored in, or None; and the rows that the file has no more.

    Rows that say exactly the same go first, then those of the same title and address, in order.
    """
    left = list(rows)
    found: list[DatasetRecord | None] = [None] * len(items)
    keys: tuple[Callable[[Any], Any], ...] = (lambda r: (r.title, r.url, r.text), lambda r: (r.title, r.url))
    for key in keys:
        by_key: dict[Any, list[DatasetRecord]] = defaultdict(list)
        for row in left:
            by_key[key(row)].append(row)
        for number, item in enumerate(items):
            if found[number] is None and by_key[key(item)]:
                found[number] = by_key[key(item)].pop(0)
        left = [row for rest in by_key.values() for row in rest]
    return found, left


def renew(row: DatasetRecord, item: ImportedRecord) -> bool:
    """Give a stored row the file's text, phrasings and meta, its own where the file has none; whether that changed it."""
    alternatives = list(item.alternatives) or row.alternatives
    meta = {**item.meta, **_remembered(row)} if item.meta else row.meta
    words = (row.text, row.alternatives) == (item.text, alternatives)
    if words and row.meta == meta:
        return False
    row.text, row.alternatives, row.meta = item.text, alternatives, meta
    if not words:
        row.vectors = None
    return True


def _remembered(row: DatasetRecord) -> dict[str, Any]:
    return {META_KEY: row.meta[META_KEY]} if META_KEY in row.meta else {}
