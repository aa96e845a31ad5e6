"""Celery tasks of the bots app."""

from celery import shared_task
from django.core.cache import cache

from bots import dataset_files
from bots.embedding import datasets_waiting, embed_batch, waiting

LOCK_SECONDS = 300


@shared_task
def embed_dataset(dataset_id: str) -> None:
    """Embed one batch of a dataset and queue itself again while records wait; one at a time for a dataset."""
    lock = f"embedding:{dataset_id}"
    if not cache.add(lock, 1, LOCK_SECONDS):
        return  # the one that is at work looks for new records after it has given the lock back
    try:
        stored = embed_batch(dataset_id)
    finally:
        cache.delete(lock)
    if stored and waiting(dataset_id).exists():
        embed_dataset.delay(dataset_id)


@shared_task
def sync_dataset_file(link_id: str) -> None:
    """Make the records of a dataset's file; one at a time for a file, and only while it waits for it."""
    lock = f"sync:{link_id}"
    if not cache.add(lock, 1, LOCK_SECONDS):
        return  # what was asked for meanwhile is still pending then, and queued again
    try:
        dataset_files.sync(link_id)
    finally:
        cache.delete(lock)


@shared_task
def requeue_embedding() -> None:
    """Queue every dataset whose records wait and every file that does: after a restart, a lost task or a failure."""
    for dataset_id in datasets_waiting():
        embed_dataset.delay(str(dataset_id))
    for link_id in dataset_files.pending():
        sync_dataset_file.delay(str(link_id))
