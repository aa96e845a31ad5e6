"""What an OpenAI-compatible service answers: events out of its chunks, and out of a whole answer."""

import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from bots.engines.base import EngineError, ProviderAccess, Reasoning, Text, Usage

from .base import Finish, RoundEvent, ToolCall
from .errors import error_event, failed

FINISHES: dict[str, Finish] = {
    "length": Finish("length"), "max_tokens": Finish("length"), "model_length": Finish("length"),
    "tool_calls": Finish("tools"), "function_call": Finish("tools"), "content_filter": Finish("filter"),
}  # fmt: skip
MAX_CALLS = 64


class _Call:
    """A tool call that is still being written."""

    __slots__ = ("arguments", "id", "index", "name")

    def __init__(self, index: Any) -> None:
        self.index = index
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []


class Completion:
    """One round as it arrives. `moved` is set by whatever brings it forward, `finished` once the service has said why it ends,
    `done` when nothing more comes; `size` is how many characters the model has written."""

    def __init__(self, access: ProviderAccess, sent: Sequence[str]) -> None:
        self._access = access
        self._sent = sent
        self._calls: list[_Call] = []
        self._usage: Usage | None = None
        self._reason = ""
        self._half = ""  # the first half of a surrogate pair, whose second comes with the next piece
        self.finished = False
        self.done = False
        self.moved = False
        self.size = 0

    @property
    def complete(self) -> bool:
        """Whether it may end here."""
        return self.finished or self.done

    def take(self, data: bytes) -> list[RoundEvent]:
        """The events of one chunk. Raises EngineError for an error of the service, or nonsense."""
        if data[:6] == b"[DONE]":
            self.done = True
        if self.done:
            return []
        chunk = self._parsed(data)
        usage = chunk.get("usage")
        if usage:
            self._count(usage)
        choices = chunk.get("choices")
        if not choices:
            return []
        try:
            choice = choices[0]
            delta = choice.get("delta")
            events: list[RoundEvent] = self._written(delta) if delta else []
            reason = choice.get("finish_reason")
        except (AttributeError, LookupError, TypeError):
            raise self._nonsense() from None
        if reason and not self.finished:
            if reason == "error":
                raise failed("broken", self._access, "ended the stream with an error")
            self._reason = reason if isinstance(reason, str) else "stop"
            self.finished = self.moved = True
        return events

    def take_whole(self, body: bytes) -> list[RoundEvent]:
        """The events of an answer that is no stream. Raises EngineError."""
        answer = self._parsed(body)
        try:
            choice = answer["choices"][0]
            events = self._written(choice["message"])
            self._reason = str(choice.get("finish_reason") or "stop")
        except (AttributeError, LookupError, TypeError):
            raise self._nonsense() from None
        self._count(answer.get("usage"))
        self.finished = self.done = True
        return events

    def end(self) -> Iterator[RoundEvent]:
        """What is known only at the end: tool calls, usage, why. Raises EngineError where the round is not complete."""
        if not self.complete:
            raise failed("broken", self._access, "ended the stream too early")
        finish = FINISHES.get(self._reason, Finish("stop"))
        calls = [ToolCall(call.id or f"call_{uuid.uuid4().hex}", call.name, "".join(call.arguments) or "{}") for call in self._calls]
        if finish.reason in {"length", "filter"}:
            calls = [call for call in calls if _is_json(call.arguments)]  # the others were cut
        elif any(not call.name for call in calls):
            raise failed("broken", self._access, "asked for a tool without a name")
        yield from calls
        if self._usage:
            yield self._usage
        yield Finish("tools") if calls and finish.reason == "stop" else finish

    def _parsed(self, data: bytes) -> dict[str, Any]:
        try:
            chunk = json.loads(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise self._nonsense() from None
        if type(chunk) is not dict:
            raise self._nonsense()
        if chunk.get("error"):
            raise error_event(chunk["error"], self._access, self._sent)
        return chunk

    def _written(self, delta: dict[str, Any]) -> list[RoundEvent]:
        events: list[RoundEvent] = []
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if thought and isinstance(thought, str):
            self._add(Reasoning, thought, events)
        content = delta.get("content")
        if content:
            if isinstance(content, str):
                self._add(Text, content, events)
            else:
                self._add_parts(content, events)
        for call in delta.get("tool_calls") or ():
            self._call(call)
        return events

    def _add_parts(self, content: list[dict[str, Any]], events: list[RoundEvent]) -> None:
        """Content in parts, as Mistral's thinking models write it."""
        for part in content:
            if part["type"] == "text":
                self._add(Text, part["text"], events)
            elif part["type"] == "thinking":
                for piece in part["thinking"]:
                    self._add(Reasoning, piece.get("text") or "", events)

    def _add(self, kind: type[Text | Reasoning], text: str, events: list[RoundEvent]) -> None:
        self.size += len(text)
        self.moved = True
        if not text.isascii() or self._half or "\0" in text:
            text = self._clean(text)
        if text:
            events.append(kind(text))

    def _clean(self, text: str) -> str:
        """Without NUL, which databases refuse, and with surrogates only in pairs."""
        text, self._half = self._half + text, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        if not text.isascii():
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text.replace("\0", "")

    def _call(self, delta: dict[str, Any]) -> None:
        """Some services leave out the index, some give every call the same one, some repeat id and name with each piece."""
        index, known = delta.get("index"), delta.get("id") or ""
        call = next((call for call in reversed(self._calls) if index is None or call.index == index), None)
        if call is None or (known and call.id and call.id != known):
            if len(self._calls) == MAX_CALLS:
                raise failed("broken", self._access, f"asked for more than {MAX_CALLS} tools at once")
            call = _Call(index)
            self._calls.append(call)
        call.id = call.id or str(known)
        function = delta.get("function") or {}
        call.name = call.name or str(function.get("name") or "")
        arguments = function.get("arguments")
        if arguments:
            piece = arguments if isinstance(arguments, str) else json.dumps(arguments)
            call.arguments.append(piece)
            self.size += len(piece)
        self.moved = True

    def _count(self, usage: Any) -> None:
        """Tokens as they were counted so far; cached and reasoning tokens are parts of these."""
        if isinstance(usage, dict):
            prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
            if isinstance(prompt, int) or isinstance(completion, int):
                self._usage = Usage(prompt if isinstance(prompt, int) else 0, completion if isinstance(completion, int) else 0)

    def _nonsense(self) -> EngineError:
        return failed("broken", self._access, "sent something that is no chat completion")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
