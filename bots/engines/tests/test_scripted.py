"""The engine of tests and benchmarks."""

from collections.abc import Mapping
from typing import Any

import pytest

from bots.engines.base import (
    Ability,
    CallResult,
    End,
    EngineError,
    Event,
    Function,
    HistoryItem,
    Note,
    Text,
    Turn,
    Usage,
)
from bots.engines.scripted import SAMPLE, TOKENS, ScriptedEngine


async def run(model: str, question: str = "Hi", **options: str) -> list[Event]:
    turn = Turn(history=(HistoryItem("user", question),), model=model, options=options)
    return [event async for event in ScriptedEngine().reply(turn)]


async def test_it_says_as_many_pieces_as_asked_for() -> None:
    events = await run("scripted:burst", tokens="12")
    assert [event.text for event in events if isinstance(event, Text)] == TOKENS[:12]
    assert events[-2:] == [Usage(1, 12), End("stop")]


async def test_the_sample_is_markdown_that_begins_again_when_it_ends() -> None:
    events = await run("scripted:sample", tokens=str(len(TOKENS) + 1))
    text = "".join(event.text for event in events if isinstance(event, Text))
    assert text == SAMPLE + TOKENS[0]


async def test_echo_repeats_the_question() -> None:
    events = await run("scripted:echo", "Say  it\nagain")
    assert "".join(event.text for event in events if isinstance(event, Text)) == "Say  it\nagain"


async def test_delay_keeps_the_words() -> None:
    events = await run("scripted:burst", tokens="3", delay="0.001")
    assert len(events) == 5


@pytest.mark.parametrize(("fail_at", "said"), [("0", 0), ("2", 2), ("9", 5)])
async def test_it_fails_where_told(fail_at: str, said: int) -> None:
    texts: list[Event] = []
    turn = Turn(
        model="scripted:burst",
        options={"tokens": "5", "fail_at": fail_at, "code": "quota", "retryable": "false"},
    )

    async def collect() -> None:
        async for event in ScriptedEngine().reply(turn):
            texts.append(event)

    with pytest.raises(EngineError) as failed:
        await collect()
    assert len(texts) == said
    assert (failed.value.code, failed.value.retryable) == ("quota", False)


async def test_calls_calls_functions_of_the_page_and_abilities_with_the_arguments_of_the_question() -> None:
    called: list[tuple[int, str, object]] = []

    async def call(number: int, tool: Function | Ability, arguments: Mapping[str, Any]) -> CallResult:
        called.append((number, tool.name, arguments))
        return CallResult({"ok": True}) if number == 2 else CallResult(error="No such order.")

    turn = Turn(
        model="scripted:calls", history=(HistoryItem("user", '{"order": 7}'),), call=call,
        functions=(Function("known", "Known", data=[1]), Function("cart", "The cart", page=True)),
        abilities=(Ability("orders", "Looks up an order", ""),),
    )  # fmt: skip
    events = [event async for event in ScriptedEngine().reply(turn)]
    assert called == [(2, "cart", {"order": 7}), (3, "orders", {"order": 7})]
    assert [event.meta for event in events if isinstance(event, Note)] == [
        {"function": {"name": "known", "arguments": {}, "result": [1]}},
        {"function": {"name": "cart", "arguments": {"order": 7}, "result": {"ok": True}}},
        {"ability": {"name": "orders", "arguments": {"order": 7}, "error": "No such order."}},
    ]
    assert "".join(event.text for event in events if isinstance(event, Text)) == (
        'known: [1]\n\ncart: {"ok": true}\n\norders: No such order.\n\n'
    )


async def test_calls_says_where_a_function_of_the_page_cannot_be_called() -> None:
    turn = Turn(model="scripted:calls", functions=(Function("cart", "The cart", page=True),))
    texts = [event.text async for event in ScriptedEngine().reply(turn) if isinstance(event, Text)]
    assert texts == ["cart: It cannot be called here.\n\n"]
