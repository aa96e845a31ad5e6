"""What a search takes and finds: plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .vectors import RecordVectors

Verdict = Literal["answer", "unsure", "unknown", "empty"]


@dataclass(frozen=True)
class Passage:
    """A record as found. `url` may be empty; `score` is 0..1. Where it was found by its meaning, it is below 0.45 for most records
    about something else and above 0.5 for most about the subject; by words alone it is the share of the question's words."""

    record_id: str
    title: str
    text: str
    url: str
    score: float


@dataclass(frozen=True)
class SearchResult:
    """Passages, best first, and how far to trust the first.

    `verdict`: "answer" (the first passage answers), "unsure" (one of the first three may), "unknown" (the question is
    about something else), "empty" (there are no records). `margin` is the first score minus the second, `coverage` the
    share (0..1) of the question's weighted words in the first passage, `familiarity` how much nearer the question is
    to the records than to everyday topics (0 is undecided, 1 is safe). `suggestions` are short titles of the first
    passages, `related` titles of other records to read next when the first one answers. `instruction` is what the operator
    wants the bot to be told about this outcome, or empty. `answers` is how many of the first passages together make the answer,
    where the verdict is "answer": more than one where the question asks for several things.
    """

    passages: tuple[Passage, ...] = ()
    verdict: Verdict = "empty"
    margin: float = 0.0
    coverage: float = 0.0
    familiarity: float = 0.0
    suggestions: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    instruction: str = ""
    answers: int = 1

    @property
    def confident(self) -> bool:
        """Whether the first passage may be given as the answer."""
        return self.verdict == "answer"


@dataclass(frozen=True)
class IndexRecord:
    """A dataset record as the index takes it: `vectors` as `pack_vectors` made them, or empty.

    `partial` is what there is of a record that is still being embedded.
    """

    record_id: str
    title: str
    text: str
    url: str = ""
    alternatives: Sequence[str] = ()
    vectors: bytes = b""
    partial: RecordVectors | None = None
