"""Searching a dataset: an index in this process's memory, built when it is first asked and again when records changed."""

import asyncio
import threading
from collections import OrderedDict
from datetime import datetime
from uuid import UUID

from channels.db import database_sync_to_async

from bots import staging
from bots.engines.base import Search
from bots.models import Dataset, DatasetRecord
from bots.retrieval.embedder import EMBEDDER, Embedder
from bots.retrieval.index import Index
from bots.retrieval.result import IndexRecord, SearchResult
from bots.versions import version_of

INDEXES_MAX = 32  # datasets kept in memory; a thousand records take about 20 MB


class Indexes:
    """The indexes of this process by dataset, the least asked for dropped first. Thread-safe."""

    def __init__(self, embedder: Embedder = EMBEDDER, limit: int = INDEXES_MAX) -> None:
        self.embedder = embedder
        self._limit = limit
        self._kept: OrderedDict[UUID, tuple[datetime, Index]] = OrderedDict()
        self._building: dict[UUID, threading.Lock] = {}
        self._lock = threading.Lock()

    def fresh(self, dataset_id: UUID, version: datetime) -> Index | None:
        """The index of exactly this version, if it is here."""
        with self._lock:
            kept = self._kept.get(dataset_id)
            if kept is None or kept[0] != version:
                return None
            self._kept.move_to_end(dataset_id)
            return kept[1]

    def build(self, dataset_id: UUID, version: datetime, records: list[IndexRecord]) -> Index:
        """Index ``records``, which were read after ``version``, and keep it. Blocking; one build at a time for a dataset."""
        with self._lock:
            building = self._building.setdefault(dataset_id, threading.Lock())
        with building:
            if ready := self.fresh(dataset_id, version):
                return ready
            index = Index(records, self.embedder)
            with self._lock:
                self._kept[dataset_id] = (version, index)
                while len(self._kept) > self._limit:
                    dropped, _ = self._kept.popitem(last=False)
                    self._building.pop(dropped, None)
            return index

    def drop(self, dataset_id: UUID) -> None:
        """Forget a dataset."""
        with self._lock:
            self._kept.pop(dataset_id, None)
            self._building.pop(dataset_id, None)


INDEXES = Indexes()


def search(dataset: Dataset, query: str, take: int = 5, *, previous: str = "") -> SearchResult:
    """The best ``take`` records. Blocking; for async code there is ``search_of``."""
    found = _look(dataset.pk)
    index = found if isinstance(found, Index) else INDEXES.build(dataset.pk, *found) if found else None
    return index.search(query, previous=previous, take=take) if index else SearchResult()


def search_of(dataset_id: UUID | None) -> Search | None:
    """The ``search`` of a bot's turn; None where the bot has no dataset."""
    return _DatasetSearch(dataset_id) if dataset_id else None


class _DatasetSearch:
    def __init__(self, dataset_id: UUID) -> None:
        self._dataset_id = dataset_id

    async def __call__(self, query: str, *, previous: str = "", take: int = 5) -> SearchResult:
        """Reads the database in Django's thread, embeds and compares in another."""
        found = await database_sync_to_async(_look)(self._dataset_id)
        if found is None:
            return SearchResult()
        index = (
            found
            if isinstance(found, Index)
            else await asyncio.to_thread(INDEXES.build, self._dataset_id, *found)
        )
        return await asyncio.to_thread(index.search, query, previous=previous, take=take)


def _look(dataset_id: UUID) -> Index | tuple[datetime, list[IndexRecord]] | None:
    """The index in memory, or what to build it from; the version is read first, so an index is never newer than it says."""
    version = version_of(dataset_id)
    if version is None:
        INDEXES.drop(dataset_id)
        return None
    return INDEXES.fresh(dataset_id, version) or (version, _records(dataset_id))


def _records(dataset_id: UUID) -> list[IndexRecord]:
    fields = ("pk", "title", "text", "url", "alternatives", "vectors", "updated_at")
    rows = list(DatasetRecord.objects.filter(dataset=dataset_id).order_by("pk").values_list(*fields))
    complete = all(vectors for *_, vectors, _saved in rows)
    staged = {} if complete else staging.read(dataset_id, INDEXES.embedder.name)
    records = []
    for pk, title, text, url, alternatives, vectors, saved in rows:
        time, partial = staged.get(pk, (None, None))
        records.append(
            IndexRecord(
                str(pk),
                title,
                text,
                url,
                alternatives,
                bytes(vectors or b""),
                partial if time == saved else None,
            )
        )
    return records
