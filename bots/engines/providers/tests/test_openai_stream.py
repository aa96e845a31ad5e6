"""What comes of a stream: text, reasoning, tool calls, usage, and why it ended."""

import json
from typing import Any

import pytest

from bots.engines.base import Reasoning, Text
from bots.engines.providers.base import Finish, Request
from bots.engines.providers.openai import OpenAIClient
from tests.support.provider import Answer, Provider

from .wire import PROMPTS, access_to, seen


async def test_text_piece_by_piece(provider: Provider) -> None:
    provider.script(Answer("Crimson llamas eat hay.", usage=(31, 6)))
    found = await seen(provider)
    assert found.events[:4] == [Text("Crimson "), Text("llamas "), Text("eat "), Text("hay.")]
    assert found.usage == (31, 6)
    assert found.events[-1] == Finish("stop")


async def test_a_piece_arrives_before_the_next_is_written(provider: Provider) -> None:
    provider.script(Answer(pieces=["one", "two"], hold=1))
    events = OpenAIClient().stream(Request(access_to(provider), "gpt-test", PROMPTS))
    assert await anext(events) == Text("one")
    provider.release()
    assert await anext(events) == Text("two")
    assert [event async for event in events][-1] == Finish("stop")


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_reasoning_comes_apart_from_the_text(provider: Provider, field: str) -> None:
    provider.script(Answer("Hay.", reasoning="They graze.", reasoning_field=field))
    found = await seen(provider)
    assert found.events[:3] == [Reasoning("They "), Reasoning("graze."), Text("Hay.")]


async def test_tool_calls_come_whole(provider: Provider) -> None:
    arguments = json.dumps({"city": "Zürich", "days": 3})
    provider.script(Answer("Let me see.", tools=[("weather", arguments), ("clock", "{}")]))
    found = await seen(provider)
    assert found.text == "Let me see."
    assert found.calls == [("weather", arguments), ("clock", "{}")]
    assert len({event.id for event in found.events if hasattr(event, "arguments")}) == 2
    assert found.finish == "tools"


async def test_a_call_whose_service_says_stop(provider: Provider) -> None:
    provider.script(Answer(tools=[("clock", "")], finish="stop"))
    found = await seen(provider)
    assert found.calls == [("clock", "{}")] and found.finish == "tools"


async def test_a_call_that_was_cut_at_the_bound_is_none(provider: Provider) -> None:
    provider.script(Answer(tools=[("clock", "{}"), ("weather", '{"city": "Zü')], finish="length"))
    found = await seen(provider)
    assert found.calls == [("clock", "{}")] and found.finish == "length"


@pytest.mark.parametrize(("said", "reason"), [("length", "length"), ("content_filter", "filter"), ("stop", "stop"), ("eos", "stop")])
async def test_why_it_ended(provider: Provider, said: str, reason: str) -> None:
    provider.script(Answer("So far", finish=said))
    found = await seen(provider)
    assert found.text == "So far" and found.finish == reason


async def test_a_service_that_counts_nothing(provider: Provider) -> None:
    provider.script(Answer("Hay.", usage=None))
    found = await seen(provider)
    assert found.usage is None and found.finish == "stop"


async def test_an_answer_without_any_text(provider: Provider) -> None:
    provider.script(Answer(""))
    found = await seen(provider)
    assert found.text == "" and found.finish == "stop"


@pytest.mark.parametrize("cuts", [1, 7, 64])
async def test_cut_at_every_byte(provider: Provider, cuts: int) -> None:
    provider.script(Answer("Ünïcödé 🦙 für\nalle.", tools=[("a", '{"b": "ö"}')], cuts=cuts))
    found = await seen(provider)
    assert found.text == "Ünïcödé 🦙 für\nalle." and found.calls == [("a", '{"b": "ö"}')]


@pytest.mark.parametrize("fault", ["crlf", "no_done", "no_finish"])
async def test_streams_that_are_good_enough(provider: Provider, fault: str) -> None:
    provider.script(Answer("Crimson llamas eat hay.", fault=fault))
    found = await seen(provider)
    assert found.text == "Crimson llamas eat hay." and found.finish == "stop"
    assert found.usage == ((11, 7))


async def test_the_whole_answer_at_once_though_a_stream_was_asked_for(provider: Provider) -> None:
    provider.script(Answer("Hay.", reasoning="They graze.", tools=[("clock", "{}")], fault="whole"))
    found = await seen(provider)
    assert (found.reasoning, found.text, found.calls) == ("They graze.", "Hay.", [("clock", "{}")])
    assert found.usage == (11, 7) and found.finish == "tools"


async def test_bytes_that_are_no_text_are_replaced(provider: Provider) -> None:
    provider.script(Answer("Crimson llamas", fault="bytes"))
    found = await seen(provider)
    assert found.text == "Crimson broken \ufffd\ufffdllamas"


async def test_every_chunk_twice(provider: Provider) -> None:
    """Two tokens may well be equal, so nothing is left out; what ends a round counts once."""
    provider.script(Answer("ha ha", fault="duplicate"))
    found = await seen(provider)
    assert found.text == "ha ha haha" and found.usage == (11, 7)
    assert [event for event in found.events if isinstance(event, Finish)] == [Finish("stop")]


async def test_what_no_database_keeps(provider: Provider) -> None:
    half, other = "\ud83e", "\udd99"
    provider.script(Answer(pieces=["a\0b", f"c{half}", f"{other}d", half, "e"]))
    found = await seen(provider)
    assert found.text == "abc🦙d\ufffde"


def scripted(*deltas: dict[str, Any]) -> Answer:
    return Answer(deltas=deltas)


async def test_tool_calls_without_an_index(provider: Provider) -> None:
    provider.script(
        scripted(
            {"tool_calls": [{"id": "1", "type": "function", "function": {"name": "a", "arguments": '{"x"'}}]},
            {"tool_calls": [{"function": {"arguments": ": 1}"}}]},
            {"tool_calls": [{"id": "2", "type": "function", "function": {"name": "b", "arguments": {"y": 2}}}]},
        )
    )
    assert (await seen(provider)).calls == [("a", '{"x": 1}'), ("b", '{"y": 2}')]


async def test_tool_calls_with_the_same_index(provider: Provider) -> None:
    provider.script(
        scripted(
            {"tool_calls": [{"index": 0, "id": "1", "function": {"name": "a", "arguments": "{}"}}]},
            {"tool_calls": [{"index": 0, "id": "2", "function": {"name": "a", "arguments": "{}"}}]},
        )
    )
    assert (await seen(provider)).calls == [("a", "{}"), ("a", "{}")]


async def test_tool_calls_that_repeat_their_names(provider: Provider) -> None:
    provider.script(
        scripted(
            {"tool_calls": [{"index": 0, "id": "1", "function": {"name": "a", "arguments": '{"x":'}}]},
            {"tool_calls": [{"index": 0, "id": "1", "function": {"name": "a", "arguments": "1}"}}]},
        )
    )
    assert (await seen(provider)).calls == [("a", '{"x":1}')]


async def test_content_in_parts(provider: Provider) -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "They graze."}]}
    provider.script(scripted({"content": [thinking]}, {"content": [{"type": "text", "text": "Hay."}]}))
    found = await seen(provider)
    assert (found.reasoning, found.text) == ("They graze.", "Hay.")


@pytest.mark.parametrize("delta", [{"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}, {"tool_calls": "x"}, {"content": [7]}])
async def test_deltas_that_are_nonsense(provider: Provider, hasty: None, delta: dict[str, Any]) -> None:
    provider.default = scripted(delta)
    found = await seen(provider)
    assert found.code == "broken" and found.events == []
