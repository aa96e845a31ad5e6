"""Running the engine against a stand-in provider, over a real connection."""

from collections.abc import Mapping
from typing import Any

from bots.engines.base import (
    Ability,
    CallResult,
    End,
    EngineError,
    Event,
    Function,
    HistoryItem,
    Note,
    ProviderAccess,
    Text,
    Turn,
)
from bots.engines.registry import get_engine, parse_model
from bots.retrieval.result import Passage, SearchResult
from tests.support.provider import Provider

MODEL = "openai:gpt-test"
QUESTION = (HistoryItem("user", "Do you ship to Norway?"),)


class Run:
    """The `events` of a reply, and the `error` that ended it where one did."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.error: EngineError | None = None

    @property
    def text(self) -> str:
        return "".join(self.of(Text, "text"))

    @property
    def end(self) -> str:
        last = self.events[-1]
        assert isinstance(last, End), last
        return last.reason

    @property
    def notes(self) -> list[Mapping[str, Any]]:
        return self.of(Note, "meta")

    def of(self, kind: type, name: str = "") -> list[Any]:
        found = [event for event in self.events if isinstance(event, kind)]
        return [getattr(event, name) for event in found] if name else found


class Calls:
    """A turn's `call`: answers by the tool's name, with a result, an error or an exception; keeps what was called."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.made: list[tuple[int, str, Mapping[str, Any]]] = []

    async def __call__(self, number: int, tool: Function | Ability, arguments: Mapping[str, Any]) -> CallResult:
        self.made.append((number, tool.name, arguments))
        answer = self.answers[tool.name]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, CallResult) else CallResult(answer)


def access_to(provider: Provider, key: str = "") -> ProviderAccess:
    return ProviderAccess("openai", "openai", provider.url, key or provider.key, private=True)


async def run(provider: Provider, model: str = MODEL, key: str = "", **fields: Any) -> Run:
    """One reply. The turn asks about Norway unless `fields` says otherwise."""
    found = Run()
    access = access_to(provider, key)
    turn = Turn(model=model, options=parse_model(model).options, access=access, **{"history": QUESTION, **fields})
    try:
        engine, _ = get_engine(model, access)
        async for event in engine.reply(turn):
            found.events.append(event)
    except EngineError as error:
        found.error = error
    return found


def searching(*texts: str, instruction: str = "", error: Exception | None = None) -> Any:
    """A search that finds passages T1, T2 … of these texts; what it was asked is in its `asked`."""

    async def search(query: str, *, previous: str = "", take: int = 5, language: str = "") -> SearchResult:
        search.asked.append((query, previous, language))  # type: ignore[attr-defined]
        if error:
            raise error
        passages = tuple(Passage(str(n), f"T{n}", text, f"https://shop.example/{n}", 0.6) for n, text in enumerate(texts, start=1))
        return SearchResult(passages[:take], "answer" if passages else "empty", instruction=instruction)

    search.asked = []  # type: ignore[attr-defined]
    return search


def prompts(provider: Provider, number: int = 0) -> list[tuple[str, Any]]:
    """(role, content) of the messages of a request."""
    return [(message["role"], message.get("content")) for message in provider.requests[number]["messages"]]
