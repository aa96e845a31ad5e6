"""Copies of bots, datasets, skillsets and files: everything but the id and the alias.

Whoever copies what somebody else shares gets nothing that refers to what is not theirs.
"""

import re
from collections.abc import Set
from typing import Any, TypeVar

from django.db import models

from accounts.objects import OwnedObject, Visibility
from bots import services, skills
from bots.models import Ability, Blueprint, Bot, Dataset, DatasetFile, DatasetRecord, Skillset
from bots.queue import queue_sync
from files.errors import FileRefused
from files.models import File
from files.services import create_file, store_content
from files.storage import open_content

M = TypeVar("M", bound=models.Model)
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OWN = frozenset(("id", "alias", "owner", "created_at", "updated_at"))
CONTENT = frozenset(("key", "size", "content_type", "filename", "pending", "text", "text_state", "text_error"))
ROWS = 200


class Copier:
    """Copies for ``owner``. ``resources`` is what was copied, new id by old id; references between copies follow it."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner
        self.resources: dict[str, str] = {}
        self._blueprints: dict[str, str] = {}

    def blueprint(self, blueprint: Blueprint) -> Blueprint:
        """The blueprint alone, without what it gives to widgets. What is copied from then on belongs to it."""
        copy = services.create_blueprint(self.owner, **self.fields(blueprint, {"widget_defaults"}))
        self._blueprints[str(blueprint.pk)] = str(copy.pk)
        return copy

    def bot(self, bot: Bot) -> Bot:
        """The same bot once more."""
        return self._made(bot, services.create_bot(self.owner, **self.fields(bot)))

    def skillset(self, skillset: Skillset) -> Skillset:
        """The skillset without its abilities."""
        return self._made(skillset, skills.create_skillset(self.owner, **self.fields(skillset)))

    def ability(self, ability: Ability, skillset: Skillset) -> Ability:
        """One ability, into a copy of its skillset; ids that its instruction names are those of the copies."""
        fields = self.fields(ability, {"skillset"})
        if not self.owns(ability.skillset):
            fields["secret_id"] = fields["space_id"] = None
        fields["instruction"] = self.rewired(ability.instruction)
        return self._made(ability, skills.create_ability(skillset, **fields))

    def dataset(self, dataset: Dataset) -> Dataset:
        """The dataset with its records, their vectors and its files."""
        copy = self._made(dataset, services.create_dataset(self.owner, **self.fields(dataset)))
        sources = File.objects.filter(records__dataset=dataset).only("id", "owner").distinct()
        files: dict[Any, Any] = {file.pk: self.reference(file) for file in sources}
        rows: list[DatasetRecord] = []
        for record in dataset.records.order_by("pk").iterator(ROWS):
            fields = self.fields(record, {"dataset", "file", "page"})
            rows.append(DatasetRecord(dataset=copy, file_id=files.get(record.file_id), **fields))
            if len(rows) == ROWS:
                DatasetRecord.objects.bulk_create(rows)
                rows = []
        DatasetRecord.objects.bulk_create(rows)
        self._links(dataset, copy)
        services.records_changed(copy.pk)
        return copy

    def file(self, file: File, **other: Any) -> File:
        """The file with its bytes under a key of its own, without them where the storage has lost them. ``other`` fields differ."""
        copy = self._made(file, create_file(self.owner, **{**self.fields(file, CONTENT), **other}))
        try:
            with open_content(file) as stream:
                store_content(copy, stream, file.filename, file.content_type)
        except (OSError, FileRefused):
            pass
        return copy

    def rewired(self, text: str) -> str:
        """The text with the ids of copies in the place of those that were copied."""
        return UUID_TEXT.sub(lambda match: self.resources.get(match[0], match[0]), text)

    def reference(self, item: OwnedObject | None) -> Any:
        """The id that a copy refers to instead: of the copy, of the same object where it is the owner's, else None."""
        if item is None:
            return None
        copied = self.resources.get(str(item.pk)) or self._blueprints.get(str(item.pk))
        return copied or (item.pk if self.owns(item) else None)

    def owns(self, item: OwnedObject) -> bool:
        """Whether it is the owner's already."""
        return bool(item.owner_id == self.owner.pk)

    def fields(self, item: models.Model, besides: Set[str] = frozenset()) -> dict[str, Any]:
        """What a copy takes over of ``item``, besides these; whoever copies what others share does not share it on."""
        fields: dict[str, Any] = {}
        for column in item._meta.concrete_fields:
            if column.name in OWN or column.name in besides:
                continue
            value = getattr(item, column.name)
            if column.is_relation:
                fields[column.attname] = self.reference(value)
            elif column.name != "visibility" or self.owns(item):  # type: ignore[arg-type]  # only owned objects have one
                fields[column.name] = value
        return fields

    def _made(self, item: models.Model, copy: M) -> M:
        self.resources[str(item.pk)] = str(copy.pk)
        return copy

    def _links(self, dataset: Dataset, copy: Dataset) -> None:
        for link in dataset.attached_files.select_related("file"):
            if file_id := self.reference(link.file):
                fields = self.fields(link, {"dataset", "file"})
                made = DatasetFile.objects.create(dataset=copy, file_id=file_id, **fields)
                if made.state == DatasetFile.State.PENDING:
                    queue_sync(made.pk)


def clone_bot(bot: Bot, owner: Any) -> Bot:
    """A copy for ``owner``, who may be somebody else where the bot is shared."""
    return Copier(owner).bot(bot)


def goes_along(item: OwnedObject, owner: Any) -> bool:
    """Whether a copy of the whole has this part: what others share as a whole leaves out what is private."""
    return item.owner_id == owner.pk or getattr(item, "visibility", None) != Visibility.PRIVATE
