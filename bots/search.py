"""Searching a dataset: an index in this process's memory, built when it is first asked and again when records changed."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from channels.db import database_sync_to_async

from bots import staging
from bots.engines.base import Search
from bots.models import Dataset, DatasetRecord
from bots.retrieval.embedder import EMBEDDER, Embedder
from bots.retrieval.index import Index
from bots.retrieval.narrowing import SearchOptions, narrow
from bots.retrieval.result import IndexRecord, SearchResult
from bots.retrieval.vectors import embed_texts, pack_vectors, plan_record
from bots.versions import state_of

INDEXES_MAX = 32  # datasets kept in memory; a thousand records take about 15 MB
NEWEST_CHARACTERS = 10_000  # about a second of computing: what a search embeds itself instead of answering by words alone


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
            index = Index(_with_newest(records, self.embedder), self.embedder)
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


@dataclass(frozen=True)
class _Ready:
    """A dataset as it is now: its index, or what to build it from, and its options."""

    dataset_id: UUID
    version: datetime
    options: SearchOptions
    index: Index | None
    records: list[IndexRecord]

    def search(
        self, query: str, previous: str, take: int, among: Container[str] | None = None, language: str = ""
    ) -> SearchResult:
        """Builds the index where it is not here."""
        index = self.index or INDEXES.build(self.dataset_id, self.version, self.records)
        ranked = take if among is None else index.size  # who chooses among records must see them all
        found = index.search(query, previous=previous, take=ranked, order=self.options.order, language=language)
        return narrow(found, self.options, take, among)


def search(
    dataset: Dataset, query: str, take: int = 5, *, previous: str = "", among: Container[str] | None = None
) -> SearchResult:
    """The best ``take`` records, of those with an id in ``among`` where it is given, as the dataset's options say.

    Blocking; for async code there is ``search_of``.
    """
    found = _look(dataset.pk)
    return found.search(query, previous, take, among) if found else SearchResult()


def search_of(dataset_id: UUID | None) -> Search | None:
    """The ``search`` of a bot's turn; None where the bot has no dataset."""
    return _DatasetSearch(dataset_id) if dataset_id else None


class _DatasetSearch:
    def __init__(self, dataset_id: UUID) -> None:
        self._dataset_id = dataset_id

    async def __call__(self, query: str, *, previous: str = "", take: int = 5, language: str = "") -> SearchResult:
        """Reads the database in a thread, embeds and compares in another. The dataset may allow fewer than ``take``."""
        found = await database_sync_to_async(_look, thread_sensitive=False)(self._dataset_id)
        if found is None:
            return SearchResult()
        most = found.options.max_records
        take = take if most is None else min(take, most)
        return await asyncio.to_thread(found.search, query, previous, take, None, language)


def _look(dataset_id: UUID) -> _Ready | None:
    """The version is read first, so an index is never newer than it says."""
    state = state_of(dataset_id)
    if state is None:
        INDEXES.drop(dataset_id)
        return None
    version, options = state
    index = INDEXES.fresh(dataset_id, version)
    return _Ready(dataset_id, version, options, index, [] if index else _records(dataset_id))


def _with_newest(records: list[IndexRecord], embedder: Embedder) -> list[IndexRecord]:
    """Records that were just written are found by their meaning at once, as long as they are few; the task stores their vectors later."""
    waiting = [number for number, record in enumerate(records) if not record.vectors and record.partial is None]
    if sum(len(records[number].text) for number in waiting) > NEWEST_CHARACTERS:
        return records
    plans = [plan_record(records[number].title, records[number].text, records[number].alternatives) for number in waiting]
    if sum(len(text) for plan in plans for text in plan.texts) > NEWEST_CHARACTERS:
        return records
    complete = list(records)
    for number, plan in zip(waiting, plans, strict=True):
        vectors = pack_vectors(plan, embed_texts(plan.texts, {}, embedder), embedder.name)
        complete[number] = replace(records[number], vectors=vectors)
    return complete


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
