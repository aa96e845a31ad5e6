"""Replies that must follow a JSON schema."""

from bots.engines.base import Text
from bots.engines.providers.tests.runs import Calls, prompts, run, searching
from bots.engines.providers.tests.test_engine_tools import CALL, ORDER
from tests.support.provider import Provider
from tests.support.provider_wire import Answer

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
GOOD = '{"city": "Oslo [1]"}'


async def test_the_schema_is_told_and_the_reply_comes_whole(provider: Provider) -> None:
    provider.script(Answer(GOOD))
    reply = await run(provider, schema=SCHEMA, search=searching("Oslo"), features=frozenset({"stream"}))
    assert reply.of(Text) == [Text(GOOD)]
    assert reply.end == "stop"
    assert provider.requests[0]["response_format"]["json_schema"]["schema"] == SCHEMA
    system = prompts(provider)[0][1]
    assert '"additionalProperties": false' in system and "Markdown" not in system and "buttons" not in system


async def test_a_fence_around_it_is_taken_off(provider: Provider) -> None:
    provider.script(Answer(f"```json\n{GOOD}\n```"))
    assert (await run(provider, schema=SCHEMA)).text == GOOD


async def test_what_does_not_fit_is_asked_for_once_more(provider: Provider) -> None:
    provider.script(Answer('{"town": 1}'), Answer(GOOD))
    reply = await run(provider, schema=SCHEMA)
    assert reply.text == GOOD
    (role, said), (_, asked) = prompts(provider, 1)[-2:]
    assert (role, said) == ("assistant", '{"town": 1}')
    assert "Your answer does not fit: 'city' is a required property" in asked


async def test_twice_wrong_is_an_error(provider: Provider) -> None:
    provider.script(Answer("Oslo, I think."), Answer('{"city": 7}'))
    reply = await run(provider, schema=SCHEMA)
    assert reply.text == ""
    assert reply.error and (reply.error.code, reply.error.retryable) == ("broken", True)
    assert "city: 7 is not of type 'string'" in reply.error.cause


async def test_cut_at_the_bound_is_an_error(provider: Provider) -> None:
    provider.script(Answer('{"city": "Os', finish="length", usage=(5, 50)))
    reply = await run(provider, "openai:gpt-test/max_tokens=50", schema=SCHEMA)
    assert reply.error and reply.error.code == "broken"


async def test_calls_come_before_it(provider: Provider) -> None:
    provider.script(Answer("Let me look.", tools=CALL.tools), Answer(GOOD))
    reply = await run(provider, schema=SCHEMA, abilities=(ORDER,), call=Calls(order=1))
    assert reply.of(Text) == [Text(GOOD)]
