"""Giving records their vectors, a few at a time: titles of all first, because they answer most questions within seconds."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from bots import staging
from bots.models import Dataset, DatasetRecord
from bots.retrieval.embedder import EMBEDDER, Embedder
from bots.retrieval.vectors import Plan, RecordVectors, embed_texts, pack_vectors, plan_record
from bots.versions import touch

logger = logging.getLogger(__name__)

TITLES_BATCH = 32  # records; each batch is about a second of computing
BATCH = 8
WINDOW = 256  # records whose bodies are ahead of their sentences: what a restart has to compute again
SHOWN_EVERY = timedelta(seconds=2)  # how often searches take in what is ready while more is coming


def waiting(dataset_id: Any) -> QuerySet[DatasetRecord]:
    """Records that are not completely embedded, oldest first."""
    return DatasetRecord.objects.filter(dataset=dataset_id, vectors=None).order_by("pk")


def datasets_waiting() -> list[Any]:
    """Ids of datasets that have such records."""
    return list(
        DatasetRecord.objects.filter(vectors=None).order_by().values_list("dataset_id", flat=True).distinct()
    )


def embed_batch(dataset_id: Any, embedder: Embedder = EMBEDDER) -> int:
    """Take the next few records one stage further; returns how many. Zero: nothing waits, or what waits cannot be embedded.

    Stages: titles of every record that waits; then, for the oldest 256, bodies; then sentences, which completes a record.
    A record that changes meanwhile begins again. The computing (a second) is done outside the transaction.
    """
    saved = dict(waiting(dataset_id).values_list("pk", "updated_at"))
    if not saved:
        staging.clear(dataset_id, embedder.name)
        return 0
    found = staging.read(dataset_id, embedder.name)
    staged = {pk: vectors for pk, (time, vectors) in found.items() if saved.get(pk) == time}
    untitled = [pk for pk in saved if pk not in staged]
    window = list(saved)[:WINDOW]
    bodiless = [pk for pk in window if pk in staged and not len(staged[pk].body)]
    return (
        _stage(dataset_id, untitled, TITLES_BATCH, lambda plan: plan.titles, staged, embedder)
        or _stage(dataset_id, bodiless, BATCH, lambda plan: plan.titles + 1, staged, embedder)
        or _complete(dataset_id, window[:BATCH], staged, embedder)
    )


def _stage(
    dataset_id: Any,
    pks: list[Any],
    batch: int,
    upto: Callable[[Plan], int],
    staged: dict[Any, RecordVectors],
    embedder: Embedder,
) -> int:
    """Embed the first ``upto`` texts of a batch and keep them beside the records."""
    done: staging.Staged = {}
    for record, plan, rows in _embedded(pks[:batch], upto, staged, embedder):
        done[record.pk] = (
            record.updated_at,
            RecordVectors(rows[: plan.titles], rows[plan.titles :], rows[:0]),
        )
    if done:
        staging.add(dataset_id, embedder.name, done)
        _show(dataset_id, finished=len(pks) <= batch)
    return len(done)


def _complete(dataset_id: Any, pks: list[Any], staged: dict[Any, RecordVectors], embedder: Embedder) -> int:
    """Embed what a batch still lacks and store it with the records."""
    packed = [
        (record, pack_vectors(plan, rows, embedder.name))
        for record, plan, rows in _embedded(pks, lambda plan: len(plan.texts), staged, embedder)
    ]
    with transaction.atomic():
        stored = sum(
            DatasetRecord.objects.filter(pk=record.pk, vectors=None, updated_at=record.updated_at).update(
                vectors=vectors
            )
            for record, vectors in packed
        )
        if stored:
            _show(dataset_id, finished=not waiting(dataset_id).exists())
    return stored


def _embedded(
    pks: list[Any], upto: Callable[[Plan], int], staged: dict[Any, RecordVectors], embedder: Embedder
) -> Iterable[tuple[DatasetRecord, Plan, Any]]:
    for record in DatasetRecord.objects.filter(pk__in=pks, vectors=None).defer("meta").order_by("pk"):
        try:
            plan = plan_record(record.title, record.text, record.alternatives)
            have = staged.get(record.pk)
            known = dict(zip(plan.texts, have.rows, strict=False)) if have else {}
            yield record, plan, embed_texts(plan.texts[: upto(plan)], known, embedder)
        except Exception:
            logger.exception("record %s could not be embedded", record.pk)


def _show(dataset_id: Any, *, finished: bool) -> None:
    """An index costs time to build: not one for each batch."""
    stale = Dataset.objects.filter(pk=dataset_id, updated_at__lt=timezone.now() - SHOWN_EVERY).exists()
    if stale or finished:
        touch(dataset_id)
