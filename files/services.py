"""What happens to files and to everything else that has content. The API, the admin and tasks call these.

Refused fields are a ``ValidationError``, refused content a ``FileRefused``; neither leaves anything behind.
"""

from collections.abc import Callable
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from accounts.commits import after_commit
from accounts.meta import forget_meta, index_meta
from accounts.names import validate_text
from files.content import Readable, checked
from files.errors import FileRefused, gone
from files.models import File, StoredContent
from files.names import safe_filename
from files.storage import keys_of, new_key, remove, remove_after_commit
from files.stores.base import store

EXTRACT_TASK = "files.tasks.extract_text"  # by its name: tasks import services
EXTRACTED = ("text/", "application/json", "application/pdf", "application/vnd.openxmlformats-officedocument.")
# Told, in the transaction, that a row has other content now; for what is made of content elsewhere.
CONTENT_HOOKS: list[Callable[[StoredContent], None]] = []
CONTENT_FIELDS = {field.name for field in StoredContent._meta.get_fields()} - {"source_url"}


def create_file(owner: Any, **fields: Any) -> File:
    """A new file of ``owner``, without content yet."""
    file = _cleaned(File(owner=owner), fields)
    with transaction.atomic():
        file.save()
        index_meta(file)
    return file


def update_file(file: File, **fields: Any) -> File:
    """Set these fields; the content stays."""
    _cleaned(file, fields)
    with transaction.atomic():
        file.save(update_fields=[*fields, "updated_at"])  # an upload may be under way
        index_meta(file)
    return file


def delete_file(file: File) -> None:
    """Remove it with its bytes; what was made of it follows its own rules."""
    with transaction.atomic():
        forget_meta(file)
        delete_content(file)


def check_source(url: str) -> None:
    """ValidationError for what cannot be an address to fetch; empty is none."""
    validate_text(url)
    try:
        if url:
            URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        raise ValidationError("must be an http or https address") from None


def delete_content(row: StoredContent) -> None:
    """Delete a row that has content, and its bytes after the commit."""
    with transaction.atomic():
        remove_after_commit(*_locked(row))
        row.delete()


def store_content(
    row: StoredContent,
    source: Readable,
    filename: str = "",
    claimed_type: str = "",
    *,
    source_url: str | None = None,
    promised: str | None = None,
) -> None:
    """Make ``source`` the content of a row that is saved already, and have its text extracted.

    ``FileRefused``: 400 (type, empty), 413, 404 (the row is gone), 409 (the ``promised`` upload was done already).
    """
    filename = safe_filename(filename)
    size = row.pending["size"] if promised and row.pending else None
    with checked(source, filename, claimed_type, size) as content:
        key = store().save(new_key(row), content.file)
    try:
        with transaction.atomic():
            old = _locked(row)
            if promised and promised not in old:
                raise FileRefused(409, "This upload was done already, or another one took its place")
            _set(
                row, key=key, size=content.size, content_type=content.media_type, filename=filename, pending=None,
                text="", text_error="", text_state=_first_state(content.media_type),
                **({} if source_url is None else {"source_url": source_url}),
            )  # fmt: skip
            remove_after_commit(*old)
            for hook in CONTENT_HOOKS:
                hook(row)
            if row.text_state:
                after_commit(queue_text, row)
    except BaseException:
        remove(key)
        raise


def extractable(media_type: str) -> bool:
    """Whether content of this type has text."""
    return media_type.startswith(EXTRACTED)


def queue_text(row: StoredContent) -> None:
    """Have the text of a row extracted in the background."""
    current_app.send_task(EXTRACT_TASK, (row._meta.label_lower, str(row.pk)))


def set_pending(row: StoredContent, pending: dict[str, Any] | None, **more: Any) -> None:
    """Promise an upload, or forget a promise; the bytes of an earlier one go after the commit."""
    with transaction.atomic():
        old = set(_locked(row)) - {row.key}
        _set(row, pending=pending, **more)
        remove_after_commit(*old)


def _locked(row: StoredContent) -> list[str]:
    """Refresh what is stored of a row, under a lock; the keys that it holds."""
    fields = ("key", "pending")
    found = type(row)._base_manager.select_for_update().filter(pk=row.pk).only(*fields).first()
    if found is None:
        raise gone()
    row.key, row.pending = found.key, found.pending
    return keys_of(found)


def _set(row: StoredContent, **values: Any) -> None:
    if any(field.name == "updated_at" for field in row._meta.fields):
        values["updated_at"] = timezone.now()
    for name, value in values.items():
        setattr(row, name, value)
    type(row)._base_manager.filter(pk=row.pk).update(**values)


def _first_state(media_type: str) -> str:
    states = StoredContent.TextState
    return states.PENDING if extractable(media_type) else states.NONE


def _cleaned(file: File, fields: dict[str, Any]) -> File:
    for name, value in fields.items():
        setattr(file, name, value)
    try:
        check_source(file.source_url)
    except ValidationError as error:
        raise ValidationError({"source_url": error.messages}) from None
    file.full_clean(exclude=CONTENT_FIELDS)  # which no caller sets, and ``text`` may not be loaded
    return file
