"""Vectors of records that are still being embedded, kept in the cache until a record is complete.

They can be lost at any time, which costs seconds of computing, and they never make a record look ready.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.core.cache import cache

from bots.retrieval.embedder import Vectors
from bots.retrieval.vectors import RecordVectors

SECONDS = 86_400
Staged = dict[UUID, tuple[datetime, RecordVectors]]


def add(dataset_id: Any, embedder_name: str, records: Staged) -> None:
    """Keep what was computed for records as they were saved at that time; one writer at a time for a dataset."""
    key = _key(dataset_id, embedder_name)
    parts = cache.get(key, 0)
    small = {pk: (saved, _halved(vectors)) for pk, (saved, vectors) in records.items()}
    cache.set(f"{key}:{parts}", small, SECONDS)
    cache.set(key, parts + 1, SECONDS)


def read(dataset_id: Any, embedder_name: str) -> Staged:
    """What there is, the latest of each record; who uses it compares the time with the record's own."""
    key = _key(dataset_id, embedder_name)
    names = [f"{key}:{number}" for number in range(cache.get(key, 0))]
    parts = cache.get_many(names)
    found: Staged = {}
    for name in names:
        found.update(parts.get(name, {}))
    return {pk: (saved, _whole(vectors)) for pk, (saved, vectors) in found.items()}


def clear(dataset_id: Any, embedder_name: str) -> None:
    """Everything is complete."""
    key = _key(dataset_id, embedder_name)
    parts = cache.get(key, 0)
    if parts:
        cache.delete_many([key, *(f"{key}:{number}" for number in range(parts))])


def _key(dataset_id: Any, embedder_name: str) -> str:
    return f"staged:{embedder_name}:{dataset_id}"


def _halved(vectors: RecordVectors) -> RecordVectors:
    return _cast(vectors, np.float16)


def _whole(vectors: RecordVectors) -> RecordVectors:
    return _cast(vectors, np.float32)


def _cast(vectors: RecordVectors, kind: Any) -> RecordVectors:
    def cast(rows: Vectors) -> Any:
        return rows.astype(kind)

    return RecordVectors(cast(vectors.titles), cast(vectors.body), cast(vectors.sentences))
