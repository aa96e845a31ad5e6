"""Functions and abilities: offered, called, and what comes of it."""

import asyncio
import json
from typing import Any

import pytest

from bots.engines.base import Ability, Activity, CallResult, EngineError, Function, Limits, Waiting
from bots.engines.providers.tests.runs import Calls, prompts, run
from tests.support.provider import Provider
from tests.support.provider_wire import Answer

NUMBER = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"], "additionalProperties": False}
ORDER = Ability("order", "Looks up an order", "…", parameters=NUMBER)
CART = Function("cart", "What is in the cart", NUMBER, page=True)
HOURS = Function("hours", "When we open", {}, data={"open": "9:00"})
CALL = Answer(tools=[("order", '{"id": 7}')])


def results(provider: Provider, number: int = 1) -> list[Any]:
    """What the model was told of its calls."""
    return [json.loads(text) for role, text in prompts(provider, number) if role == "tool"]


async def test_an_ability_is_offered_called_and_told(provider: Provider) -> None:
    provider.script(CALL, Answer("It is on its way."))
    calls = Calls(order={"state": "sent"})
    reply = await run(provider, abilities=(ORDER,), call=calls)
    assert (reply.text, reply.end) == ("It is on its way.", "stop")
    assert provider.requests[0]["tools"] == [
        {"type": "function", "function": {"name": "order", "description": "Looks up an order", "parameters": NUMBER}}
    ]
    assert calls.made == [(1, "order", {"id": 7})]
    assert results(provider) == [{"state": "sent"}]
    assert reply.of(Activity) == [
        Activity("ability", "order", "Looks up an order", done=False), Activity("ability", "order", "Looks up an order", done=True),
    ]  # fmt: skip
    assert reply.notes == [{"ability": {"name": "order", "arguments": {"id": 7}, "result": {"state": "sent"}}}]


async def test_functions_of_the_page_and_known_data(provider: Provider) -> None:
    provider.script(Answer(tools=[("hours", ""), ("cart", '{"id": 1}')]), Answer("Done."))
    calls = Calls(cart=CallResult(error="The page is closed."))
    reply = await run(provider, functions=(HOURS, CART), call=calls)
    assert calls.made == [(2, "cart", {"id": 1})]
    assert results(provider) == [{"open": "9:00"}, {"error": "The page is closed."}]
    assert [note["function"].get("error") for note in reply.notes] == [None, "The page is closed."]
    kinds = [(activity.kind, activity.name, activity.done) for activity in reply.of(Activity)]
    assert kinds == [
        ("function", "hours", False), ("function", "hours", True), ("function", "cart", False), ("function", "cart", True),
        ("thinking", "model", False), ("thinking", "model", True),
    ], "a function that failed is not what was done last"  # fmt: skip


async def test_text_beside_calls_is_a_paragraph_of_its_own(provider: Provider) -> None:
    provider.script(Answer("Let me look.", tools=[("order", '{"id": 7}')]), Answer("It is on its way."))
    reply = await run(provider, abilities=(ORDER,), call=Calls(order=1))
    assert reply.text == "Let me look.\n\nIt is on its way."
    assert prompts(provider, 1)[-2] == ("assistant", "Let me look.")


async def test_a_channel_gives_the_answer(provider: Provider) -> None:
    heard: list[str] = []

    async def channels(channel: str) -> Any:
        async def answer() -> Any:
            heard.append(channel)
            return {"seat": "7A"}

        return answer

    provider.script(Answer(tools=[("seat", '{"id": 3}')]), Answer("7A."))
    function = Function("seat", "Books a seat", NUMBER, channel="channel-of-the-caller")
    reply = await run(provider, functions=(function,), channels=channels)
    assert heard == ["channel-of-the-caller"]
    assert results(provider) == [{"seat": "7A"}]
    assert reply.of(Waiting) == [
        Waiting("channel-of-the-caller", "seat", {"id": 3}, done=False), Waiting("channel-of-the-caller", "seat", {"id": 3}, done=True),
    ]  # fmt: skip


@pytest.mark.parametrize("failure", ["late", "broken", "deaf"])
async def test_a_channel_that_does_not_answer(provider: Provider, settings, failure: str) -> None:
    settings.CALL_SECONDS = 0.01 if failure == "late" else 30

    async def channels(channel: str) -> Any:
        if failure == "deaf":
            raise OSError("redis.internal")

        async def answer() -> Any:
            if failure == "broken":
                raise OSError("redis.internal")
            await asyncio.Event().wait()

        return answer

    provider.script(Answer(tools=[("seat", "{}")]), Answer("Sorry."))
    reply = await run(provider, functions=(Function("seat", "", channel="c" * 16),), channels=channels)
    assert reply.text == "Sorry."
    told = {"late": "No answer came within 0.01 seconds.", "broken": "It failed (OSError).", "deaf": "Its channel cannot be listened to (OSError)."}
    assert results(provider) == [{"error": told[failure]}]
    assert [waiting.done for waiting in reply.of(Waiting)] == ([] if failure == "deaf" else [False, True])


