"""What every kind of ability takes and gives: plain data, no models."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from bots.retrieval.result import Passage

RESULT_CHARACTERS = 32_000  # of a result's text; a model would not read more


@dataclass(frozen=True)
class AbilitySpec:
    """A stored ability. ``instruction`` is a text with ``{{arguments}}``, or holds a fenced ``fetch``, ``search`` or ``mcp`` block.

    ``parameters`` is a JSON schema of the arguments, None where it follows from the instruction; ``pick`` a JSONPath into an answer.
    """

    instruction: str = ""
    name: str = ""
    description: str = ""
    file_id: UUID | None = None
    bot_id: UUID | None = None
    secret_id: str | None = None
    parameters: Mapping[str, Any] | None = None
    pick: str = ""
    writes: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of it: ``result`` is JSON data or a text, ``error`` a sentence where it failed.

    ``messages`` are ``{type, text}`` of a talk that took place, ``tokens`` what models counted.
    """

    result: Any = None
    error: str = ""
    messages: tuple[dict[str, str], ...] = ()
    tokens: int = 0


class AbilityError(Exception):
    """An ability could not be carried out; its text is the sentence for whoever asked for it."""


@dataclass(frozen=True)
class Request:
    """An HTTP request, ready to be sent."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """What came back, at most as many bytes as the fetcher lets in."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class SecretValue:
    """A secret of the owner; ``hosts`` are those that it may be sent to, ``*.`` for all below one."""

    name: str
    value: str = field(repr=False)
    hosts: tuple[str, ...] = ()


class Tools(Protocol):
    """What an ability reaches, of its owner's only. Every method raises ``AbilityError``."""

    async def fetch(self, request: Request) -> Answer:
        """Send a request to a public address."""
        ...

    async def secret(self, name: str) -> SecretValue:
        """The secret with this alias or id."""
        ...

    async def call_tool(self, url: str, headers: Mapping[str, str], name: str, arguments: Mapping[str, Any]) -> Any:
        """What a tool of an MCP server answers: JSON data or a text."""
        ...

    async def search(self, dataset: str, query: str) -> tuple[Passage, ...]:
        """Passages of the dataset with this id or alias, best first."""
        ...

    async def file_text(self, file_id: UUID) -> str:
        """What is written in a file."""
        ...

    async def ask(self, bot_id: UUID, instruction: str, text: str) -> tuple[str, int]:
        """A bot's reply to ``text``, and the tokens it cost."""
        ...


Kind = Callable[[AbilitySpec, Mapping[str, Any], Tools], Awaitable[Outcome]]


def trimmed(text: str) -> str:
    """A text within the bound of results, with a mark where it was cut."""
    return text if len(text) <= RESULT_CHARACTERS else f"{text[:RESULT_CHARACTERS]}…"
