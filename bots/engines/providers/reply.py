"""One reply by a language model: what is found out before, the rounds, and what comes after."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from bots.engines.base import CallResult, End, EngineError, Event, Note, Sources, Text, Turn

from .answer import Answer
from .calls import Calls, result_text
from .lookup import Lookup
from .loop import Loop
from .options import read_options
from .prompt import Findings, prompts_of, share
from .tools import Toolbox, kind_of


class Reply:
    """`events` may be read once. Raises `EngineError("no_model")` for a turn that is no language model's."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._toolbox = Toolbox(turn)
        self._calls = Calls(turn, self._toolbox)
        try:
            self._options = read_options(turn.options)
            self._loop = Loop(turn, self._options, self._toolbox, self._calls)
        except ValueError as error:
            raise EngineError("no_model", retryable=False, cause=str(error)) from None

    async def events(self) -> AsyncIterator[Event]:
        """Of the whole reply, End last."""
        for tool, problem in self._toolbox.left_out:
            yield Note("activity", tool.name, {kind_of(tool): {"name": tool.name, "error": problem}})
        lookup = Lookup(self._turn, share(self._options))
        async for event in lookup.events():
            yield event
        results: list[tuple[str, str]] = []
        async for made in self._called(at_start=True):
            if isinstance(made, tuple):
                results.append(made)
            else:
                yield made
        found = Findings(lookup.passages, lookup.instruction, tuple(results))
        prompts = prompts_of(self._turn, self._options, found, tools=bool(self._toolbox.tools))
        answer = Answer(self._turn, lookup.passages)
        async with aclosing(self._loop.events(prompts, answer)) as events:  # type: ignore[type-var]
            async for event in events:
                yield event
        if rest := answer.finish():
            yield Text(rest)
        async for made in self._called(at_start=False):
            if not isinstance(made, tuple):
                yield made
        if answer.sources:
            yield Sources(answer.sources)
        yield End(self._loop.reason)

    async def _called(self, *, at_start: bool) -> AsyncIterator[Event | tuple[str, str]]:
        """Call what is to be called without the model's wish; results by the function's name among the events."""
        for function in self._turn.functions:
            if not (function.at_start if at_start else function.at_end):
                continue
            async for event in self._calls.carry_out(function, {}):
                yield (function.name, result_text(event)) if isinstance(event, CallResult) else event
