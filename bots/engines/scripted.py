"""An engine that says what it is told, for tests and benchmarks; only there when `settings.EXTRA_ENGINES` names it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict
from itertools import cycle, islice
from typing import Any

from .base import Attachment, End, EngineError, Event, Function, Text, Turn, Usage
from .scripted_calls import call_all

SAMPLE = """## A scripted answer

This text is **long enough** and *varied enough* to take a renderer through its paces: plain words, `code`, a
[link](https://example.com/docs), and an accented café. Streams begin with a paragraph because most answers do.

1. First, open the settings page and look for the section about widgets.
2. Then choose a theme. The accent color applies at once:
   - light for bright pages,
   - dark for dark ones,
   - auto where the visitor decides.
3. Finally copy the snippet.

```python
def greet(name: str) -> str:
    \"\"\"Say hello.\"\"\"
    return f"Hello, {name}!"
```

| Plan | Visitors | Price |
|:-----|---------:|------:|
| Small | 1,000 | 9.00 |
| Large | 50,000 | 49.00 |

> Quotes keep their mark while they stream, even across
> several lines.

The area of a circle is $\\pi r^2$. Emoji such as 🚀 and scripts such as 日本語 count as well.

[How do I start?]()
[What does it cost?]()

"""
_TOKEN = re.compile(r"\s*\S+\s*?(?=\s|$)|\s+")
TOKENS = [token for token in _TOKEN.findall(SAMPLE) if token]


class ScriptedEngine:
    """`scripted:sample` streams markdown, `scripted:echo` repeats the question, `scripted:turn` says as JSON what it was given,
    `scripted:search` the passages that it found, `scripted:calls` calls every function and ability and says their results; see OPTIONS for the rest.
    """

    NAMES = ("burst", "sample", "echo", "turn", "search", "calls")

    def check(self, name: str, options: Mapping[str, str]) -> None:
        """Raise ValueError for an unknown name or option, or a value out of range."""
        if name not in self.NAMES:
            raise ValueError(f"model: unknown script “{name}”; allowed: {', '.join(self.NAMES)}")
        for key, value in options.items():
            if key not in OPTIONS:
                raise ValueError(f"model: unknown option “{key}” of scripted; allowed: {', '.join(OPTIONS)}")
            OPTIONS[key](value)

    async def reply(self, turn: Turn) -> AsyncIterator[Event]:
        """Yield `tokens` pieces, `delay` seconds apart; raise EngineError(code) instead of piece `fail_at` (from 0)."""
        options: dict[str, Any] = {
            "tokens": 200,
            "delay": 0.0,
            "fail_at": -1,
            "code": "unavailable",
            "retryable": True,
        }
        options |= {key: OPTIONS[key](value) for key, value in turn.options.items()}
        script = turn.model.partition(":")[2].partition("/")[0]
        if script == "calls":
            async for event in call_all(turn):
                yield event
            return
        pieces = [await _found(turn)] if script == "search" else self._pieces(turn, script, options["tokens"])
        for number, piece in enumerate(pieces):
            if number == options["fail_at"]:
                raise EngineError(
                    options["code"], retryable=options["retryable"], cause=f"scripted at {number}"
                )
            if options["delay"] and number:
                await asyncio.sleep(options["delay"])
            yield Text(piece)
        if options["fail_at"] >= len(pieces):
            raise EngineError(options["code"], retryable=options["retryable"], cause="scripted at the end")
        yield Usage(sum(len(item.text.split()) for item in turn.history), len(pieces))
        yield End("stop")

    def _pieces(self, turn: Turn, script: str, tokens: int) -> list[str]:
        match script:
            case "echo":
                return _TOKEN.findall(_question(turn))[:tokens]
            case "turn":
                return [json.dumps(_given(turn), ensure_ascii=False)]
        return list(islice(cycle(TOKENS), tokens))


def _question(turn: Turn) -> str:
    return next((item.text for item in reversed(turn.history) if item.type == "user"), "")


async def _found(turn: Turn) -> str:
    found = await turn.search(_question(turn)) if turn.search else None
    return "\n\n".join(passage.text for passage in found.passages) if found and found.passages else "Nothing was found."


def _given(turn: Turn) -> dict[str, Any]:
    """The turn's plain data."""
    return {
        "instructions": turn.instructions,
        "history": [[item.type, item.text] for item in turn.history],
        "language": turn.language,
        "timeZone": turn.time_zone,
        "features": sorted(turn.features),
        "extraFeatures": [asdict(feature) for feature in turn.extra_features],
        "functions": [_function(function) for function in turn.functions],
        "abilities": [asdict(ability) for ability in turn.abilities],
        "attachments": [_attachment(attachment) for attachment in turn.attachments],
        "limits": asdict(turn.limits),
        "search": turn.search is not None,
        "page": dict(turn.page),
    }


def _function(function: Function) -> dict[str, Any]:
    return {
        "name": function.name, "description": function.description, "parameters": dict(function.parameters), "data": function.data,
        "channel": function.channel, "atStart": function.at_start, "atEnd": function.at_end, "page": function.page,
    }  # fmt: skip


def _attachment(attachment: Attachment) -> dict[str, Any]:
    picture = {"bytes": len(attachment.data)} if attachment.data else {}
    return {"name": attachment.name, "type": attachment.type, "text": attachment.text, **picture}


def _number(key: str, kind: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    def read(value: str) -> float:
        try:
            number = kind(value)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"model: {key} must be a number from {low:g} to {high:g}, not “{value}”")
        return number

    return read


def _code(value: str) -> str:
    if not re.fullmatch(r"[a-z_]{1,40}", value):
        raise ValueError(f"model: code must be small letters and _, not “{value}”")
    return value


def _flag(value: str) -> bool:
    if value not in {"true", "false"}:
        raise ValueError(f"model: retryable must be true or false, not “{value}”")
    return value == "true"


OPTIONS: dict[str, Callable[[str], Any]] = {
    "tokens": _number("tokens", int, 1, 100_000),
    "delay": _number("delay", float, 0, 60),
    "fail_at": _number("fail_at", int, 0, 100_000),
    "code": _code,
    "retryable": _flag,
}
