"""Keys of stored bytes, and their removal. A key is ours alone: the kind and id of its row, and 128 random bits."""

import hashlib
import logging
import secrets
from typing import BinaryIO
from uuid import UUID

from django.apps import apps
from django.db import connections

from accounts.commits import after_commit
from files.errors import FileRefused
from files.models import StoredContent
from files.stores.base import store

logger = logging.getLogger(__name__)
ROOT = "files"
RANDOM_BYTES = 16
MARK_CHARACTERS = 16
SHARD_CHARACTERS = 2  # of a UUIDv7 the last ones are random


def new_key(row: StoredContent) -> str:
    """Where the next content of a row goes."""
    pk = UUID(str(row.pk)).hex
    return f"{ROOT}/{row._meta.model_name}/{pk[-SHARD_CHARACTERS:]}/{pk}-{secrets.token_urlsafe(RANDOM_BYTES)}"


def models_with_content() -> dict[str, type[StoredContent]]:
    """Every model whose rows have content, by the name that its keys have."""
    return {
        str(model._meta.model_name): model for model in apps.get_models() if issubclass(model, StoredContent)
    }


def keys_of(row: StoredContent) -> list[str]:
    """The keys that a row holds: its content, and an upload that it waits for."""
    promised = (row.pending or {}).get("key", "")
    return [key for key in (row.key, promised) if key]


def mark_of(key: str) -> str:
    """What a signed link says of a key: another one for other content, and nothing of the key itself."""
    return hashlib.sha256(key.encode()).hexdigest()[:MARK_CHARACTERS]


def row_of(kind: str, pk: str) -> StoredContent | None:
    """The row that a signed link names, without its text."""
    return models_with_content()[kind]._base_manager.defer("text").filter(pk=pk).first()


def open_content(row: StoredContent) -> BinaryIO:
    """The bytes of a row, to be closed; FileNotFoundError where there are none."""
    if not row.key:
        raise FileNotFoundError(row.key)
    return store().stream(row.key)


def remove(*keys: str) -> None:
    """Remove bytes; a storage that does not answer keeps them until the daily task finds them."""
    for key in keys:
        try:
            store().delete(key)
        except (FileRefused, OSError) as error:
            logger.warning("files: %s could not be removed (%s)", key, error)


def remove_after_commit(*keys: str) -> None:
    """The same, when it is certain that nothing refers to them any more."""
    if keys:
        after_commit(remove, *keys)


def release_connections() -> None:
    """Give the database connections of this thread back before something slow; not inside a transaction."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
