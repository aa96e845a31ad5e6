"""Setup: a widget's own texts in each of its languages. Here rows are marked; tasks work them off (``widgets/setup_work.py``)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.commits import after_commit
from accounts.ids import new_id
from widgets.effective import effective_values
from widgets.fields import refusal
from widgets.languages import known_languages
from widgets.models import LanguageMap, WidgetIntegration
from widgets.texts import TRANSLATED, source_hash, source_language, text_hash
from widgets.translators.registry import NONE

TASK = "widgets.tasks.translate_language"
MARKED = ["state", "source_hash", "run", "anew", "attempts", "retry_at", "claimed_until", "cause"]
State = LanguageMap.State


@dataclass(frozen=True)
class Sources:
    """What is translated: the effective texts by field, their language, and the languages that they are wanted in."""

    texts: Mapping[str, str]
    language: str
    targets: tuple[str, ...]

    @property
    def hash(self) -> str:
        """Of all texts together."""
        return source_hash(self.texts, self.language)


def sources_of(widget: WidgetIntegration) -> Sources:
    """The texts that count, a blueprint's included. The first language of the widget is the one that they are written in."""
    values = effective_values(widget)
    languages = known_languages(values["language"])
    texts = {name: values[name] for name in TRANSLATED}
    return Sources(texts, source_language(languages), languages[1:])


def start_setup(widget: WidgetIntegration, *, only_changed: bool = False) -> list[str]:
    """Have every text translated anew, or with ``only_changed`` those that no longer fit; the codes that are pending now.

    A language that is pending for the same texts already is joined. Languages that the widget does not have any more go, but for
    those that a person wrote something in.
    """
    with transaction.atomic():
        widget = WidgetIntegration.objects.select_for_update(of=("self",)).select_related("blueprint").get(pk=widget.pk)
        sources = sources_of(widget)
        rows = {row.language: row for row in widget.language_maps.select_for_update()}
        for code in rows.keys() - set(sources.targets):
            if not rows[code].overrides:
                rows[code].delete()
        wanted = [code for code in sources.targets if not only_changed or _is_outdated(rows.get(code), sources)]
        marked = [rows.get(code) or LanguageMap(widget=widget, language=code, state=State.READY) for code in wanted]
        for row in marked:
            _mark(row, sources.hash, anew=not only_changed)
        # In bulk, because until something is stored nobody sees a difference whom a signal would have to tell.
        LanguageMap.objects.bulk_create(row for row in marked if row._state.adding)
        LanguageMap.objects.bulk_update((row for row in marked if row.language in rows), MARKED)
        queue_languages([row.pk for row in marked])
    return wanted


def needs_setup(widget: WidgetIntegration) -> bool:
    """Whether a language of the widget is missing, failed, or was made of other texts than those that count now."""
    sources = sources_of(widget)
    rows = {row.language: row for row in widget.language_maps.all()}
    return any(_is_outdated(rows.get(code), sources) or rows[code].state == State.FAILED for code in sources.targets)


def override_texts(widget: WidgetIntegration, language: str, **texts: str | None) -> None:
    """A person's texts by field in one of the widget's languages, which no setup touches; None: the machine's again.

    ValidationError where the widget is not translated into that language, or by field; then nothing is stored.
    """
    sources = sources_of(widget)
    if language not in sources.targets:
        raise ValidationError({"language": f"must be one that the widget is translated into: {', '.join(sources.targets) or 'there is none'}"})
    problems = {name: problem for name, text in texts.items() if text is not None and (problem := refusal(name, text))}
    if problems:
        raise ValidationError(problems)
    with _locked(widget, language) as row:
        for name, text in texts.items():
            row.overrides.pop(name, None)
            if text is not None:
                row.overrides[name] = {"text": text, "hash": text_hash(sources.texts[name], sources.language)}


def copy_languages(widget: WidgetIntegration, clone: WidgetIntegration) -> None:
    """The language maps of a widget for its clone; what is pending is pending there too."""
    for row in widget.language_maps.all():
        row.pk, row.widget, row.run, row.claimed_until = new_id(), clone, new_id(), None
        row.save(force_insert=True)
        if row.state == State.PENDING:
            queue_languages([row.pk])


def queue_languages(row_ids: Sequence[UUID]) -> None:
    """Have languages worked on once this transaction is committed. With the broker away the beat queues them when it is back."""
    after_commit(_send, row_ids)


def _send(row_ids: Sequence[UUID]) -> None:
    for row_id in row_ids:  # ends with the first that fails, because each waits for the broker
        current_app.send_task(TASK, (str(row_id),))


def waiting(now: datetime) -> QuerySet[LanguageMap]:
    """Languages that somebody should be working on: new ones, those whose next attempt is due, those whose worker is gone."""
    due = Q(retry_at=None) | Q(retry_at__lte=now)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return LanguageMap.objects.filter(due, free, state=State.PENDING)


def fits(row: LanguageMap, field: str, sources: Sources) -> bool:
    """Whether the machine's text was made of this source."""
    return row.hashes.get(field) == text_hash(sources.texts[field], sources.language)


def _is_outdated(row: LanguageMap | None, sources: Sources) -> bool:
    if row is None or (row.state != State.READY or settings.TRANSLATOR == NONE):
        return row is None or row.source_hash != sources.hash
    return any(text and not fits(row, name, sources) for name, text in sources.texts.items())


def _mark(row: LanguageMap, wanted: str, *, anew: bool) -> None:
    joined = row.state == State.PENDING and row.source_hash == wanted and row.anew >= anew
    row.retry_at = None  # who asks again does not want to wait for the next attempt
    if not joined:
        row.state, row.source_hash, row.run, row.anew = State.PENDING, wanted, new_id(), anew
        row.attempts, row.claimed_until, row.cause = 0, None, ""


@contextmanager
def _locked(widget: WidgetIntegration, language: str) -> Iterator[LanguageMap]:
    """The row of a language, made where there is none, locked, and saved with what a person changed."""
    with transaction.atomic():
        WidgetIntegration.objects.select_for_update().get(pk=widget.pk)
        row, _ = LanguageMap.objects.select_for_update().get_or_create(widget=widget, language=language, defaults={"state": State.READY})
        yield row
        row.save(update_fields=["overrides", "updated_at"])
