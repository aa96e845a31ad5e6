"""When a dataset changed last, and how it is searched: one indexed look-up says whether an index in memory is still good."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from bots.models import Dataset
from bots.retrieval.narrowing import SearchOptions

OPTIONS = (
    "reranker",
    "search_min_score",
    "search_max_records",
    "search_max_tokens",
    "match_instruction",
    "mismatch_instruction",
)


def touch(dataset_id: Any) -> None:
    """Call it in the transaction that changes records: every process's next search then reads them again."""
    Dataset.objects.filter(pk=dataset_id).update(updated_at=timezone.now())


def state_of(dataset_id: Any) -> tuple[datetime, SearchOptions] | None:
    """The version, to be compared with an earlier one, and the options of a search; None where the dataset is gone."""
    row = Dataset.objects.filter(pk=dataset_id).values_list("updated_at", *OPTIONS).first()
    if row is None:
        return None
    version, reranker, score, records, tokens, match, mismatch = row
    return version, SearchOptions(reranker or "", score, records, tokens, match or "", mismatch or "")
