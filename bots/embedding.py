"""Giving records their vectors, a few at a time."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from bots.models import Dataset, DatasetRecord
from bots.retrieval.embedder import EMBEDDER, Embedder, Vectors
from bots.retrieval.vectors import pack_vectors, plan_record
from bots.versions import touch

logger = logging.getLogger(__name__)

BATCH = 16
SLICE = 4  # texts embedded in one go; a visitor's question gets its turn between two slices
PAUSE_SECONDS = 0.002
SHOWN_EVERY = timedelta(seconds=2)  # how often searches take in what is ready while more is coming


def waiting(dataset_id: Any) -> QuerySet[DatasetRecord]:
    """Records without vectors, oldest first."""
    return DatasetRecord.objects.filter(dataset=dataset_id, vectors=None).order_by("pk")


def datasets_waiting() -> list[Any]:
    """Ids of datasets that have records without vectors."""
    return list(
        DatasetRecord.objects.filter(vectors=None).order_by().values_list("dataset_id", flat=True).distinct()
    )


def embed_batch(dataset_id: Any, embedder: Embedder = EMBEDDER) -> int:
    """Embed the next 16 records that wait and store them in one transaction; returns how many were stored.

    A record that changed meanwhile keeps waiting. The computing (seconds) is done outside the transaction.
    """
    packed: list[tuple[DatasetRecord, bytes]] = []
    for record in waiting(dataset_id).defer("meta")[:BATCH]:
        try:
            packed.append((record, _embed(record, embedder)))
        except Exception:
            logger.exception("record %s could not be embedded", record.pk)
    with transaction.atomic():
        stored = sum(
            DatasetRecord.objects.filter(pk=record.pk, vectors=None, updated_at=record.updated_at).update(
                vectors=vectors
            )
            for record, vectors in packed
        )
        if stored:
            _show(dataset_id)
    return stored


def _embed(record: DatasetRecord, embedder: Embedder) -> bytes:
    plan = plan_record(record.title, record.text, record.alternatives)
    slices = [_slice(plan.texts[at : at + SLICE], embedder) for at in range(0, len(plan.texts), SLICE)]
    return pack_vectors(plan, np.concatenate(slices), embedder.name)


def _slice(texts: Sequence[str], embedder: Embedder) -> Vectors:
    time.sleep(PAUSE_SECONDS)
    return embedder.embed_passages(texts)


def _show(dataset_id: Any) -> None:
    """An index costs time to build: not one for each batch."""
    stale = Dataset.objects.filter(pk=dataset_id, updated_at__lt=timezone.now() - SHOWN_EVERY).exists()
    if stale or not waiting(dataset_id).exists():
        touch(dataset_id)
