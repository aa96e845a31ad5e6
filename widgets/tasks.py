"""Celery tasks of the widgets app."""

from celery import shared_task
from django.utils import timezone

from accounts.ids import parse_id
from widgets import setup_work
from widgets.setup import waiting


@shared_task
def translate_language(row_id: str) -> None:
    """Translate a widget into one language; comes again by itself while that is worth trying.

    Who finds every place taken ends: who had one asks for the next language when it is free, so nobody has to come back and look.
    """
    key = parse_id(row_id)
    again = setup_work.translate_language(key) if key is not None else None
    if again == setup_work.FULL:
        return
    if again is not None:
        translate_language.apply_async((row_id,), countdown=again.seconds)
    following = waiting(timezone.now()).order_by("created_at").values_list("pk", flat=True).first()
    if following is not None:
        translate_language.delay(str(following))


@shared_task
def requeue_setups() -> None:
    """Queue the languages that wait: after a restart, a lost task or a worker's death."""
    for row_id in waiting(timezone.now()).values_list("pk", flat=True):
        translate_language.delay(str(row_id))
