"""What happens to blueprints, bots, datasets and records. The API, the admin, importers and commands call these.

All raise ``ValidationError`` by field where a value is refused, and store nothing then.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.meta import forget_meta, index_meta
from accounts.names import validate_meta
from accounts.objects import OwnedObject
from bots.importers import ImportedRecord, ImportResult, Skipped, import_file
from bots.models import Blueprint, Bot, Dataset, DatasetRecord
from bots.queue import queue_embedding
from bots.reimport import META_KEY, origin, pair, renew
from bots.versions import touch

T = TypeVar("T", bound=OwnedObject)
EMBEDDED_FIELDS = {"title", "text", "alternatives"}

# What a blueprint may give to widgets is known to the widgets app, which adds its check here:
# (owner, widget_defaults) -> them as they are stored; ValidationError where a value is refused.
WIDGET_DEFAULTS_CLEANERS: list[Callable[[Any, dict[str, Any]], dict[str, Any]]] = []


def create_blueprint(owner: Any, **fields: Any) -> Blueprint:
    """A new blueprint of ``owner``."""
    return _store(Blueprint(owner=owner, **_cleaned(owner, fields)))


def update_blueprint(blueprint: Blueprint, **fields: Any) -> Blueprint:
    """Set these fields; its widgets inherit the new values at once."""
    return _store(_set(blueprint, _cleaned(blueprint.owner, fields)))


def create_bot(owner: Any, **fields: Any) -> Bot:
    """A new bot of ``owner``."""
    return _store(Bot(owner=owner, **fields))


def update_bot(bot: Bot, **fields: Any) -> Bot:
    """Set these fields."""
    return _store(_set(bot, fields))


def delete_bot(bot: Bot) -> None:
    """Remove it; widgets, also those that had it from a blueprint, and conversations stay, without a bot."""
    with transaction.atomic():
        for blueprint in Blueprint.objects.filter(owner=bot.owner_id, widget_defaults__botId=str(bot.pk)):
            del blueprint.widget_defaults["botId"]
            blueprint.save()
        _delete(bot)


def create_dataset(owner: Any, **fields: Any) -> Dataset:
    """A new, empty dataset of ``owner``."""
    return _store(Dataset(owner=owner, **fields))


def update_dataset(dataset: Dataset, **fields: Any) -> Dataset:
    """Set these fields."""
    return _store(_set(dataset, fields))


def delete_dataset(dataset: Dataset) -> None:
    """Remove it with its records; bots that used it stay."""
    _delete(dataset)


def create_record(dataset: Dataset, **fields: Any) -> DatasetRecord:
    """A new record, found by its words at once and by its meaning when the embedding task has been there."""
    return _store_record(DatasetRecord(dataset=dataset, **fields))


def update_record(record: DatasetRecord, **fields: Any) -> DatasetRecord:
    """Set these fields; vectors of a text that changed are dropped."""
    if any(getattr(record, name) != fields[name] for name in EMBEDDED_FIELDS & fields.keys()):
        record.vectors = None
    for name, value in fields.items():
        setattr(record, name, value)
    return _store_record(record)


def delete_record(record: DatasetRecord) -> None:
    """Remove it; the next search does not find it."""
    dataset_id = record.dataset_id
    with transaction.atomic():
        record.delete()
        touch(dataset_id)


def import_records(dataset: Dataset, filename: str, data: bytes, base_url: str = "") -> ImportResult:
    """Take the records of a file of any kind that can be imported; the result says what was taken and what was left out.

    A file of the same name and base address replaces what it gave before: records that did not change keep their vectors,
    those that the file has no more are removed. ``ImportRejected`` where the whole file is refused.
    ``base_url`` is where visitors can read the file.
    """
    found = import_file(filename, data, base_url)
    source = origin(filename, base_url)
    names = {f"meta__{META_KEY}__{name}": value for name, value in source[META_KEY].items()}
    taken, refused = take_records(dataset, dataset.records.filter(**names), found.records, meta=source)
    return ImportResult(tuple(taken), (*found.skipped, *refused))


def take_records(
    dataset: Dataset, earlier: QuerySet[DatasetRecord], items: Sequence[ImportedRecord], **fields: Any
) -> tuple[list[ImportedRecord], list[Skipped]]:
    """Put ``items`` in the place of the ``earlier`` records; what was taken, and what a record may not be.

    Records that did not change keep their vectors. ``fields`` are those that all of them have.
    """
    taken: list[ImportedRecord] = []
    refused: list[Skipped] = []
    for number, item in enumerate(items, start=1):
        try:
            _clean_record(_row(dataset, item, fields))
        except ValidationError as error:
            reason = "; ".join(
                f"{field}: {', '.join(messages)}" for field, messages in error.message_dict.items()
            )
            refused.append(Skipped(f"record {number} ({item.title[:60]})", reason))
        else:
            taken.append(item)
    with transaction.atomic():
        _replace(dataset, earlier, taken, fields)
    return taken, refused


def records_changed(dataset_id: Any) -> None:
    """Call it in the transaction that changed records: searches see them, and those without vectors get them."""
    touch(dataset_id)
    queue_embedding(dataset_id)


def _replace(
    dataset: Dataset, earlier: QuerySet[DatasetRecord], items: list[ImportedRecord], fields: dict[str, Any]
) -> None:
    """Touches only what differs."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)  # one import at a time, or both would add
    rows, gone = pair(earlier.defer("vectors").order_by("pk"), items)
    new = [_row(dataset, item, fields) for row, item in zip(rows, items, strict=True) if row is None]
    changed = [row for row, item in zip(rows, items, strict=True) if row and renew(row, item)]
    for row in changed:
        row.updated_at = timezone.now()
    if not (new or changed or gone):
        return
    DatasetRecord.objects.filter(pk__in=[row.pk for row in gone]).delete()
    DatasetRecord.objects.bulk_update(
        changed, ["text", "alternatives", "meta", "vectors", "updated_at"], batch_size=100
    )
    DatasetRecord.objects.bulk_create(new, batch_size=200)
    records_changed(dataset.pk)


