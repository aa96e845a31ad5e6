"""When a dataset's records changed last: one indexed look-up says whether an index in memory is still good."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from bots.models import Dataset


def touch(dataset_id: Any) -> None:
    """Call it in the transaction that changes records: every process's next search then reads them again."""
    Dataset.objects.filter(pk=dataset_id).update(updated_at=timezone.now())


def version_of(dataset_id: Any) -> datetime | None:
    """Compare it with an earlier one; None where the dataset is gone."""
    return Dataset.objects.filter(pk=dataset_id).values_list("updated_at", flat=True).first()
