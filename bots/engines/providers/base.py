"""One round with a language model: what every client takes and yields. Plain data, no models."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from bots.engines.base import ProviderAccess, Reasoning, Text, Usage


@dataclass(frozen=True)
class Picture:
    """A picture that the model looks at; `type` is its media type."""

    type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class ToolCall:
    """What the model wants called. `arguments` is JSON as the model wrote it, which may be broken."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Prompt:
    """One message of the talk. Of an assistant: what it said and the `calls` it made; of a tool: the result of call `call_id`."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    pictures: tuple[Picture, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""
    name: str = ""  # of a tool: what was called


@dataclass(frozen=True)
class Tool:
    """What the model may call; `parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """One round. `model` is the provider's name of it; `options` are those of the model string (temperature …), checked.

    `max_tokens` 0 is the provider's own bound; `schema` is a JSON schema that the reply must follow. Without `calling` the model is to
    answer, whatever tools the talk so far has used.
    """

    access: ProviderAccess
    model: str
    prompts: tuple[Prompt, ...]
    tools: tuple[Tool, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    max_tokens: int = 0
    schema: Mapping[str, Any] | None = None
    stop: tuple[str, ...] = ()
    calling: bool = True


@dataclass(frozen=True)
class Finish:
    """The last event of a round: the model ended, was cut at its bound, wants tools, or its provider refuses to go on."""

    reason: Literal["stop", "length", "tools", "filter"]


RoundEvent = Text | Reasoning | ToolCall | Usage | Finish


class Client(Protocol):
    """Speaks a provider's language. Clients hold no state of a round."""

    def stream(self, request: Request) -> AsyncIterator[RoundEvent]:
        """Yield events as they arrive, tool calls once they are whole, Finish last. Closing the iterator ends the request.

        Raises `EngineError`: provider_key (401, 403), no_model (404), provider (any other refusal), rate (429), unavailable, timeout,
        broken (a stream that ends early or says nonsense). Tries again by itself only while nothing was yielded.
        """
        ...

    async def models(self, access: ProviderAccess) -> tuple[str, ...]:
        """Names of the models that the provider offers. Raises `EngineError` as above; the test of a connection."""
        ...

    async def moderate(self, access: ProviderAccess, text: str) -> tuple[str, ...]:
        """What the provider's `moderation_model` objects to, empty for nothing. Raises `EngineError`."""
        ...
