"""A worker's hold on one language of a widget: taken, kept up, and given back with what came of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.ids import new_id
from widgets.models import LanguageMap, WidgetIntegration
from widgets.setup import fits, sources_of, waiting
from widgets.texts import text_hash

CLAIM_SECONDS = 30.0  # how long after the last sign of life of a worker another one may begin
CAUSE_CHARACTERS = 500
DIED = "The worker that translated it ended each time; its log may say why."
CLAIMED = ["source_hash", "run", "attempts", "retry_at", "claimed_until"]
STORED = ["state", "cause", "claimed_until", "retry_at", "texts", "hashes", "translator", "translated_at", "updated_at"]
State = LanguageMap.State


@dataclass(frozen=True)
class Claim:
    """``run`` is what the row must still have when something is stored, ``texts`` are to be translated by field, of the fields ``kept``
    the machine's text stays, ``attempt`` counts from 1."""

    row_id: UUID
    run: UUID
    widget_id: UUID
    owner_id: Any
    texts: Mapping[str, str]
    kept: frozenset[str]
    source: str
    target: str
    attempt: int


def take_claim(row_id: UUID) -> Claim | None:
    """What the row waits for; None where it does not wait, or somebody else has it."""
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
        kept = frozenset(name for name, text in sources.texts.items() if not row.anew and fits(row, name, sources))
        texts = {name: text for name, text in sources.texts.items() if text and name not in kept}
        return Claim(row.pk, row.run, row.widget_id, row.widget.owner_id, texts, kept, sources.language, row.language, row.attempts)


def keep_claim(claim: Claim) -> None:
    """A sign of life."""
    until = timezone.now() + timedelta(seconds=CLAIM_SECONDS)
    LanguageMap.objects.filter(pk=claim.row_id, run=claim.run).update(claimed_until=until)


def finish(claim: Claim, texts: Mapping[str, str] | None, cause: str = "") -> None:
    """Store ``texts``; with None what an earlier translator made stays."""
    with _own(claim) as row:
        if row is None:
            return
        row.state, row.cause, row.claimed_until = State.READY, cause, None
        if texts is not None:
            row.texts = {name: row.texts[name] for name in claim.kept} | dict(texts)
            row.hashes = {name: row.hashes[name] for name in claim.kept} | {name: text_hash(claim.texts[name], claim.source) for name in texts}
            row.translator, row.translated_at = settings.TRANSLATOR, timezone.now()


def fail(claim: Claim, cause: str, again: float | None) -> bool:
    """To be tried again after so many seconds, or failed with None; whether the row was still this claim's."""
    with _own(claim) as row:
        if row is None:
            return False
        row.cause, row.claimed_until = cause[:CAUSE_CHARACTERS], None
        if again is None:
            row.state = State.FAILED
        else:
            row.retry_at = timezone.now() + timedelta(seconds=again)
        return True


@contextmanager
def _own(claim: Claim) -> Iterator[LanguageMap | None]:
    """The row, locked and saved, while it still belongs to this claim; None where another setup has overtaken it."""
    with transaction.atomic():
        list(WidgetIntegration.objects.select_for_update().filter(pk=claim.widget_id))  # as a setup that marks does
        row = LanguageMap.objects.select_for_update().filter(pk=claim.row_id, run=claim.run, state=State.PENDING).first()
        yield row
        if row is not None:
            row.save(update_fields=STORED)
