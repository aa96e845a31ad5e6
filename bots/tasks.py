"""Celery tasks of the bots app."""

from celery import shared_task
from django.core.cache import cache

from accounts.ids import new_id
from bots import dataset_files, source_sync, sources
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
def read_source(source_id: str, holder: str = "") -> None:
    """Take a source one step further and queue itself again while there is something to do.

    ``holder`` names the chain of tasks that is at it: there is one for a source, however often it is queued.
    """
    lock = f"source:{source_id}"
    if not holder:
        holder = str(new_id())
        if not cache.add(lock, holder, LOCK_SECONDS):
            return  # the chain that is at work sees what was asked for meanwhile
    elif cache.get_or_set(lock, holder, LOCK_SECONDS) != holder:
        return  # this one was late, and another took over
    wait: float | None = None
    try:
        wait = source_sync.step(source_id)
    finally:
        if wait is None:
            cache.delete(lock)
        else:
            cache.set(lock, holder, LOCK_SECONDS)
    if wait is not None:
        read_source.apply_async((source_id, holder), countdown=wait or None)


@shared_task
def requeue_embedding() -> None:
    """Queue all that waits, datasets, files and sources: after a restart, a lost task or a failure."""
    for dataset_id in datasets_waiting():
        embed_dataset.delay(str(dataset_id))
    for link_id in dataset_files.pending():
        sync_dataset_file.delay(str(link_id))
    for source_id in sources.pending():
        read_source.delay(str(source_id))
