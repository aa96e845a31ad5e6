"""What every bot engine takes and yields: plain data, no models."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bots.retrieval.result import Passage, SearchResult

__all__ = [
    "Activity",
    "End",
    "Engine",
    "EngineError",
    "Event",
    "HistoryItem",
    "Passage",
    "Reasoning",
    "Search",
    "SearchResult",
    "Source",
    "Sources",
    "Text",
    "Turn",
    "Usage",
]


@dataclass(frozen=True)
class HistoryItem:
    """One earlier message, or the question."""

    type: Literal["user", "bot", "context", "instruction"]
    text: str


class Search(Protocol):
    """Searches the bot's dataset; `previous` is the question before this one."""

    async def __call__(self, query: str, *, previous: str = "", take: int = 5) -> SearchResult: ...


@dataclass(frozen=True)
class Turn:
    """One reply to make. The last user item of `history` is the question; an empty history means that the bot begins.

    `language` is a BCP-47 tag or empty; `search` is None where the bot has no dataset.
    """

    instructions: str = ""
    history: tuple[HistoryItem, ...] = ()
    model: str = "knowledge"
    options: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    features: frozenset[str] = frozenset()
    search: Search | None = None


@dataclass(frozen=True)
class Text:
    """The next piece of the answer, markdown."""

    text: str


@dataclass(frozen=True)
class Reasoning:
    """The next piece of what a model thinks; never shown to visitors."""

    text: str


@dataclass(frozen=True)
class Activity:
    """Something the bot does; the same kind and name come again with `done` when it is over."""

    kind: str
    name: str
    text: str
    done: bool


@dataclass(frozen=True)
class Usage:
    """Tokens that a provider counted."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Source:
    """Where an answer was taken from; `url` may be empty."""

    title: str
    url: str


@dataclass(frozen=True)
class Sources:
    """The sources of the whole answer."""

    items: tuple[Source, ...]


@dataclass(frozen=True)
class End:
    """The last event: the answer is complete, or was cut at a length limit."""

    reason: Literal["stop", "length"]


Event = Text | Reasoning | Activity | Usage | Sources | End


class EngineError(Exception):
    """A reply failed. `code` is what the visitor's message is chosen by, `cause` is for the operator's eyes only."""

    def __init__(self, code: str, *, retryable: bool, cause: str = ""):
        super().__init__(f"{code}: {cause}" if cause else code)
        self.code = code
        self.retryable = retryable
        self.cause = cause


class Engine(Protocol):
    """Makes replies. Engines hold no state of a turn: one instance serves all."""

    def check(self, name: str, options: Mapping[str, str]) -> None:
        """Raise ValueError naming what is allowed, when the part after the provider in a model string is wrong."""

    def reply(self, turn: Turn) -> AsyncIterator[Event]:
        """Yield events, End last. Raises EngineError. Closing the iterator stops the reply."""
        ...
