"""Synchronizing a source, one step a task: first its pages are listed, then they are read a few at a time. The rows are the queue.

Nothing is open in the database while the network is waited for; each result is stored only where no newer synchronization began.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from bots.crawling import Listing, NotTaken, SiteReader, host_of, list_pages
from bots.models import DatasetSource, SourcePage
from bots.source_pages import store_page
from bots.sources import waiting
from bots.versions import touch
from fetcher import FetchRefused

logger = logging.getLogger(__name__)

BATCH = 10
BATCH_SECONDS = 20
HOST_SECONDS = 300  # longer than any step
BUSY_SECONDS = 5.0  # until a host is tried again that another source is reading
GIVE_UP_AFTER = 10  # pages in a row that could not be read
GIVEN_UP = "Not tried, because the pages before it could not be read"
ERROR_CHARACTERS = 300
ROWS = 500
State, PageState = DatasetSource.State, SourcePage.State


def step(source_id: Any) -> float | None:
    """Take a source one step further. Seconds until the next one, None where nothing is left to do."""
    source = waiting().select_related("dataset").filter(pk=source_id).first()
    if source is None:
        return None
    with _alone_at(host_of(source.url)) as free:
        if not free:
            return BUSY_SECONDS
        delay = _list(source) if source.state == State.PENDING else _read(source)
    return delay if waiting().filter(pk=source_id).exists() else None


def reader_of(source: DatasetSource) -> SiteReader:
    """Asks for robots.txt once in each synchronization."""
    return SiteReader(source.url, f"{source.pk}:{source.run}")


def _list(source: DatasetSource) -> float:
    try:
        if source.kind == DatasetSource.Kind.SITEMAP:
            listing = list_pages(reader_of(source), source.url)
        else:
            listing = Listing((source.url,), True, "")
    except (NotTaken, FetchRefused) as error:
        _close(source, State.FAILED, error.message)
    except Exception:
        logger.exception("source %s could not be listed", source.pk)
        _close(source, State.FAILED, "Something went wrong on our side")
    else:
        _adopt(source, listing)
    return 0.0


def _adopt(source: DatasetSource, listing: Listing) -> None:
    """Make the listed pages those to be read; those that are listed no more go with their records."""
    with transaction.atomic():
        if not current(source):
            return
        known = dict(source.pages.values_list("url", "pk"))
        listed = [known[url] for url in listing.urls if url in known]
        gone = list(set(known.values()) - set(listed)) if listing.complete else []
        for pks in _chunks(gone):
            SourcePage.objects.filter(pk__in=pks).delete()
        for pks in _chunks(listed):
            SourcePage.objects.filter(pk__in=pks).update(
                run=source.run, state=PageState.PENDING, error="", fetched_at=None
            )
        new = (SourcePage(source=source, url=url, run=source.run) for url in listing.urls if url not in known)
        SourcePage.objects.bulk_create(new, batch_size=ROWS)
        DatasetSource.objects.filter(pk=source.pk).update(
            state=State.RUNNING, error=listing.note[:ERROR_CHARACTERS]
        )
        if gone:
            touch(source.dataset_id)


def _read(source: DatasetSource) -> float:
    """The next few pages; one, where the site wants a pause after each."""
    reader, until, delay = reader_of(source), time.monotonic() + BATCH_SECONDS, 0.0
    pages = list(_unread(source).order_by("pk")[:BATCH])
    for page in pages:
        failed = store_page(source, page, reader)
        if failed and _hopeless(source):
            with transaction.atomic():
                if current(source):
                    _unread(source).update(state=PageState.FAILED, error=GIVEN_UP)
            break
        try:
            delay = reader.delay(page.url)
        except FetchRefused:
            pass  # it has been told as the page's error
        if delay or time.monotonic() > until:
            break
    if not _unread(source).exists():
        _finish(source)
    return delay


def _unread(source: DatasetSource) -> Any:
    return SourcePage.objects.filter(source=source, run=source.run, state=PageState.PENDING)


def _hopeless(source: DatasetSource) -> bool:
    """Whether nothing but failures came last."""
    tried = (
        SourcePage.objects.filter(source=source, run=source.run)
        .exclude(fetched_at=None)
        .order_by("-fetched_at")
    )
    states = list(tried.values_list("state", flat=True)[:GIVE_UP_AFTER])
    return states == [PageState.FAILED] * GIVE_UP_AFTER


def _finish(source: DatasetSource) -> None:
    pages = SourcePage.objects.filter(source=source)
    if pages.filter(state=PageState.READY).exists():
        _close(source, State.READY, None)
        return
    first = pages.exclude(error="").order_by("pk").first()
    told = first.error if first else ""
    if source.kind == DatasetSource.Kind.SITEMAP:
        told = f"None of the {pages.count():,} pages could be taken; the first: {told}"
    _close(source, State.FAILED, told)


def _close(source: DatasetSource, state: str, error: str | None) -> None:
    """``error`` None keeps what was noted when the pages were listed."""
    values: dict[str, Any] = {"state": state}
    if error is not None:
        values["error"] = error[:ERROR_CHARACTERS]
    if state == State.READY:
        values["synced_at"] = timezone.now()
    waiting().filter(pk=source.pk, run=source.run).update(**values)


def current(source: DatasetSource) -> bool:
    """Whether this synchronization is still the newest; in a transaction, which then keeps it so."""
    return waiting().select_for_update().filter(pk=source.pk, run=source.run).exists()


@contextmanager
def _alone_at(host: str) -> Iterator[bool]:
    """One request at a time for a host, whichever source wants something of it."""
    lock = f"reading:{host}"
    free = cache.add(lock, 1, HOST_SECONDS)
    try:
        yield free
    finally:
        if free:
            cache.delete(lock)


def _chunks(pks: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(pks), ROWS):
        yield pks[start : start + ROWS]
