"""The loop between a turn and a model: rounds, calls, goings-on, until there is an answer or a limit."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from bots.engines.base import CallResult, End, EngineError, Event, Note, Sources, Text, Turn
from bots.engines.registry import parse_model

from .answer import Answer
from .base import Prompt, Request
from .calls import Calls, result_text
from .clients import client_for
from .lookup import Lookup
from .options import read_options
from .prompt import Findings, prompts_of, share
from .rounds import Round
from .tools import Toolbox, kind_of, told

CONTINUE = "Your answer was cut off. Go on exactly where it ended, without repeating anything and without an introduction."
SPEAK = "Now answer the visitor."
STOPS = 4  # more are refused by providers


class Reply:
    """One reply. `events` may be read once."""

    def __init__(self, turn: Turn) -> None:
        if turn.access is None:
            raise EngineError("no_model", retryable=False, cause="There is no provider for this model")
        try:
            parsed = parse_model(turn.model)
            self._options = read_options(turn.options)
        except ValueError as error:
            raise EngineError("no_model", retryable=False, cause=str(error)) from None
        self._turn = turn
        self._access = turn.access
        self._model = parsed.name or parsed.provider
        self._client = client_for(turn.access.kind)
        self._toolbox = Toolbox(turn)
        self._calls = Calls(turn, self._toolbox)
        self._prompts: list[Prompt] = []
        self._spent = 0  # tokens that the model wrote
        self._reason: str = "stop"

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
        self._prompts = prompts_of(self._turn, self._options, found, tools=bool(self._toolbox.tools))
        answer = Answer(self._turn, lookup.passages)
        async with aclosing(self._rounds(answer)) as events:  # type: ignore[type-var]
            async for event in events:
                yield event
        if rest := answer.finish():
            yield Text(rest)
        async for made in self._called(at_start=False):
            if not isinstance(made, tuple):
                yield made
        if answer.sources:
            yield Sources(answer.sources)
        yield End(self._reason)  # type: ignore[arg-type]

    async def _called(self, *, at_start: bool) -> AsyncIterator[Event | tuple[str, str]]:
        """Call what is to be called without the model's wish; results by the function's name among the events."""
        for function in self._turn.functions:
            if not (function.at_start if at_start else function.at_end):
                continue
            async for event in self._calls.carry_out(function, {}):
                yield (function.name, result_text(event)) if isinstance(event, CallResult) else event

    async def _rounds(self, answer: Answer) -> AsyncIterator[Event]:
        limits = self._turn.limits
        with_calls = continued = 0
        spoken_to = mended = False
        while True:
            if limits.tokens and self._spent >= limits.tokens:
                self._reason = "length"
                break
            last = with_calls + 1 >= limits.iterations
            request = self._request(tools=not last and not spoken_to)
            current = Round(self._client, request)
            async with aclosing(current.events()) as events:  # type: ignore[type-var]
                async for event in events:
                    if type(event) is not Text:
                        yield event
                    elif shown := answer.feed(event.text):
                        yield Text(shown)
            if rest := answer.end_round():
                yield Text(rest)
            self._spent += current.written
            if current.finish == "filter":
                raise EngineError("refused", retryable=False, cause="The provider's content filter ended the reply")
            if current.calls and request.tools:
                with_calls += 1
                async for called in self._answered(current):
                    yield called
                answer.pause()
                continue
            if current.finish == "length":
                if current.said and continued < limits.continuations and _is_own_bound(current, request):
                    continued += 1
                    self._prompts += (Prompt("assistant", current.said), Prompt("user", CONTINUE))
                    answer.go_on()
                    continue
                self._reason = "length"
            elif current.calls or (last and with_calls):
                self._reason = "iteration"
            elif with_calls and not spoken_to and not answer.text.strip():
                spoken_to = True
                self._prompts.append(Prompt("user", SPEAK))
                continue
            if answer.text.strip() and (problem := answer.misfit()):
                if mended or self._reason == "length":
                    raise EngineError("broken", retryable=True, cause=f"The reply does not follow its schema: {problem}")
                mended = True
                self._prompts += (Prompt("assistant", current.said), Prompt("user", f"Your answer does not fit: {problem}. Give all of it again."))
                answer.start_over()
                continue
            break
        if not answer.text.strip():
            cause = "The model used all its tokens without saying anything" if self._reason == "length" else "The model said nothing"
            raise EngineError("empty", retryable=True, cause=cause)

    async def _answered(self, current: Round) -> AsyncIterator[Event]:
        """Carry out the round's calls; they and their results become prompts."""
        calls = told(current.calls, len(self._prompts))
        self._prompts.append(Prompt("assistant", current.said, calls=calls))
        for call, shown in zip(current.calls, calls, strict=True):
            async for event in self._calls.answer(call):
                if isinstance(event, CallResult):
                    self._prompts.append(Prompt("tool", result_text(event), call_id=shown.id, name=shown.name))
                else:
                    yield event

    def _request(self, *, tools: bool) -> Request:
        left = self._turn.limits.tokens and self._turn.limits.tokens - self._spent
        return Request(
            access=self._access, model=self._model, prompts=tuple(self._prompts), tools=self._toolbox.tools if tools else (),
            options=self._options.sampling, max_tokens=min(filter(None, (left, self._options.max_tokens)), default=0),
            schema=self._turn.schema, stop=tuple(dict.fromkeys((*self._turn.stop, *self._options.stop)))[:STOPS],
        )  # fmt: skip


def _is_own_bound(current: Round, request: Request) -> bool:
    """Whether the provider cut the round earlier than it was asked to."""
    return not request.max_tokens or current.written < request.max_tokens
