"""What importers take and return: bytes in, plain records out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 5 * 1024 * 1024
MAX_RECORD_CHARS = 6000
MAX_RECORD_BYTES = 65_536  # what a record can store
MAX_TITLE_CHARS = 300


@dataclass(frozen=True)
class ImportedRecord:
    """One record for a dataset; `title` may be a heading path, `url` may be empty."""

    title: str
    text: str
    url: str = ""
    alternatives: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Skipped:
    """Something of the file that was not taken: where ("line 3", "section Notes") and why."""

    where: str
    reason: str


@dataclass(frozen=True)
class ImportResult:
    """What an import took, in order, and what it left out."""

    records: tuple[ImportedRecord, ...] = ()
    skipped: tuple[Skipped, ...] = field(default=())


class ImportRejected(ValueError):
    """The whole file is refused. `field` is what is wrong, `line` (from 1) where, when that is known."""

    def __init__(self, field: str, message: str, line: int | None = None):
        super().__init__(message)
        self.field = field
        self.message = message
        self.line = line
