"""Rounds with a stand-in provider, over a real connection."""

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from bots.engines.base import EngineError, ProviderAccess, Reasoning, Text, Usage
from bots.engines.providers.base import Finish, Prompt, Request, RoundEvent, ToolCall
from bots.engines.providers.openai import OpenAIClient
from tests.support.provider import Provider

PROMPTS = (Prompt("system", "You help."), Prompt("user", "What does the crimson llama eat?"))


@dataclass
class Seen:
    """The `events` of a round, and the `error` that ended it where one did."""

    events: list[RoundEvent] = field(default_factory=list)
    error: EngineError | None = None

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Text))

    @property
    def reasoning(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Reasoning))

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(event.name, event.arguments) for event in self.events if isinstance(event, ToolCall)]

    @property
    def usage(self) -> tuple[int, int] | None:
        return next(((event.input_tokens, event.output_tokens) for event in self.events if isinstance(event, Usage)), None)

    @property
    def finish(self) -> str:
        last = self.events[-1]
        assert isinstance(last, Finish), last
        return last.reason

    @property
    def code(self) -> str:
        return self.error.code if self.error else ""

    @property
    def cause(self) -> str:
        return self.error.cause if self.error else ""


def access_to(provider: Provider, **fields: Any) -> ProviderAccess:
    return ProviderAccess(**{"name": "shop", "kind": "openai", "base_url": provider.url, "key": provider.key, "private": True, **fields})


async def seen(provider: Provider, access: ProviderAccess | None = None, **fields: Any) -> Seen:
    """One round."""
    found = Seen()
    request = Request(**{"access": access or access_to(provider), "model": "gpt-test", "prompts": PROMPTS, **fields})
    try:
        async with aclosing(OpenAIClient().stream(request)) as events:  # type: ignore[type-var]
            async for event in events:
                found.events.append(event)
    except EngineError as error:
        found.error = error
    return found
