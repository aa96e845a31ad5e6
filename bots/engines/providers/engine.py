"""The engine of language models, whoever provides them."""

from collections.abc import AsyncIterator, Mapping

from bots.engines.base import Event, Turn

from .options import read_options
from .reply import Reply


class ProviderEngine:
    """Answers by the model of `turn.model` at `turn.access`."""

    def check(self, name: str, options: Mapping[str, str]) -> None:
        """Raise ValueError for an unknown option or a value out of range. Any name may be a model's."""
        read_options(options)

    def reply(self, turn: Turn) -> AsyncIterator[Event]:
        """Yield events, End last. Raises EngineError: those of clients, and refused, empty, broken, interrupted."""
        return Reply(turn).events()
