"""What may stand behind the name of a language model: `provider:name/temperature=0.2/maxTokens=800`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
STOPS = 4
STOP_CHARACTERS = 64


@dataclass(frozen=True)
class ModelOptions:
    """Read from a model string. `sampling` goes to the provider by its usual names, 0 elsewhere means "not set".

    `context` is how many tokens of the talk so far the model gets to read, `messages` how many of its messages.
    """

    sampling: dict[str, Any] = field(default_factory=dict)
    max_tokens: int = 0
    context: int = 0
    messages: int = 0
    stop: tuple[str, ...] = ()


def read_options(options: Mapping[str, str]) -> ModelOptions:
    """Options by their names in snake_case or camelCase. Raises ValueError naming what is allowed."""
    found: dict[str, Any] = {}
    for key, value in options.items():
        snake = re.sub(r"(?<=[a-z0-9])[A-Z]", lambda match: f"_{match[0]}", key).lower()
        name = ALIASES.get(snake, snake)
        if name not in OPTIONS:
            raise ValueError(f"model: unknown option “{key}”; allowed: {', '.join(OPTIONS)}")
        if name in found:
            raise ValueError(f"model: the option “{name}” is given twice")
        found[name] = OPTIONS[name](value)
    sampling = {SENT_AS.get(name, name): found.pop(name) for name in SAMPLING if name in found}
    return ModelOptions(sampling, **found)


def _number(name: str, kind: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    def read(value: str) -> float:
        number = kind(value) if re.fullmatch(r"-?\d{1,12}(\.\d{1,12})?", value, re.ASCII) and (kind is float or "." not in value) else None
        if number is None or not low <= number <= high:
            noun = "a number" if kind is float else "a whole number"
            raise ValueError(f"model: {name} must be {noun} from {_plain(low)} to {_plain(high)}, not “{value}”")
        return number

    return read


def _plain(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


def _effort(value: str) -> str:
    if value not in EFFORTS:
        raise ValueError(f"model: effort must be one of {', '.join(EFFORTS)}, not “{value}”")
    return value


def _stop(value: str) -> tuple[str, ...]:
    """Separated by commas, percent-encoded where they hold a comma, a slash or white space."""
    stops = tuple(unquote(part) for part in value.split(","))
    if len(stops) > STOPS or not all(0 < len(stop) <= STOP_CHARACTERS for stop in stops):
        raise ValueError(f"model: stop must be 1 to {STOPS} texts of 1 to {STOP_CHARACTERS} characters, separated by commas, not “{value}”")
    return stops


OPTIONS: dict[str, Callable[[str], Any]] = {
    "temperature": _number("temperature", float, 0, 2),
    "top_p": _number("top_p", float, 0, 1),
    "max_tokens": _number("max_tokens", int, 1, 1_000_000),
    "presence_penalty": _number("presence_penalty", float, -2, 2),
    "frequency_penalty": _number("frequency_penalty", float, -2, 2),
    "seed": _number("seed", int, 0, 2_147_483_647),
    "effort": _effort,
    "context": _number("context", int, 256, 2_000_000),
    "messages": _number("messages", int, 1, 1_000),
    "stop": _stop,
}
SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "effort")
SENT_AS = {"effort": "reasoning_effort"}
ALIASES = {
    "reasoning_effort": "effort", "interaction_max_messages": "messages", "max_output_tokens": "max_tokens",
    "max_completion_tokens": "max_tokens",
}  # fmt: skip
