"""One page of a source: read it, and make its records what it says now."""

import hashlib
import json
import logging
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from bots.crawling import NotTaken, SiteReader, read_page
from bots.importers import ImportedRecord
from bots.importers.cutting import Cut, parse_separators
from bots.models import DatasetRecord, DatasetSource, SourcePage
from bots.services import take_records
from bots.versions import touch
from fetcher import FetchRefused

logger = logging.getLogger(__name__)

VERSION = 1  # of what pages are cut into: another one has all of them read again
ERROR_CHARACTERS = 300
BASIS_CHARACTERS = 16
State = SourcePage.State


def store_page(source: DatasetSource, page: SourcePage, reader: SiteReader) -> bool:
    """Read a page and store what came of it; whether it failed. A page that cannot be read this time keeps its records."""
    dataset = source.dataset
    cut = Cut(parse_separators(dataset.separators or ""), dataset.record_max_tokens)
    basis = _digest([VERSION, cut.separators, cut.max_tokens])[:BASIS_CHARACTERS]
    try:
        found = read_page(reader, page.url, cut, page.etag if page.digest.startswith(basis) else "")
        if found.records is not None and (twin := _twin(source, page, found.elsewhere)):
            raise NotTaken(f"It is the same page as {twin}")
    except NotTaken as error:
        _store(source, page, (), state=State.SKIPPED, error=error.message, digest="", etag="")
    except FetchRefused as error:
        _store(source, page, None, state=State.FAILED, error=error.message)
        return True
    except Exception:
        logger.exception("page %s could not become records", page.pk)
        _store(source, page, None, state=State.FAILED, error="Something went wrong on our side")
        return True
    else:
        if found.records is None:
            _store(source, page, None, state=State.READY, error="")
            return False
        digest = basis + _digest([[r.title, r.text, r.url] for r in found.records])[:48]
        new = found.records if digest != page.digest else None
        _store(source, page, new, state=State.READY, error="", digest=digest, etag=found.etag)
    return False


def _twin(source: DatasetSource, page: SourcePage, elsewhere: Sequence[str]) -> str:
    """Another page of the source that is this one."""
    others = source.pages.filter(url__in=elsewhere, run=source.run).exclude(pk=page.pk)
    return others.values_list("url", flat=True).first() or ""


def _store(
    source: DatasetSource, page: SourcePage, records: Sequence[ImportedRecord] | None, **values: Any
) -> None:
    """``records`` None: those that there are stay as they are. Nothing where a newer synchronization began or the page is gone."""
    with transaction.atomic():
        if not _locked(source, page):
            return
        earlier = DatasetRecord.objects.filter(page=page)
        if records:
            taken, refused = take_records(source.dataset, earlier, records, page=page)
            if refused and not taken:
                values |= {"state": State.FAILED, "digest": "", "etag": ""}
            if refused:
                values["error"] = "; ".join(f"{each.where}: {each.reason}" for each in refused)
        elif records is not None and earlier.exists():
            earlier.delete()
            touch(source.dataset_id)
        values["error"] = values["error"][:ERROR_CHARACTERS]
        SourcePage.objects.filter(pk=page.pk).update(fetched_at=timezone.now(), **values)


def _locked(source: DatasetSource, page: SourcePage) -> bool:
    rows = DatasetSource.objects.select_for_update().filter(pk=source.pk, run=source.run)
    return rows.exists() and SourcePage.objects.filter(pk=page.pk, run=source.run).exists()


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