def _row(dataset: Dataset, item: ImportedRecord, fields: dict[str, Any]) -> DatasetRecord:
    return DatasetRecord(
        dataset=dataset,
        title=item.title,
        text=item.text,
        url=item.url,
        alternatives=list(item.alternatives),
        **{**fields, "meta": {**item.meta, **fields.get("meta", {})}},
    )


def _set(item: T, fields: dict[str, Any]) -> T:
    for name, value in fields.items():
        setattr(item, name, value)
    return item


def _store(item: T) -> T:
    item.full_clean()
    with transaction.atomic():
        item.save()
        index_meta(item)
    return item


def _cleaned(owner: Any, fields: dict[str, Any]) -> dict[str, Any]:
    # Only where they are given: what was stored before, with a bot that is gone by now, must not keep a name from changing.
    if "widget_defaults" not in fields:
        return fields
    defaults = fields["widget_defaults"]
    if not isinstance(defaults, dict):
        raise ValidationError({"widget_defaults": "must be an object"})
    for clean in WIDGET_DEFAULTS_CLEANERS:
        defaults = clean(owner, defaults)
    return {**fields, "widget_defaults": defaults}


def _delete(item: OwnedObject) -> None:
    with transaction.atomic():
        forget_meta(item)
        item.delete()


def _store_record(record: DatasetRecord) -> DatasetRecord:
    _clean_record(record)
    with transaction.atomic():
        record.save()
        records_changed(record.dataset_id)
    return record


def _clean_record(record: DatasetRecord) -> None:
    # dataset, file and page come from the services; vectors may be deferred: checking them would load and store them
    record.full_clean(exclude=["dataset", "file", "page", "vectors"])
    try:
        validate_meta(record.meta)
    except ValidationError as error:
        raise ValidationError({"meta": error.messages}) from None