async def test_what_nobody_can_carry_out_is_not_offered(provider: Provider) -> None:
    reply = await run(provider, abilities=(ORDER,), functions=(CART, Function("seat", "", channel="c" * 16)))
    assert reply.end == "stop"
    assert "tools" not in provider.requests[0]


async def test_names_are_made_fit_and_different(provider: Provider) -> None:
    names = ("Look up: order", "Look up order", "größe", "é", "x" * 80, "x" * 90)
    provider.script(Answer(tools=[("Look_up_order_2", "{}")]), Answer("Done."))
    calls = Calls(**{"Look up order": 1})
    await run(provider, abilities=tuple(Ability(name, "", "") for name in names), call=calls)
    offered = [tool["function"]["name"] for tool in provider.requests[0]["tools"]]
    assert offered == ["Look_up_order", "Look_up_order_2", "gr_e", "tool", "x" * 64, "x" * 62 + "_2"]
    assert calls.made == [(1, "Look up order", {})]


async def test_the_visitor_is_asked_before_something_is_written(provider: Provider) -> None:
    await run(provider, abilities=(Ability("pay", "Pays.", "", writes=True),), call=Calls())
    assert provider.requests[0]["tools"][0]["function"]["description"] == "Pays. The visitor is asked before it is done."


@pytest.mark.parametrize("parameters", [{"type": "array"}, {"type": "object", "properties": {"a": {"type": "nothing"}}}, {"required": 5}])
async def test_parameters_that_are_no_schema_are_left_out_and_noted(provider: Provider, parameters: dict[str, Any]) -> None:
    reply = await run(provider, abilities=(Ability("odd", "", "", parameters=parameters), ORDER), call=Calls())
    assert [tool["function"]["name"] for tool in provider.requests[0]["tools"]] == ["order"]
    assert reply.notes[0]["ability"]["error"].startswith("Its parameters are no JSON schema of an object: ")


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("refund", '{"id": 7}', "There is no tool “refund”. Available: order"),
        ("bad name!", "{}", "There is no tool “bad name!”. Available: order"),
        ("order", '{"id": 7', "The arguments are not valid JSON: "),
        ("order", "[7]", "The arguments must be a JSON object."),
        ("order", '{"id": NaN}', "The arguments are not valid JSON: NaN is not JSON"),
        ("order", '{"id": "seven"}', "The arguments do not fit the schema: id: 'seven' is not of type 'integer'"),
        ("order", "{}", "The arguments do not fit the schema: 'id' is a required property"),
        ("order", '{"id": 7, "all": true}', "The arguments do not fit the schema: Additional properties are not allowed"),
        ("order", json.dumps({"id": "7" * 70_000}), "The arguments have more than 65,536 characters."),
        ("order", "[" * 30_000, "The arguments are not valid JSON: "),
    ],
)
async def test_a_wrong_call_is_told_and_the_reply_goes_on(provider: Provider, name: str, arguments: str, error: str) -> None:
    provider.script(Answer(tools=[(name, arguments), ("order", '{"id": 1}')]), Answer("Sorry about that."))
    calls = Calls(order="ok")
    reply = await run(provider, abilities=(ORDER,), call=calls)
    assert (reply.text, reply.end) == ("Sorry about that.", "stop")
    told = results(provider)
    assert told[0]["error"].startswith(error) and told[1] == "ok"
    assert calls.made == [(1, "order", {"id": 1})]
    assert next(iter(reply.notes[0].values()))["error"].startswith(error)


@pytest.mark.parametrize(
    "parameters",
    [
        {"$defs": {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(30)} | {"a30": {}}, "$ref": "#/$defs/a0"},
        {"$ref": "#"},
        {"$ref": "http://127.0.0.1:9/schema"},
        {"properties": {"text": {"not": {"uniqueItems": True}}}},
    ],
)
async def test_schemas_that_are_bombs_are_told_instead_of_worked_through(provider: Provider, parameters: dict[str, Any]) -> None:
    provider.script(Answer(tools=[("f", json.dumps({"text": list(range(2_000))}))]), Answer("Sorry."))
    calls = Calls(f=1)
    reply = await run(provider, functions=(Function("f", "", {"type": "object", **parameters}, page=True),), call=calls)
    assert (reply.text, calls.made) == ("Sorry.", [])
    assert results(provider)[0]["error"].startswith("The arguments do not fit the schema: the schema ")


