"""What every bot engine takes and yields: plain data, no models."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from bots.retrieval.result import Passage, SearchResult

__all__ = [
    "Ability",
    "Activity",
    "Attachment",
    "CallResult",
    "Caller",
    "Channels",
    "End",
    "Engine",
    "EngineError",
    "Event",
    "Feature",
    "Function",
    "HistoryItem",
    "Limits",
    "Note",
    "Passage",
    "ProviderAccess",
    "Reasoning",
    "Search",
    "SearchResult",
    "Source",
    "Sources",
    "Text",
    "Turn",
    "Usage",
    "Waiting",
]


@dataclass(frozen=True)
class HistoryItem:
    """One earlier message, or the question."""

    type: Literal["user", "bot", "context", "instruction"]
    text: str


class Search(Protocol):
    """Searches the bot's dataset; `previous` holds the questions before this one, a line each, `language` (BCP-47) is the visitor's."""

    async def __call__(self, query: str, *, previous: str = "", take: int = 5, language: str = "") -> SearchResult: ...


@dataclass(frozen=True)
class Function:
    """What the caller's program can do for the bot; `parameters` is a JSON schema of an object.

    With `channel` the result comes as a message on that channel, with `page` from the visitor's page; else it is `data`, known
    beforehand. `at_start` and `at_end` say that it is to be called without the model's wish.
    """

    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    data: Any = None
    channel: str = ""
    at_start: bool = False
    at_end: bool = False
    page: bool = False


@dataclass(frozen=True)
class Ability:
    """What the bot can do by itself; `instruction` says how. `parameters` is a JSON schema of an object.

    What `writes` changes something in the world: the visitor is asked before.
    """

    name: str
    description: str
    instruction: str
    secret_id: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""  # empty where the caller described it with the request
    parameters: Mapping[str, Any] = field(default_factory=dict)
    writes: bool = False


@dataclass(frozen=True)
class Attachment:
    """A file that was given with the question: its text, as far as there is any, and the bytes of a picture."""

    name: str
    type: str
    text: str
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Feature:
    """Something that the caller switches on for this turn, by name."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """How far one reply may go: rounds with the model, goings-on after a cut, calls of functions and abilities, and tokens that the
    model writes (0: as many as it likes)."""

    iterations: int = 16
    continuations: int = 4
    calls: int = 8
    tokens: int = 0


class Channels(Protocol):
    """The caller's channels. Listening begins with the call, so that nothing is missed; awaiting the answer gives the next message."""

    async def __call__(self, channel: str) -> Callable[[], Awaitable[Any]]: ...


@dataclass(frozen=True)
class ProviderAccess:
    """Where a language model is and how to get in. `private` allows an address that is not on the public internet."""

    name: str
    kind: Literal["openai", "anthropic", "google"]
    base_url: str
    key: str = field(default="", repr=False)
    private: bool = False
    moderation_model: str = ""


@dataclass(frozen=True)
class CallResult:
    """What came of a call: JSON data, or a sentence where it failed. Both are told to the model. `tokens` is what it cost."""

    value: Any = None
    error: str = ""
    tokens: int = 0


class Caller(Protocol):
    """Carries out abilities and functions of the page: at most once, and asks the visitor first where that is due."""

    async def __call__(self, number: int, tool: Function | Ability, arguments: Mapping[str, Any]) -> CallResult:
        """The result of the `number`-th call of this reply (from 1), whose arguments fit the tool's schema.

        Raises `EngineError("interrupted")` where nobody knows whether an earlier attempt has done it.
        """
        ...


@dataclass(frozen=True)
class Turn:
    """One reply to make. The last user item of `history` is the question; an empty history means that the bot begins.

    `language` is a BCP-47 tag or empty, `time_zone` an IANA name or empty; `search` is None where the bot has no dataset, `channels`
    where nobody can answer on one. `features` are the widget's, `extra_features` the caller's. `access` is the provider's of a language
    model; `call` carries out abilities and functions of the page, None where nothing can be called. `page` is what the site said of
    its page: data, never instructions. `schema` is a JSON schema that the whole reply must follow, where it is given.
    """

    instructions: str = ""
    history: tuple[HistoryItem, ...] = ()
    model: str = "knowledge"
    options: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    features: frozenset[str] = frozenset()
    search: Search | None = None
    functions: tuple[Function, ...] = ()
    abilities: tuple[Ability, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    extra_features: tuple[Feature, ...] = ()
    limits: Limits = Limits()
    time_zone: str = ""
    channels: Channels | None = None
    access: ProviderAccess | None = None
    call: Caller | None = None
    page: Mapping[str, Any] = field(default_factory=dict)
    schema: Mapping[str, Any] | None = None
    stop: tuple[str, ...] = ()


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
class Waiting:
    """A function's result is awaited on a channel; comes again with `done` when it is there."""

    channel: str
    function: str
    arguments: Mapping[str, Any]
    done: bool


@dataclass(frozen=True)
class Note:
    """A message that belongs to the making of the answer, of any type of the log; shown to operators only."""

    type: str
    text: str
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Usage:
    """Tokens that a provider counted; `model` where it is another than the turn's."""

    input_tokens: int
    output_tokens: int
    model: str = ""


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
    """The last event: the answer is complete, or was cut at a limit: of its length, or of what the turn may do.

    "unknown" is complete too: the bot said that it does not know.
    """

    reason: Literal["stop", "length", "iteration", "unknown"]


Event = Text | Reasoning | Activity | Waiting | Note | Usage | Sources | End


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
