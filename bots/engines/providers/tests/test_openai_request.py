"""What is sent to a service."""

from types import MappingProxyType
from typing import Any

import pytest

from bots.engines.providers.base import Picture, Prompt, Request, Tool, ToolCall
from bots.engines.providers.openai_body import body_of, encoded, without
from tests.support.provider import Answer, Provider

from .wire import PROMPTS, access_to, seen

TOOL = Tool("weather", "Tells the weather.", MappingProxyType({"properties": MappingProxyType({"city": {"type": "string"}})}))


async def sent(provider: Provider, **fields: Any) -> dict[str, Any]:
    """The body that arrives."""
    found = await seen(provider, **fields)
    assert found.error is None
    return provider.requests[-1]


async def test_a_talk(provider: Provider) -> None:
    body = await sent(provider)
    assert body == {
        "model": "gpt-test",
        "messages": [
            {"role": "system", "content": "You help."},
            {"role": "user", "content": "What does the crimson llama eat?"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    headers = provider.headers[-1]
    assert headers["authorization"] == f"Bearer {provider.key}"
    assert headers["content-type"] == "application/json"
    assert headers["accept-encoding"] == "identity"


async def test_no_key_no_header(provider: Provider) -> None:
    provider.key = ""
    await sent(provider)
    assert "authorization" not in provider.headers[-1]


@pytest.mark.parametrize("key", ["sk-ключ", "sk-1\nx-evil: 1"])
async def test_a_key_that_cannot_be_sent(provider: Provider, key: str) -> None:
    found = await seen(provider, access_to(provider, key=key))
    assert found.code == "provider_key" and key not in found.cause and provider.connections == 0


async def test_pictures(provider: Provider) -> None:
    picture = Picture("image/png", b"\x89PNG")
    body = await sent(provider, prompts=(Prompt("user", "Look", pictures=(picture, picture)), Prompt("user", "", pictures=(picture,))))
    url = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}
    assert [message["content"] for message in body["messages"]] == [[{"type": "text", "text": "Look"}, url, url], [url]]


async def test_tools_and_their_results(provider: Provider) -> None:
    talk = (
        *PROMPTS,
        Prompt("assistant", "", calls=(ToolCall("c1", "weather", '{"city": "Oslo"}'), ToolCall("c2", "weather", '{"city"'))),
        Prompt("tool", "rain", call_id="c1", name="weather"),
        Prompt("tool", "wrong arguments", call_id="c2", name="weather"),
    )
    body = await sent(provider, prompts=talk, tools=(TOOL,))
    function = {
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    }
    assert body["tools"] == [{"type": "function", "function": function}]
    said, *results = body["messages"][2:]
    assert said["content"] is None
    assert [(call["id"], call["function"]["arguments"]) for call in said["tool_calls"]] == [("c1", '{"city": "Oslo"}'), ("c2", "{}")]
    assert results == [
        {"role": "tool", "tool_call_id": "c1", "content": "rain"},
        {"role": "tool", "tool_call_id": "c2", "content": "wrong arguments"},
    ]


async def test_options_bound_and_stops(provider: Provider) -> None:
    body = await sent(provider, options={"temperature": 0.2, "reasoning_effort": "low"}, max_tokens=300, stop=("a", "b", "c", "d", "e"))
    assert (body["temperature"], body["reasoning_effort"], body["max_tokens"]) == (0.2, "low", 300)
    assert body["stop"] == ["a", "b", "c", "d"]


async def test_options_do_not_replace_what_a_round_needs(provider: Provider) -> None:
    body = await sent(provider, options={"model": "other", "stream": False, "messages": []})
    assert body["model"] == "gpt-test" and body["stream"] is True and len(body["messages"]) == 2


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.openai.com", "max_completion_tokens"), ("shop.openai.azure.com", "max_completion_tokens"), ("eu.api.openai.com", "max_completion_tokens"),
        ("localhost", "max_tokens"), ("api.mistral.ai", "max_tokens"), ("notopenai.com", "max_tokens"),
    ],
)  # fmt: skip
def test_the_name_of_the_bound(provider: Provider, host: str, name: str) -> None:
    body = body_of(Request(access_to(provider), "m", PROMPTS, max_tokens=7), host)
    assert body[name] == 7 and len({"max_tokens", "max_completion_tokens"} & set(body)) == 1


async def test_a_reply_by_a_schema(provider: Provider) -> None:
    loose = {"type": "object", "properties": {"a": {"type": "string"}}}
    body = await sent(provider, schema=loose)
    assert body["response_format"] == {"type": "json_schema", "json_schema": {"name": "reply", "schema": loose}}


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        ({"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": False}, True),
        ({"type": "object", "properties": {"a": {}}, "required": [], "additionalProperties": False}, False),
        ({"type": "array", "items": {"type": "object", "properties": {}}}, False),
        ({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": False}]}, True),
    ],
)
def test_what_can_be_followed_exactly(provider: Provider, schema: dict[str, Any], strict: bool) -> None:
    body = body_of(Request(access_to(provider), "m", PROMPTS, schema=schema), "localhost")
    assert body["response_format"]["json_schema"].get("strict", False) is strict


async def test_half_a_character(provider: Provider) -> None:
    body = await sent(provider, prompts=(Prompt("user", "broken \ud83e end"),))
    assert body["messages"][0]["content"] == "broken ? end"


@pytest.mark.parametrize(
    ("message", "gone", "there"),
    [
        ("Unrecognized request argument supplied: stream_options", "stream_options", ""),
        ("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "max_tokens", "max_completion_tokens"),
    ],
)
async def test_a_service_that_does_not_know_a_field(provider: Provider, message: str, gone: str, there: str) -> None:
    provider.script(Answer(status=400, message=message), Answer("Hay."))
    found = await seen(provider, max_tokens=50)
    assert found.text == "Hay."
    first, second = provider.requests
    assert gone in first and gone not in second
    assert not there or second[there] == 50


def test_the_older_name_of_the_bound() -> None:
    assert without({"max_completion_tokens": 5}, "extra field max_completion_tokens") == {"max_tokens": 5}
    assert without({"max_tokens": 5}, "max_tokens is too large") is None


def test_numbers_stay_numbers() -> None:
    assert encoded({"a": 0.2, "b": MappingProxyType({"c": 1})}) == b'{"a":0.2,"b":{"c":1}}'
