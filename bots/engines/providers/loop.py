"""The rounds of a reply: the model speaks, its calls are carried out, it goes on, until there is an answer or a limit."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Literal

from bots.engines.base import CallResult, EngineError, Event, Text, Turn
from bots.engines.registry import parse_model

from .answer import Answer
from .base import Prompt, Request
from .calls import Calls, result_text
from .clients import client_for
from .options import ModelOptions
from .rounds import Round
from .tools import Toolbox, told

CONTINUE = "Your answer was cut off. Go on exactly where it ended, without repeating anything and without an introduction."
SPEAK = "Now answer the visitor."
STOPS = 4  # more are refused by providers


class Loop:
    """`events` may be read once; `reason` then says why it ended."""

    def __init__(self, turn: Turn, options: ModelOptions, toolbox: Toolbox, calls: Calls) -> None:
        if turn.access is None:
            raise EngineError("no_model", retryable=False, cause="There is no provider for this model")
        parsed = parse_model(turn.model)
        self._turn = turn
        self._options = options
        self._access = turn.access
        self._model = parsed.name or parsed.provider
        self._client = client_for(turn.access.kind)
        self._toolbox = toolbox
        self._calls = calls
        self._prompts: list[Prompt] = []
        self._spent = 0  # tokens that the model wrote
        self._with_calls = self._continued = 0  # rounds
        self._spoken_to = self._mended = False
        self.reason: Literal["stop", "length", "iteration"] = "stop"

    async def events(self, prompts: Sequence[Prompt], answer: Answer) -> AsyncIterator[Event]:
        """What happens in all rounds; `answer` takes the text. Raises EngineError, also where there is none in the end."""
        self._prompts = list(prompts)
        going_on = True
        while going_on:
            request = self._request()
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
            if current.calls and request.tools and request.calling:
                async for called in self._answered(current):
                    yield called
                answer.pause()
                going_on = self._has_tokens()
            else:
                going_on = self._goes_on(current, request, answer)
        if not answer.text.strip():
            cause = "The model used all its tokens without saying anything" if self.reason == "length" else "The model said nothing"
            raise EngineError("empty", retryable=True, cause=cause)

    def _goes_on(self, current: Round, request: Request, answer: Answer) -> bool:
        """Whether another round is due after one without calls."""
        if current.finish == "length":
            own = not request.max_tokens or current.written < request.max_tokens  # the provider's bound, not ours
            if own and current.said and self._continued < self._turn.limits.continuations and self._has_tokens():
                self._continued += 1
                self._prompts += (Prompt("assistant", current.said), Prompt("user", CONTINUE))
                answer.go_on()
                return True
            self.reason = "length"
        elif current.calls or (self._with_calls and self._is_last()):
            self.reason = "iteration"
        if not answer.text.strip():
            if self.reason == "stop" and self._with_calls and not self._spoken_to:
                self._spoken_to = True
                self._prompts.append(Prompt("user", SPEAK))
                return self._has_tokens()
            return False
        if problem := answer.misfit():
            if self._mended or self.reason == "length" or not self._has_tokens():
                raise EngineError("broken", retryable=True, cause=f"The reply does not follow its schema: {problem}")
            self._mended = True
            self._prompts += (Prompt("assistant", current.said), Prompt("user", f"Your answer does not fit: {problem}. Give all of it again."))
            answer.start_over()
            return True
        return False

    async def _answered(self, current: Round) -> AsyncIterator[Event]:
        """Carry out the round's calls; they and their results become prompts."""
        self._with_calls += 1
        calls = told(current.calls, len(self._prompts))
        self._prompts.append(Prompt("assistant", current.said, calls=calls))
        for call, shown in zip(current.calls, calls, strict=True):
            async for event in self._calls.answer(call):
                if isinstance(event, CallResult):
                    self._prompts.append(Prompt("tool", result_text(event), call_id=shown.id, name=shown.name))
                else:
                    yield event

    def _request(self) -> Request:
        left = self._turn.limits.tokens and self._turn.limits.tokens - self._spent
        return Request(
            access=self._access, model=self._model, prompts=tuple(self._prompts), options=self._options.sampling,
            tools=self._toolbox.tools, calling=not (self._spoken_to or self._is_last()),
            max_tokens=min(filter(None, (left, self._options.max_tokens)), default=0),
            schema=self._turn.schema, stop=tuple(dict.fromkeys((*self._turn.stop, *self._options.stop)))[:STOPS],
        )  # fmt: skip

    def _is_last(self) -> bool:
        """Whether no round with calls may follow."""
        return self._with_calls + 1 >= self._turn.limits.iterations

    def _has_tokens(self) -> bool:
        """Whether the model may write more; where not, that is why the reply ends."""
        if self._turn.limits.tokens and self._spent >= self._turn.limits.tokens:
            self.reason = "length"
            return False
        return True
