"""What `scripted:calls` does: every function and ability is called once, without a model's wish."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from .base import (
    Ability,
    Activity,
    CallResult,
    End,
    Event,
    Function,
    Note,
    Reasoning,
    Text,
    Turn,
    Usage,
    Waiting,
)


async def call_all(turn: Turn) -> AsyncIterator[Event]:
    """Call each function, then each ability, in order, as far as the limit of calls allows.

    Arguments of functions of the page and of abilities are the question, where that is a JSON object, else none.
    """
    arguments = _arguments(turn)
    yield Reasoning("I call every function that I have.")
    tools: tuple[Function | Ability, ...] = (*turn.functions, *(turn.abilities if turn.call else ()))
    for number, tool in enumerate(tools[: turn.limits.calls], start=1):
        kind = "ability" if isinstance(tool, Ability) else "function"
        given = {} if isinstance(tool, Function) and not tool.page else arguments
        yield Activity(kind, tool.name, tool.description, done=False)
        result: CallResult | None = None
        if isinstance(tool, Function) and tool.channel and turn.channels:
            answer = await turn.channels(tool.channel)
            yield Waiting(tool.channel, tool.name, given, done=False)
            result = CallResult(await answer())
            yield Waiting(tool.channel, tool.name, given, done=True)
        elif isinstance(tool, Function) and not tool.page:
            result = CallResult(tool.data)
        elif turn.call:
            result = await turn.call(number, tool, given)
        result = result or CallResult(error="It cannot be called here.")
        yield Activity(kind, tool.name, tool.description, done=True)
        outcome = {"error": result.error} if result.error else {"result": result.value}
        yield Note("activity", tool.name, {kind: {"name": tool.name, "arguments": dict(given), **outcome}})
        yield Text(f"{tool.name}: {result.error or json.dumps(result.value, ensure_ascii=False)}\n\n")
    yield Usage(len(turn.history), len(tools))
    yield End("iteration" if len(tools) > turn.limits.calls else "stop")


def _arguments(turn: Turn) -> Mapping[str, Any]:
    question = next((item.text for item in reversed(turn.history) if item.type == "user"), "")
    try:
        found = json.loads(question)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
