"""Carrying out what a model wants called. Whatever goes wrong is a sentence for the model; the reply goes on."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from django.conf import settings

from bots.engines.base import Ability, Activity, CallResult, EngineError, Event, Function, Note, Turn, Waiting

from .base import ToolCall
from .rounds import THINKING
from .tools import Toolbox, can_call, kind_of

RESULT_CHARACTERS = 32_000
NOT_HERE = "It cannot be called here."


class Calls:
    """The calls of one reply, in order. `made` counts those that were carried out."""

    def __init__(self, turn: Turn, toolbox: Toolbox) -> None:
        self._turn = turn
        self._toolbox = toolbox
        self.made = 0

    async def answer(self, call: ToolCall) -> AsyncIterator[Event | CallResult]:
        """What a model wanted; its result comes last."""
        wanted = self._toolbox.read(call)
        if wanted.tool is None or wanted.error:
            name = wanted.tool.name if wanted.tool else call.name[:64]
            given = wanted.arguments or {"text": call.arguments[:1000]}
            result = CallResult(error=wanted.error)
            yield _note(kind_of(wanted.tool), name, given, result)
            yield result
            return
        async for event in self.carry_out(wanted.tool, wanted.arguments):
            yield event

    async def carry_out(self, tool: Function | Ability, arguments: Mapping[str, Any]) -> AsyncIterator[Event | CallResult]:
        """Call it, unless too many were called; its result comes last. Raises EngineError where it may have been done already."""
        kind, name = kind_of(tool), tool.name
        result = CallResult(error=NOT_HERE)
        if self.made >= self._turn.limits.calls:
            result = CallResult(error=f"Not called: a reply may call {self._turn.limits.calls} times at most.")
        elif can_call(self._turn, tool):
            self.made += 1
            yield Activity(kind, name, tool.description, done=False)
            if isinstance(tool, Ability) or tool.page:
                result = await self._called(tool, arguments)
            elif tool.channel:
                async for event in self._awaited(tool, arguments):
                    if isinstance(event, CallResult):
                        result = event
                    else:
                        yield event
            else:
                result = CallResult(tool.data)
            yield Activity(kind, name, tool.description, done=True)
            if result.error:  # what is told last stays, and must not say that it was used
                yield Activity(*THINKING, done=False)
                yield Activity(*THINKING, done=True)
        yield _note(kind, name, arguments, result)
        yield result

    async def _called(self, tool: Function | Ability, arguments: Mapping[str, Any]) -> CallResult:
        assert self._turn.call is not None  # noqa: S101 (can_call says so)
        try:
            return await self._turn.call(self.made, tool, arguments)
        except EngineError:
            raise
        except Exception as error:  # whatever carries it out: the talk goes on
            return CallResult(error=f"It failed ({type(error).__name__}).")

    async def _awaited(self, function: Function, arguments: Mapping[str, Any]) -> AsyncIterator[Event | CallResult]:
        assert self._turn.channels is not None  # noqa: S101 (can_call says so)
        try:
            answer = await self._turn.channels(function.channel)
        except Exception as error:
            yield CallResult(error=f"Its channel cannot be listened to ({type(error).__name__}).")
            return
        yield Waiting(function.channel, function.name, arguments, done=False)
        try:
            async with asyncio.timeout(settings.CALL_SECONDS):
                result = CallResult(await answer())
        except TimeoutError:
            result = CallResult(error=f"No answer came within {settings.CALL_SECONDS} seconds.")
        except Exception as error:
            result = CallResult(error=f"It failed ({type(error).__name__}).")
        yield Waiting(function.channel, function.name, arguments, done=True)
        yield result


def result_text(result: CallResult) -> str:
    """As a model reads it: JSON, cut where it is long."""
    text = _json({"error": result.error} if result.error else result.value)
    return text if len(text) <= RESULT_CHARACTERS else text[:RESULT_CHARACTERS] + " […]"


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return '{"error": "The result is not JSON data."}'


def _note(kind: str, name: str, arguments: Mapping[str, Any], result: CallResult) -> Note:
    outcome: dict[str, Any] = {"error": result.error} if result.error else {"result": result.value}
    if not result.error and len(_json(result.value)) > RESULT_CHARACTERS:
        outcome = {"result": result_text(result)}
    return Note("activity", name, {kind: {"name": name, "arguments": dict(arguments), **outcome}})
