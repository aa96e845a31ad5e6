"""An engine under watch: what visitors write and what the bot says is checked, and errors do not repeat texts."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from bots.engines.base import End, Engine, EngineError, Event, Note, ProviderAccess, Reasoning, Text, Turn
from bots.engines.knowledge.catalog import say
from bots.engines.knowledge.language import detect
from bots.engines.providers.clients import client_for
from bots.engines.sieve import Sieve

PARAGRAPH_CHARACTERS = 600  # of a reply that the provider checks together
CONTEXT_CHARACTERS = 1200  # of what was said before that it looks at again
QUESTION_CHARACTERS = 20_000


@dataclass(frozen=True)
class Guard:
    """What to look for: `words`, a line each, and with `access` what its moderation model objects to. `private` keeps what a provider
    says out of causes, because it may repeat what was sent."""

    moderation: bool = False
    words: str = ""
    access: ProviderAccess | None = None
    private: bool = False

    @property
    def asks_provider(self) -> bool:
        """Whether the provider has a moderation model."""
        return self.moderation and self.access is not None and bool(self.access.moderation_model)


class GuardedEngine:
    """Refuses a question in the visitor's language, and ends a reply before the visitor sees what must not be said."""

    def __init__(self, engine: Engine, guard: Guard) -> None:
        self._engine = engine
        self._guard = guard

    def check(self, name: str, options: Mapping[str, str]) -> None:
        """As the engine does."""
        self._engine.check(name, options)

    async def reply(self, turn: Turn) -> AsyncIterator[Event]:
        """The engine's events. Raises `EngineError("moderated")` where the reply was ended; what came before is kept."""
        try:
            async with aclosing(self._watched(turn)) as events:
                async for event in events:
                    yield event
        except EngineError as error:
            if not self._guard.private:
                raise
            cause = error.cause.partition(":")[0]
            raise EngineError(error.code, retryable=error.retryable, cause=cause) from None

    async def _watched(self, turn: Turn) -> AsyncGenerator[Event]:
        if not self._guard.moderation:
            async with aclosing(self._engine.reply(turn)) as plain:  # type: ignore[type-var]
                async for event in plain:
                    yield event
            return
        question = next((item.text for item in reversed(turn.history) if item.type == "user"), "")
        if because := await self._objection(question[-QUESTION_CHARACTERS:]):
            yield Note("activity", "moderation", {"moderation": {"of": "question", "because": because}})
            yield Text(say("refuse", detect(question, turn.language)))
            yield End("stop")
            return
        sieve, said, held = Sieve(self._guard.words), "", ""
        async with aclosing(self._engine.reply(turn)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, Reasoning):
                    continue  # nobody has checked it
                if not isinstance(event, Text | End):
                    yield event
                    continue
                last = isinstance(event, End)
                held += self._sifted(sieve, "" if isinstance(event, End) else event.text, last)
                while piece := self._piece(held, last):
                    held = held[len(piece) :]
                    if self._guard.asks_provider:
                        self._refuse(await self._asked(said[-CONTEXT_CHARACTERS:] + piece))
                    said += piece
                    yield Text(piece)
                if last:
                    yield event

    def _piece(self, held: str, last: bool) -> str:
        """What of the text may be looked at now: all of it, or where a provider is asked up to a blank line or the last space."""
        if last or not self._guard.asks_provider:
            return held
        end = held.rfind("\n\n")
        if end < 0 and len(held) >= PARAGRAPH_CHARACTERS:
            end = held.rfind(" ") + 1 or len(held)
        return held[: max(end, 0)]

    def _sifted(self, sieve: Sieve, text: str, last: bool) -> str:
        released = sieve.feed(text, last)
        self._refuse(sieve.found)
        return released

    def _refuse(self, because: str) -> None:
        if because:
            raise EngineError("moderated", retryable=True, cause=f"Moderation ended the reply: {because}")

    async def _objection(self, text: str) -> str:
        sieve = Sieve(self._guard.words)
        sieve.feed(text, True)
        return sieve.found or (await self._asked(text) if self._guard.asks_provider and text.strip() else "")

    async def _asked(self, text: str) -> str:
        assert self._guard.access is not None  # noqa: S101 (asks_provider says so)
        kinds = await client_for(self._guard.access.kind).moderate(self._guard.access, text)
        return ", ".join(kinds)


def guarded(engine: Engine, guard: Guard) -> Engine:
    """The engine itself where there is nothing to look for."""
    return GuardedEngine(engine, guard) if guard.moderation or guard.private else engine
