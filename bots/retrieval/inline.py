"""Searching records that came with a request, alone or together with a dataset. Plain data, no models."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Protocol

import numpy as np

from .embedder import EMBEDDER, Embedder
from .index import Index
from .lexical import Lexical
from .result import IndexRecord, SearchResult, Verdict
from .vectors import RecordVectors, embed_texts, plan_record

EMBEDDED = 6  # of the records; each costs some 50 to 150 ms of CPU the first time
KEPT = 256
VERDICTS: tuple[Verdict, ...] = ("answer", "unsure", "unknown", "empty")  # the surest first


class _Search(Protocol):
    async def __call__(self, query: str, *, previous: str = "", take: int = 5, language: str = "") -> SearchResult: ...


@dataclass(frozen=True)
class InlineRecord:
    """A record of a request."""

    text: str
    title: str = ""
    url: str = ""


class InlineSearch:
    """Searches ``records``, and ``beside`` where there is one, as if they were one dataset."""

    def __init__(self, records: Sequence[InlineRecord], beside: _Search | None, embedder: Embedder = EMBEDDER) -> None:
        self._records = [record for record in records if record.text.strip()]
        self._beside = beside
        self._embedder = embedder

    async def __call__(self, query: str, *, previous: str = "", take: int = 5, language: str = "") -> SearchResult:
        """The best of both, the surer result first."""
        own = await asyncio.to_thread(self._search, query, previous, take, language)
        if self._beside is None:
            return own
        other = await self._beside(query, previous=previous, take=take, language=language)
        first, second = sorted((own, other), key=lambda found: (VERDICTS.index(found.verdict), -found.familiarity))
        passages = (*first.passages, *second.passages)
        if first.verdict != "answer":
            passages = tuple(sorted(passages, key=lambda passage: -passage.score))
        suggestions = tuple(dict.fromkeys((*first.suggestions, *second.suggestions)))
        return replace(first, passages=passages[:take], suggestions=suggestions[:3])

    def _search(self, query: str, previous: str, take: int, language: str) -> SearchResult:
        index = Index(self._likely(query, previous), self._embedder)
        return index.search(query, previous=previous, take=take, language=language)

    def _likely(self, query: str, previous: str) -> list[IndexRecord]:
        """All of a few records; of many those that share most words with the question get vectors."""
        chosen = range(len(self._records))
        if len(self._records) > EMBEDDED:
            texts = [f"{record.title}\n{record.text}".casefold() for record in self._records]
            overlap = Lexical(texts).overlap(f"{previous} {query}".strip())
            chosen = [int(number) for number in np.argsort(-overlap, kind="stable")[:EMBEDDED]]  # type: ignore[assignment]
        return [
            IndexRecord(str(number), record.title, record.text, record.url, partial=VECTORS.of(record, self._embedder))
            for number in chosen
            if (record := self._records[number])
        ]


class _Vectors:
    """What was embedded lately: a caller sends the same records with every turn. Thread-safe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, RecordVectors] = OrderedDict()
        self._lock = Lock()

    def of(self, record: InlineRecord, embedder: Embedder) -> RecordVectors:
        """Titles and body; sentences would cost ten times as much. Blocking."""
        key = hashlib.blake2b(f"{embedder.name}\0{record.title}\0{record.text}".encode("utf-8", "replace"), digest_size=16).digest()
        with self._lock:
            if known := self._kept.get(key):
                self._kept.move_to_end(key)
                return known
        plan = plan_record(record.title, record.text)
        rows = embed_texts(plan.texts[: plan.titles + 1], {}, embedder)
        vectors = RecordVectors(rows[: plan.titles], rows[plan.titles :], rows[:0])
        with self._lock:
            self._kept[key] = vectors
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return vectors


VECTORS = _Vectors()
