"""What is done in the background, by the names of its tasks: tasks call the services that queue them."""

from typing import Any

from celery import current_app

from accounts.commits import after_commit

EMBED_TASK = "bots.tasks.embed_dataset"
SYNC_TASK = "bots.tasks.sync_dataset_file"
SOURCE_TASK = "bots.tasks.read_source"


def queue_embedding(dataset_id: Any) -> None:
    """Have the records of a dataset embedded once this transaction is committed."""
    _queue(EMBED_TASK, dataset_id)


def queue_sync(link_id: Any) -> None:
    """Have the records of a dataset's file made once this transaction is committed."""
    _queue(SYNC_TASK, link_id)


def queue_source(source_id: Any) -> None:
    """Have the pages of a source read once this transaction is committed."""
    _queue(SOURCE_TASK, source_id)


def _queue(task: str, pk: Any) -> None:
    after_commit(current_app.send_task, task, (str(pk),))
