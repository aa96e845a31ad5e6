"""What a model may call: functions and abilities by names that every provider takes, and what the model's calls mean."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bots.engines.base import Ability, Function, Turn
from bots.schemas import misfit, schema_problem

from .base import Tool, ToolCall

TOOLS = 128  # more are refused by providers
NAME_CHARACTERS = 64
DESCRIPTION_CHARACTERS = 1_024
ARGUMENT_CHARACTERS = 65_536
ASKED_FIRST = "The visitor is asked before it is done."
_UNFIT = re.compile(r"[^a-zA-Z0-9_-]+")


@dataclass(frozen=True)
class Wanted:
    """A call of a model, understood as far as possible: either `error` says what is wrong with it, or `tool` fits `arguments`."""

    tool: Function | Ability | None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


class Toolbox:
    """The turn's functions and abilities that can be called here. `tools` is how they are offered, `left_out` says by name why not."""

    def __init__(self, turn: Turn) -> None:
        self._by_name: dict[str, Function | Ability] = {}
        self.left_out: list[tuple[Function | Ability, str]] = []
        tools: list[Tool] = []
        given: tuple[Function | Ability, ...] = (*turn.functions, *turn.abilities)
        for tool in given:
            if not can_call(turn, tool):
                continue
            if problem := _problem(tool.parameters):
                self.left_out.append((tool, f"Its parameters are no JSON schema of an object: {problem}"))
            elif len(tools) == TOOLS:
                self.left_out.append((tool, f"A model takes at most {TOOLS} tools"))
            else:
                name = self._free_name(tool.name)
                self._by_name[name] = tool
                tools.append(Tool(name, _description(tool), {"properties": {}, **tool.parameters, "type": "object"}))
        self.tools: tuple[Tool, ...] = tuple(tools)

    def read(self, call: ToolCall) -> Wanted:
        """What the model wants called, and with what."""
        tool = self._by_name.get(call.name)
        if tool is None:
            names = ", ".join(self._by_name) or "none"
            return Wanted(None, error=f"There is no tool “{call.name[:NAME_CHARACTERS]}”. Available: {names}")
        if len(call.arguments) > ARGUMENT_CHARACTERS:
            return Wanted(tool, error=f"The arguments have more than {ARGUMENT_CHARACTERS:,} characters.")
        try:
            arguments = json.loads(call.arguments, parse_constant=_refuse) if call.arguments.strip() else {}
        except (ValueError, RecursionError) as error:
            return Wanted(tool, error=f"The arguments are not valid JSON: {error}")
        if not isinstance(arguments, dict):
            return Wanted(tool, error="The arguments must be a JSON object.")
        if problem := misfit(tool.parameters, arguments):
            return Wanted(tool, arguments, f"The arguments do not fit the schema: {problem}")
        return Wanted(tool, arguments)

    def _free_name(self, wanted: str) -> str:
        stem = _UNFIT.sub("_", wanted).strip("_")[:NAME_CHARACTERS] or "tool"
        name, number = stem, 1
        while name in self._by_name:
            number += 1
            ending = f"_{number}"
            name = stem[: NAME_CHARACTERS - len(ending)] + ending
        return name


def can_call(turn: Turn, tool: Function | Ability) -> bool:
    """Whether there is anybody to carry it out."""
    if isinstance(tool, Ability) or tool.page:
        return turn.call is not None
    return not tool.channel or turn.channels is not None


def kind_of(tool: Function | Ability | None) -> str:
    """Under which name it is shown and noted."""
    return "ability" if isinstance(tool, Ability) else "function"


def told(calls: Sequence[ToolCall], number: int) -> tuple[ToolCall, ...]:
    """A round's calls as providers take them back: some refuse broken arguments, odd names, or ids that are missing or the same.

    `number` makes ids of this round differ from those of others.
    """
    ids: set[str] = set()
    shown = []
    for place, call in enumerate(calls):
        own = call.id if call.id and call.id not in ids else f"call_{number}_{place}"
        ids.add(own)
        name = _UNFIT.sub("_", call.name)[:NAME_CHARACTERS] or "tool"
        arguments = call.arguments if _is_object(call.arguments) else "{}"
        same = (own, name, arguments) == (call.id, call.name, call.arguments)
        shown.append(call if same else replace(call, id=own, name=name, arguments=arguments))  # a client's call may carry more
    return tuple(shown)


def _is_object(text: str) -> bool:
    try:
        return len(text) <= ARGUMENT_CHARACTERS and isinstance(json.loads(text, parse_constant=_refuse), dict)
    except (ValueError, RecursionError):
        return False


def _description(tool: Function | Ability) -> str:
    asked = ASKED_FIRST if isinstance(tool, Ability) and tool.writes else ""
    room = DESCRIPTION_CHARACTERS - len(asked) - 1
    return " ".join(filter(None, (tool.description.strip()[:room], asked))) or tool.name


def _problem(parameters: Mapping[str, Any]) -> str:
    if parameters.get("type", "object") != "object":
        return "type must be object"
    return schema_problem(dict(parameters))


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
