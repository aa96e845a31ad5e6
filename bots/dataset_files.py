"""Files whose text is records of a dataset. The API, the admin and tasks call these."""

import logging
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from bots.importers import ImportRejected, ImportResult, Skipped
from bots.importers.cutting import Cut, parse_separators
from bots.importers.file_text import CSV, import_file_text
from bots.models import Dataset, DatasetFile, DatasetRecord
from bots.queue import queue_sync
from bots.services import take_records
from bots.versions import touch
from files.extract import ExtractError
from files.models import File
from files.storage import open_content
from files.text import text_of
from files.text_kinds import decode_head

logger = logging.getLogger(__name__)
MAX_FILE_RECORDS = 5_000
ERROR_CHARACTERS = 300


def attach(dataset: Dataset, file: File) -> DatasetFile:
    """Make the file's text records of the dataset, in the background; a file that is attached already stays as it is."""
    with transaction.atomic():
        link, created = DatasetFile.objects.get_or_create(dataset=dataset, file=file)
        if created:
            queue_sync(link.pk)
    return link


def request_sync(link: DatasetFile) -> None:
    """Have the records made again from what the file is now."""
    with transaction.atomic():
        _set(link.pk, state=DatasetFile.State.PENDING, error="")
        queue_sync(link.pk)


def detach(link: DatasetFile, *, delete_records: bool = False) -> None:
    """Part file and dataset; the file's records stay as records like any other, or go."""
    records = DatasetRecord.objects.filter(dataset=link.dataset_id, file=link.file_id)
    with transaction.atomic():
        DatasetFile.objects.filter(pk=link.pk).delete()
        if delete_records:
            records.delete()
            touch(link.dataset_id)
        else:
            records.update(file=None)


def pending() -> list[Any]:
    """Ids of the links whose records are to be made."""
    return list(_waiting().values_list("pk", flat=True))


def sync(link_id: Any) -> None:
    """Make the records of a pending link's file, unchanged ones with their vectors kept; its state says what came of it.

    Content and cutting that change meanwhile are read again, so that what is ready is never older than the last request.
    """
    while link := _waiting().select_related("dataset", "file").filter(pk=link_id).first():
        outcome = _synced(link)
        with transaction.atomic():
            now = (
                _waiting()
                .select_related("dataset", "file")
                .select_for_update(of=("self",))
                .filter(pk=link_id)
                .first()
            )
            if now is None or _basis(now) == _basis(link):
                _set(link_id, **outcome)
                return


def _waiting() -> QuerySet[DatasetFile]:
    return DatasetFile.objects.filter(state=DatasetFile.State.PENDING)


def _basis(link: DatasetFile) -> tuple[Any, ...]:
    """All that the records are made from."""
    return link.file.key, link.file.filename, link.dataset.separators, link.dataset.record_max_tokens


def _synced(link: DatasetFile) -> dict[str, Any]:
    failed = {"state": DatasetFile.State.FAILED}
    try:
        left_out = _take(link, _records(link))
    except (ImportRejected, ExtractError) as error:
        return {**failed, "error": error.message}
    except Exception:
        logger.exception("file %s could not become records", link.file_id)
        return {**failed, "error": "Something went wrong on our side"}
    return {"state": DatasetFile.State.READY, "error": _told(left_out), "synced_at": timezone.now()}


def _records(link: DatasetFile) -> ImportResult:
    dataset, file = link.dataset, link.file
    cut = Cut(parse_separators(dataset.separators or ""), dataset.record_max_tokens)
    found = import_file_text(file.filename or file.name or "file", file.content_type, _text(file), cut)
    if len(found.records) > MAX_FILE_RECORDS:
        raise ImportRejected(
            "file",
            f"The file gives {len(found.records):,} records; at most {MAX_FILE_RECORDS:,} are allowed",
        )
    if not found.records:
        raise ImportRejected("file", _told(found.skipped) or "There is no text in the file")
    return found


def _text(file: File) -> str:
    """A table as it was written, with its quotes; everything else as text. ExtractError where there is none."""
    text = text_of(file)
    if file.content_type != CSV:
        return text
    with open_content(file) as stream:
        return decode_head(stream.read()) or text


def _take(link: DatasetFile, found: ImportResult) -> tuple[Skipped, ...]:
    with transaction.atomic():
        if not DatasetFile.objects.select_for_update().filter(pk=link.pk).exists():
            return ()  # it was detached meanwhile
        earlier = link.dataset.records.filter(file=link.file_id)
        _, refused = take_records(link.dataset, earlier, found.records, file=link.file)
    return (*found.skipped, *refused)


def _told(left_out: tuple[Skipped, ...]) -> str:
    """What was not taken, as much of it as fits."""
    if not left_out:
        return ""
    return "Left out: " + "; ".join(f"{skipped.where}: {skipped.reason}" for skipped in left_out)


def _set(pk: Any, **values: Any) -> None:
    DatasetFile.objects.filter(pk=pk).update(**{**values, "error": values["error"][:ERROR_CHARACTERS]})
