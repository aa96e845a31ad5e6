"""Which text a widget has in which language, where it comes from, and what has changed since: for the admin and the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from widgets.languages import direction, english_name, own_name
from widgets.models import LanguageMap, WidgetIntegration
from widgets.setup import Sources, sources_of
from widgets.texts import TRANSLATED, shown_texts, text_hash

MISSING = "missing"  # no setup was asked for since the language is there


@dataclass(frozen=True)
class Cell:
    """A field in a language. ``shown`` is what visitors read and ``origin`` whose it is; ``changed``: its source is another by now.

    ``beneath`` is what they would read without a person's ``override``: the machine's text while it fits, else the source.
    """

    field: str
    source: str
    shown: str
    origin: Literal["person", "machine", "written"]
    machine: str
    beneath: str
    override: str | None
    changed: bool


@dataclass(frozen=True)
class Row:
    """A language. ``state`` is pending, ready, failed or missing; ``retry_at`` is when a failed attempt is repeated."""

    language: str
    name: str
    own_name: str
    direction: str
    state: str
    cause: str
    translator: str
    translated_at: datetime | None
    retry_at: datetime | None
    cells: tuple[Cell, ...]

    @property
    def changed(self) -> bool:
        """Whether any of its texts was made of another source."""
        return any(cell.changed for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """The language that the texts are written in, the texts, and a row for each language that they are translated into."""

    sources: Sources
    rows: tuple[Row, ...]

    @property
    def pending(self) -> int:
        """How many languages are being translated."""
        return sum(row.state == LanguageMap.State.PENDING for row in self.rows)


def language_table(widget: WidgetIntegration) -> Table:
    """The table of a widget, its languages in their order; two queries."""
    sources = sources_of(widget)
    maps = {row.language: row for row in widget.language_maps.all()}
    return Table(sources, tuple(_row(code, maps.get(code), sources) for code in sources.targets))


def _row(code: str, found: LanguageMap | None, sources: Sources) -> Row:
    row = found or LanguageMap(language=code)
    shown = shown_texts(row.texts, row.hashes, row.overrides, sources.texts, sources.language)
    beneath = {**sources.texts, **shown_texts(row.texts, row.hashes, {}, sources.texts, sources.language)}
    return Row(
        language=code, name=english_name(code), own_name=own_name(code), direction=direction(code),
        state=row.state if found and (row.run or row.translated_at) else MISSING,
        cause=row.cause, translator=row.translator, translated_at=row.translated_at, retry_at=row.retry_at,
        cells=tuple(_cell(name, row, sources, shown, beneath[name]) for name in TRANSLATED),
    )  # fmt: skip


def _cell(name: str, row: LanguageMap, sources: Sources, shown: Mapping[str, str], beneath: str) -> Cell:
    source = sources.texts[name]
    override: Any = row.overrides.get(name)
    made_of = override["hash"] if override else row.hashes.get(name)
    return Cell(
        field=name, source=source, shown=shown.get(name, source),
        origin="person" if override else "machine" if name in shown else "written",
        machine=row.texts.get(name, ""), beneath=beneath, override=override["text"] if override else None,
        changed=made_of is not None and made_of != text_hash(source, sources.language),
    )  # fmt: skip
