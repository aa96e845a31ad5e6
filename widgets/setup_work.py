"""The translation of one widget into one language: claimed, done, and stored or tried again."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from accounts.ids import new_id
from widgets.models import LanguageMap, WidgetIntegration
from widgets.setup import fits, sources_of, waiting
from widgets.slots import Slot, slot
from widgets.texts import text_hash
from widgets.translating import NO_TRANSLATOR, translate_texts
from widgets.translators.base import TranslatorError
from widgets.translators.registry import NONE

CLAIM_SECONDS = 30.0  # how long after the last sign of life of a worker another one may begin
BACKOFF_SECONDS = 2.0
BACKOFF_SECONDS_MAX = 300.0
CAUSE_CHARACTERS = 500
DIED = "The worker that translated it ended each time; its log may say why."
CLAIMED = ["source_hash", "run", "attempts", "retry_at", "claimed_until"]
STORED = ["state", "cause", "claimed_until", "retry_at", "texts", "hashes", "translator", "translated_at", "updated_at"]
State = LanguageMap.State
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """A claimed row: ``run`` is what it must still have when something is stored, ``attempt`` counts from 1, ``kept`` are fields whose
    machine's text stays."""

    row_id: UUID
    run: UUID
    widget_id: UUID
    owner_id: Any
    texts: Mapping[str, str]
    kept: frozenset[str]
    source: str
    target: str
    attempt: int


@dataclass(frozen=True)
class Again:
    """To be asked for once more after so many seconds."""

    seconds: float


FULL = Again(0)  # every place was taken: whoever gives one back asks for what waits


def translate_language(row_id: UUID) -> Again | None:
    """Translate what a row waits for, and store it. None where that is done, or somebody else's business."""
    with slot(CLAIM_SECONDS) as place:
        if place is None:
            return FULL
        work = _claim(row_id)
        if work is None:
            return None
        if settings.TRANSLATOR == NONE:
            _finish(work, None, NO_TRANSLATOR)
            return None
        try:
            texts = asyncio.run(_translated(work, place))
        except TranslatorError as error:
            return _fail(work, error)
        except Exception:
            logger.exception("the language %s of the widget %s could not be translated", work.target, work.widget_id)
            return _fail(work, TranslatorError("Something went wrong here; the log says what.", retryable=True))
        _finish(work, texts, "")
        return None


async def _translated(work: Work, place: Slot) -> dict[str, str]:
    async with _signs_of_life(lambda: _keep(work, place)):
        return await translate_texts(work.texts, work.source, work.target, work.owner_id, work.widget_id)


@asynccontextmanager
async def _signs_of_life(keep: Callable[[], None]) -> AsyncIterator[None]:
    async def beat() -> None:
        while True:
            await asyncio.sleep(CLAIM_SECONDS / 3)
            try:
                await asyncio.to_thread(keep)
            except Exception:  # database or cache are away: the work may still be finished
                logger.warning("a claim could not be renewed", exc_info=True)

    beating = asyncio.ensure_future(beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


def _keep(work: Work, place: Slot) -> None:
    try:
        place.keep()
        LanguageMap.objects.filter(pk=work.row_id, run=work.run).update(claimed_until=timezone.now() + timedelta(seconds=CLAIM_SECONDS))
    finally:
        connections.close_all()  # nobody else ends what a thread of the pool has opened


def _claim(row_id: UUID) -> Work | None:
    now = timezone.now()
    with transaction.atomic():
        row = waiting(now).select_for_update(of=("self",)).select_related("widget__blueprint").filter(pk=row_id).first()
        if row is None:
            return None
        sources = sources_of(row.widget)
        if row.language not in sources.targets:
            # The next setup removes it; here the order of locks, widget before map, forbids that.
            LanguageMap.objects.filter(pk=row.pk).update(state=State.READY)
            return None
        if row.source_hash != sources.hash or row.run is None:  # the texts have changed since
            row.source_hash, row.run, row.attempts = sources.hash, new_id(), 0
        if row.attempts >= settings.TRANSLATOR_ATTEMPTS:  # one that ends with an error is not pending any more
            LanguageMap.objects.filter(pk=row.pk).update(state=State.FAILED, cause=row.cause or DIED, claimed_until=None)
            return None
        row.attempts += 1
        row.retry_at, row.claimed_until = None, now + timedelta(seconds=CLAIM_SECONDS)
        LanguageMap.objects.bulk_update([row], CLAIMED)  # no signal: visitors see nothing of it
        kept = frozenset(name for name, text in sources.texts.items() if not row.anew and fits(row, name, text))
        texts = {name: text for name, text in sources.texts.items() if text and name not in kept}
        return Work(row.pk, row.run, row.widget_id, row.widget.owner_id, texts, kept, sources.language, row.language, row.attempts)


def _finish(work: Work, texts: Mapping[str, str] | None, cause: str) -> None:
    """Store ``texts``; with None what an earlier translator made stays."""
    with _own(work) as row:
        if row is None:
            return
        row.state, row.cause, row.claimed_until = State.READY, cause, None
        if texts is not None:
            row.texts = {name: row.texts[name] for name in work.kept} | dict(texts)
            row.hashes = {name: row.hashes[name] for name in work.kept} | {name: text_hash(work.texts[name]) for name in texts}
            row.translator, row.translated_at = settings.TRANSLATOR, timezone.now()


@contextmanager
def _own(work: Work) -> Iterator[LanguageMap | None]:
    """The row, locked and saved, while it still belongs to this work; None where another setup has overtaken it."""
    with transaction.atomic():
        list(WidgetIntegration.objects.select_for_update().filter(pk=work.widget_id))  # as a setup that marks does
        row = LanguageMap.objects.select_for_update().filter(pk=work.row_id, run=work.run, state=State.PENDING).first()
        yield row
        if row is not None:
            row.save(update_fields=STORED)


def _fail(work: Work, error: TranslatorError) -> Again | None:
    again = error.retryable and work.attempt < settings.TRANSLATOR_ATTEMPTS
    seconds = _backoff(work.attempt, error.retry_after)
    with _own(work) as row:
        if row is None:
            return None
        row.cause, row.claimed_until = error.cause[:CAUSE_CHARACTERS], None
        if again:
            row.retry_at = timezone.now() + timedelta(seconds=seconds)
        else:
            row.state = State.FAILED
    return Again(seconds) if again else None


def _backoff(attempt: int, retry_after: float | None) -> float:
    usual = BACKOFF_SECONDS * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311 # nosec - so that 45 languages do not come back together
    return min(max(usual, retry_after or 0), BACKOFF_SECONDS_MAX)
