"""Addresses whose pages are records of a dataset. The API and the admin call these; ``source_sync`` does the work."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from bots.crawling import checked_address
from bots.models import Dataset, DatasetRecord, DatasetSource, SourcePage
from bots.queue import queue_source
from bots.versions import touch
from fetcher import FetchRefused

PROBLEMS_SHOWN = 50
STATES = tuple(SourcePage.State.values)


def create_source(dataset: Dataset, url: str, kind: str | None = None) -> DatasetSource:
    """Have a page, or all pages of a sitemap, read in the background. Without a ``kind`` the address says what it is.

    ``ValidationError`` for what cannot be fetched at all, and for an address that the dataset has already.
    """
    try:
        address = checked_address(url)
    except FetchRefused as refusal:
        raise ValidationError({"url": refusal.message}) from None
    source = DatasetSource(dataset=dataset, url=address, kind=kind or kind_of(address))
    source.full_clean(exclude=["dataset"])
    with transaction.atomic():
        Dataset.objects.select_for_update().get(pk=dataset.pk)
        if dataset.sources.filter(url=address).exists():
            raise ValidationError(
                {"url": ValidationError("is a source of this dataset already", code="unique")}
            )
        source.save()
        queue_source(source.pk)
    return source


def kind_of(url: str) -> str:
    """What an address looks like."""
    path = url.partition("?")[0].lower()
    sitemap = path.endswith((".xml", ".xml.gz")) or "sitemap" in path.rpartition("/")[2]
    return DatasetSource.Kind.SITEMAP if sitemap else DatasetSource.Kind.PAGE


def sync_source(source: DatasetSource) -> None:
    """Have the pages read again; what a synchronization that is under way still does is not kept."""
    with transaction.atomic():
        DatasetSource.objects.filter(pk=source.pk).update(
            run=F("run") + 1, state=DatasetSource.State.PENDING, error=""
        )
        queue_source(source.pk)


def delete_source(source: DatasetSource) -> None:
    """Remove it with its pages and their records."""
    with transaction.atomic():
        # Locked first: a page that is being stored comes before this or finds nothing.
        DatasetSource.objects.select_for_update().filter(pk=source.pk).first()
        DatasetRecord.objects.filter(page__source=source.pk).delete()
        DatasetSource.objects.filter(pk=source.pk).delete()
        touch(source.dataset_id)


def pending() -> list[Any]:
    """Ids of the sources that are not done."""
    return list(waiting().values_list("pk", flat=True))


def waiting() -> QuerySet[DatasetSource]:
    """Sources whose pages are to be listed, or to be read."""
    return DatasetSource.objects.filter(state__in=(DatasetSource.State.PENDING, DatasetSource.State.RUNNING))


def with_progress(queryset: QuerySet[DatasetSource]) -> QuerySet[DatasetSource]:
    """With the number of pages in each state, as ``pages_pending``, ``pages_ready``, ``pages_skipped`` and ``pages_failed``."""
    counts = {f"pages_{state}": Count("pages", filter=Q(pages__state=state)) for state in STATES}
    return queryset.annotate(**counts)


def problems(source: DatasetSource) -> QuerySet[SourcePage]:
    """The first pages that gave no records, with the reasons."""
    failed = (SourcePage.State.FAILED, SourcePage.State.SKIPPED)
    return source.pages.filter(state__in=failed).order_by("state", "pk")[:PROBLEMS_SHOWN]
