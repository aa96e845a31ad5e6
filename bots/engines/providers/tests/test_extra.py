"""Anthropic and Google through pydantic-ai, against servers that speak their wire formats."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bots.engines.base import EngineError, ProviderAccess, Reasoning, Text, Usage
from bots.engines.providers.base import Finish, Picture, Prompt, Request, RoundEvent, Tool, ToolCall
from bots.engines.providers.clients import client_for
from tests.support.provider_others import KEY, Others, Said, others  # noqa: F401 (a fixture)

KINDS = ["anthropic", "google"]
ORDER = Tool("order", "Orders things", {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]})
both = pytest.mark.parametrize("kind", KINDS)


def request_to(others: Others, kind: Any, *prompts: Prompt, key: str = KEY, **fields: Any) -> Request:  # noqa: F811
    access = ProviderAccess("stand", kind, others.url, key, private=True)
    return Request(access, "model-a", prompts or (Prompt("system", "Be kind."), Prompt("user", "Hi")), **fields)


async def run(request: Request) -> list[RoundEvent]:
    return [event async for event in client_for(request.access.kind).stream(request)]


async def refused(request: Request) -> EngineError:
    with pytest.raises(EngineError) as refusal:
        await run(request)
    assert KEY not in refusal.value.cause
    return refusal.value


@both
async def test_text_thoughts_and_usage(kind: str, others: Others) -> None:  # noqa: F811
    others.script(Said(thinking="Hm. "))
    events = await run(request_to(others, kind, max_tokens=50, options={"temperature": 0.5}, stop=("END",)))
    assert [event for event in events if isinstance(event, Reasoning)] == [Reasoning("Hm. ")]
    assert [event.text for event in events if isinstance(event, Text)] == ["Hello ", "there."]
    assert events[-2:] == [Usage(11, 7), Finish("stop")]
    body, headers = str(others.requests[0]), others.headers[0]
    assert "Be kind." in body and "0.5" in body and "50" in body and "END" in body
    assert KEY not in others.paths[0] + body and any(KEY in value for value in headers.values()), "the key travels in a header alone"


@both
async def test_a_call_and_its_result(kind: str, others: Others) -> None:  # noqa: F811
    others.script(Said(pieces=("Wait. ",), thinking="Order!", calls=(("order", {"count": 2}),)))
    request = request_to(others, kind, tools=(ORDER,))
    events = await run(request)
    [call] = [event for event in events if isinstance(event, ToolCall)]
    assert (call.name, call.arguments.replace(" ", "")) == ("order", '{"count":2}')
    assert events[-1] == Finish("tools")
    said = Prompt("assistant", "Wait. ", calls=(call,))
    answer = Prompt("tool", '{"ok":true}', call_id=call.id, name="order")
    assert (await run(replace(request, prompts=(*request.prompts, said, answer))))[-1] == Finish("stop")
    second = str(others.requests[1])
    assert "ok" in second and "order" in second and "c2lnbmVk" in second, "signed thoughts go back"
    plain = ToolCall("call_7", "order", '{"count": 3}')  # of another process
    await run(replace(request, prompts=(*request.prompts, Prompt("assistant", "", calls=(plain,)), replace(answer, call_id="call_7"))))


@both
async def test_an_answer_without_calls(kind: str, others: Others) -> None:  # noqa: F811
    await run(request_to(others, kind, tools=(ORDER,), calling=False))
    assert "order" in str(others.requests[0]) and "none" in str(others.requests[0]).lower()


@both
async def test_pictures_and_the_shape_of_the_reply(kind: str, others: Others) -> None:  # noqa: F811
    shape = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"], "additionalProperties": False}
    others.script(Said(pieces=('{"word":', '"yes"}')))
    request = request_to(others, kind, Prompt("user", "What is it?", pictures=(Picture("image/png", b"\x89PNG"),)), schema=shape)
    assert "".join(event.text for event in await run(request) if isinstance(event, Text)) == '{"word":"yes"}'
    assert "image/png" in str(others.requests[0]) and "word" in str(others.requests[0])


@both
@pytest.mark.parametrize(("status", "code"), [(400, "provider"), (401, "provider_key"), (404, "no_model"), (429, "rate"), (503, "unavailable")])
async def test_refusals(kind: str, status: int, code: str, others: Others, settings: Any) -> None:  # noqa: F811
    settings.PROVIDER_RETRIES = 0
    others.script(Said(status=status, message=f"No, {KEY} will not do"))
    error = await refused(request_to(others, kind))
    assert error.code == code and str(status) in error.cause and "No," in error.cause


@both
async def test_another_try(kind: str, others: Others) -> None:  # noqa: F811
    others.script(Said(status=429, message="Slow down", retry_after="0"), Said())
    assert (await run(request_to(others, kind)))[-1] == Finish("stop")
    assert len(others.requests) == 2


@both
async def test_a_cut_stream_keeps_what_came(kind: str, others: Others) -> None:  # noqa: F811
    others.script(Said(cut=True))
    got: list[RoundEvent] = []

    async def take() -> None:
        async for event in client_for(kind).stream(request_to(others, kind)):
            got.append(event)

    with pytest.raises(EngineError) as refusal:
        await take()
    assert [event for event in got if isinstance(event, Text)] == [Text("Hello ")] and refusal.value.code == "broken" and len(others.requests) == 1


@both
async def test_silence(kind: str, others: Others, settings: Any) -> None:  # noqa: F811
    settings.PROVIDER_FIRST_SECONDS = 1
    others.script(Said(silent=True))
    assert (await refused(request_to(others, kind))).code == "timeout"


@both
async def test_models_and_keys(kind: str, others: Others) -> None:  # noqa: F811
    client = client_for(kind)
    assert await client.models(request_to(others, kind).access) == ("model-a", "model-b")
    for refusing in (lambda: client.models(request_to(others, kind, key="wrong").access), lambda: run(request_to(others, kind, key="wrong"))):
        with pytest.raises(EngineError) as refusal:
            await refusing()
        assert refusal.value.code == "provider_key"
        assert refusal.value.cause.endswith((" answered 401: invalid x-api-key", " answered 401: bad key"))
    with pytest.raises(EngineError, match="moderation"):
        await client.moderate(request_to(others, kind).access, "text")


@both
async def test_private_addresses_are_refused(kind: str, others: Others) -> None:  # noqa: F811
    request = request_to(others, kind)
    error = await refused(replace(request, access=replace(request.access, private=False)))
    assert error.code == "provider" and not others.requests
    assert not asyncio.all_tasks() - {asyncio.current_task()}