async def test_patterns_cannot_hang_a_process(provider: Provider) -> None:
    pattern = {"type": "string", "pattern": "^(a+)+$"}
    parameters = {"type": "object", "properties": {"text": pattern}, "patternProperties": {"^(b+)+$": {}}, "additionalProperties": False}
    provider.script(Answer(tools=[("f", json.dumps({"text": "a" * 60 + "!", "b" * 60 + "!": 1}))]), Answer("Done."))
    assert (await run(provider, functions=(Function("f", "", parameters, page=True),), call=Calls(f=1))).text == "Done."


async def test_no_more_calls_than_allowed(provider: Provider) -> None:
    provider.script(Answer(tools=[("order", f'{{"id": {n}}}') for n in range(4)]), Answer("Enough."))
    calls = Calls(order="ok")
    reply = await run(provider, abilities=(ORDER,), call=calls, limits=Limits(calls=2))
    assert (reply.text, len(calls.made)) == ("Enough.", 2)
    assert results(provider) == ["ok", "ok", *[{"error": "Not called: a reply may call 2 times at most."}] * 2]


async def test_endless_calls_end_with_an_answer(provider: Provider) -> None:
    provider.default = lambda body: CALL if "tools" in body else Answer("That is all I know.")
    calls = Calls(order="ok")
    reply = await run(provider, abilities=(ORDER,), call=calls, limits=Limits(iterations=5, calls=3))
    assert (reply.text, reply.end) == ("That is all I know.", "iteration")
    assert (len(provider.requests), len(calls.made)) == (5, 3)


async def test_many_calls_in_one_round_are_all_answered(provider: Provider) -> None:
    provider.script(Answer(tools=[("refund", "{}")] * 60), Answer("Fine."))
    reply = await run(provider, abilities=(ORDER,), call=Calls())
    assert reply.text == "Fine."
    assert len(results(provider)) == 60


async def test_calls_though_none_were_offered(provider: Provider) -> None:
    provider.script(Answer("Hm.", tools=[("order", "{}")]))
    reply = await run(provider)
    assert (reply.text, reply.end) == ("Hm.", "iteration")
    provider.script(CALL)
    silent = await run(provider)
    assert silent.error and (silent.error.code, silent.error.retryable) == ("empty", True)


async def test_silence_after_calls_is_asked_about_once(provider: Provider) -> None:
    provider.script(CALL, Answer(""), Answer("It is on its way."))
    reply = await run(provider, abilities=(ORDER,), call=Calls(order=1))
    assert reply.text == "It is on its way."
    provider.script(CALL, Answer(""), Answer(""))
    silent = await run(provider, abilities=(ORDER,), call=Calls(order=1))
    assert silent.error and silent.error.code == "empty"


async def test_long_results_are_cut(provider: Provider) -> None:
    provider.script(CALL, Answer("Long."))
    reply = await run(provider, abilities=(ORDER,), call=Calls(order="x" * 50_000))
    told = next(text for role, text in prompts(provider, 1) if role == "tool")
    assert len(told) == 32_004
    assert len(reply.notes[0]["ability"]["result"]) == 32_004


async def test_what_fails_is_told_but_not_how(provider: Provider) -> None:
    provider.script(CALL, Answer("Sorry."))
    reply = await run(provider, abilities=(ORDER,), call=Calls(order=OSError("key sk-123 refused")))
    assert reply.text == "Sorry."
    assert results(provider) == [{"error": "It failed (OSError)."}]


async def test_a_call_that_may_have_been_made_ends_the_reply(provider: Provider) -> None:
    provider.script(CALL)
    reply = await run(provider, abilities=(ORDER,), call=Calls(order=EngineError("interrupted", retryable=False)))
    assert reply.error and reply.error.code == "interrupted"


async def test_functions_at_the_start_and_the_end(provider: Provider) -> None:
    user = Function("user", "Who it is", {"type": "object", "required": ["x"]}, data={"name": "Ann"}, at_start=True)
    done = Function("done", "Takes note", data=1, at_end=True)
    lost = Function("lost", "", channel="c" * 16, at_start=True)
    reply = await run(provider, functions=(user, done, lost))
    question = prompts(provider)[-1][1]
    assert '<result function="user">\n{"name": "Ann"}\n</result>' in question
    assert '<result function="lost">\n{"error": "It cannot be called here."}\n</result>' in question
    assert [(note["function"]["name"], note["function"].get("result")) for note in reply.notes] == [
        ("user", {"name": "Ann"}), ("lost", None), ("done", 1),
    ]  # fmt: skip
    assert reply.end == "stop"
