"""Celery tasks of the files app."""

from celery import shared_task
from django.apps import apps

from files import cleaning
from files.errors import FileRefused
from files.models import StoredContent
from files.text import extract

RETRY_SECONDS = 30


@shared_task(autoretry_for=(FileRefused,), default_retry_delay=RETRY_SECONDS)
def extract_text(label: str, pk: str) -> None:
    """Extract the text of a row's content; again later where the storage does not answer."""
    model = apps.get_model(label)
    row = model._base_manager.filter(pk=pk, text_state=StoredContent.TextState.PENDING).first()
    if row is not None:
        extract(row)


@shared_task
def settle_uploads() -> None:
    """Adopt or forget uploads whose time is over, and queue texts again that were lost on their way."""
    cleaning.settle_uploads()


@shared_task
def remove_orphans() -> None:
    """Remove stored bytes that no row refers to."""
    cleaning.remove_orphans()
