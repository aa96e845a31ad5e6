"""What runs by the clock: uploads that never came, texts whose task was lost, bytes that nothing refers to."""

import logging
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.ids import parse_id
from files.errors import FileRefused
from files.models import StoredContent
from files.services import queue_text
from files.storage import ROOT, keys_of, models_with_content, remove
from files.stores.base import store
from files.uploads import adopt

logger = logging.getLogger(__name__)
LOST_AFTER = timedelta(minutes=10)  # a task that was queued longer ago is not waiting any more
ORPHAN_AFTER = timedelta(days=1)  # bytes of an upload that is just being stored have no row yet
HEX_CHARACTERS = 32  # of an id in a key


def settle_uploads() -> None:
    """Adopt or forget uploads that were promised, and queue texts again that nobody extracted."""
    for model in models_with_content().values():
        rows = model._base_manager.defer("text")
        for row in rows.filter(pending__isnull=False).iterator():
            try:
                adopt(row)
            except FileRefused as error:
                logger.warning("files: an upload of %s could not be settled (%s)", row.pk, error.message)
        lost = Q(text_state=StoredContent.TextState.PENDING, updated_at__lt=timezone.now() - LOST_AFTER)
        for row in rows.filter(lost).iterator():
            queue_text(row)


def remove_orphans() -> int:
    """Remove bytes below our prefix that no row refers to and that are a day old; how many there were."""
    orphans = [key for name in _listed(ROOT)[0] for key in _orphans(name)]
    remove(*orphans)
    return len(orphans)


def _orphans(kind: str) -> list[str]:
    """Keys of one kind of row that its rows do not hold."""
    model = models_with_content().get(kind)
    orphans = []
    for shard in _listed(f"{ROOT}/{kind}")[0]:
        folder = f"{ROOT}/{kind}/{shard}"
        keys = [f"{folder}/{name}" for name in _listed(folder)[1]]
        held = _held(model, keys) if model else set()
        orphans += [key for key in keys if key not in held and _is_old(key)]
    return orphans


def _held(model: type[StoredContent], keys: list[str]) -> set[str]:
    """Those of the keys that rows hold; a key begins with its row's id, so this is a look-up by primary key."""
    ids = {_row_id(key.rpartition("/")[2][:HEX_CHARACTERS]) for key in keys} - {None}
    rows = model._base_manager.filter(pk__in=ids).only("key", "pending")
    return {key for row in rows for key in keys_of(row)}


def _row_id(text: str) -> object:
    return parse_id(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")


def _listed(path: str) -> tuple[list[str], list[str]]:
    try:
        return store().listdir(path)
    except FileNotFoundError:  # a folder that nothing was put into
        return [], []


def _is_old(key: str) -> bool:
    try:
        return store().get_modified_time(key) < timezone.now() - ORPHAN_AFTER
    except FileNotFoundError:  # removed meanwhile
        return False
