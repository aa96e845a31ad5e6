"""One round with a model: what it says while it says it, what it wants, and what that cost."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing

from bots.engines.base import Activity, EngineError, Reasoning, Text, Usage
from bots.retrieval.tokens import BYTES_PER_TOKEN, tokens

from .base import Client, Finish, Request, RoundEvent, ToolCall
from .thoughts import Thoughts

THINKING = ("thinking", "model", "")  # kind, name and text of the activity
SLACK = 2  # our count is an estimate: so many times the bound end a model that does not heed it


class Round:
    """After `events`: `said`, `calls`, `finish`, and `written`, the tokens that the model wrote."""

    def __init__(self, client: Client, request: Request) -> None:
        self._client = client
        self._request = request
        self._pieces: list[str] = []
        self._bytes = 0
        self._most = request.max_tokens * BYTES_PER_TOKEN * SLACK
        self.calls: list[ToolCall] = []
        self.finish = "stop"
        self.written = 0

    @property
    def said(self) -> str:
        """The round's text."""
        return "".join(self._pieces)

    async def events(self) -> AsyncIterator[Text | Reasoning | Activity | Usage]:
        """Usage comes once, counted by the provider or else estimated, also before an EngineError once anything was written."""
        thinking = False
        usage: Usage | None = None
        try:
            async with aclosing(self._parts()) as parts:  # type: ignore[type-var]
                async for event in parts:
                    if isinstance(event, Text | Reasoning):
                        if thinking != isinstance(event, Reasoning):
                            yield Activity(*THINKING, done=thinking)
                            thinking = not thinking
                        if type(event) is Text:
                            self._pieces.append(event.text)
                        yield event
                        if self._is_too_much(event.text):
                            break
                    elif isinstance(event, ToolCall):
                        self.calls.append(event)
                        self._bytes += len(event.arguments.encode("utf-8", "replace"))
                    elif isinstance(event, Usage):
                        usage = event
                    else:
                        self.finish = event.reason
        except EngineError:
            if self._bytes:
                yield usage or self._estimate()
            raise
        if thinking:
            yield Activity(*THINKING, done=True)
        usage = usage or self._estimate()
        self.written = usage.output_tokens
        yield usage

    async def _parts(self) -> AsyncIterator[RoundEvent]:
        """The client's events, with thoughts told from text."""
        thoughts = Thoughts()
        async with aclosing(self._client.stream(self._request)) as stream:  # type: ignore[type-var]
            async for event in stream:
                if thoughts.open and isinstance(event, Text | Finish):
                    for part in thoughts.read(event.text) if isinstance(event, Text) else thoughts.finish():
                        yield part
                    if isinstance(event, Text):
                        continue
                yield event

    def _is_too_much(self, text: str) -> bool:
        self._bytes += len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        if self._most and self._bytes > self._most:
            self.finish = "length"
            return True
        return False

    def _estimate(self) -> Usage:
        request = self._request
        read = sum(tokens(prompt.text) for prompt in request.prompts)
        read += sum(tokens(tool.description + json.dumps(dict(tool.parameters))) for tool in request.tools)
        return Usage(read, -(-self._bytes // BYTES_PER_TOKEN))
