"""How far a reply goes: bounds of tokens, cuts, refusals, silence, failures."""

from typing import Any

import pytest

from bots.engines.base import Activity, EngineError, Limits, Reasoning, Text, Turn, Usage
from bots.engines.providers.engine import ProviderEngine
from bots.engines.providers.tests.runs import MODEL, QUESTION, Calls, access_to, prompts, run
from bots.engines.providers.tests.test_engine_tools import CALL, ORDER
from tests.support.provider import Provider
from tests.support.provider_wire import Answer, Body


def bound(body: Body) -> int | None:
    return body.get("max_tokens") or body.get("max_completion_tokens")


async def test_a_cut_of_the_providers_own_is_gone_on_from(provider: Provider) -> None:
    provider.script(
        Answer("The first half ends in the middle of", finish="length"),
        Answer("half ends in the middle of a sentence that ends", finish="length", usage=None),
        Answer(" here."),
    )
    reply = await run(provider, limits=Limits(tokens=1_000))
    assert (reply.text, reply.end) == ("The first half ends in the middle of a sentence that ends here.", "stop")
    assert prompts(provider, 1)[-2:] == [
        ("assistant", "The first half ends in the middle of"),
        ("user", "Your answer was cut off. Go on exactly where it ended, without repeating anything and without an introduction."),
    ]
    assert len(reply.of(Usage)) == 3 and bound(provider.requests[1]) == 993


async def test_a_short_continuation_is_not_taken_for_a_repetition(provider: Provider) -> None:
    provider.script(Answer("Say that it is so and so and", finish="length"), Answer(pieces=[" so", " and"]))
    assert (await run(provider)).text == "Say that it is so and so and so and"
    provider.script(Answer("Say that it is so and so and", finish="length"), Answer("it", finish="length"), Answer(" is."))
    assert (await run(provider)).text == "Say that it is so and so andit is."


async def test_it_goes_on_only_so_often(provider: Provider) -> None:
    provider.default = Answer("More and more. ", finish="length")
    reply = await run(provider, limits=Limits(continuations=2))
    assert (reply.end, len(provider.requests)) == ("length", 3)


@pytest.mark.parametrize("options", ["", "/max_tokens=50"])
async def test_our_own_bound_ends_the_reply(provider: Provider, options: str) -> None:
    provider.default = Answer("Cut here", finish="length", usage=(5, 50))
    limits = Limits(tokens=0 if options else 50)
    reply = await run(provider, f"openai:gpt-test{options}", limits=limits)
    assert (reply.text, reply.end, len(provider.requests)) == ("Cut here", "length", 1)
    assert bound(provider.requests[0]) == 50


async def test_the_bound_holds_for_all_rounds_together(provider: Provider) -> None:
    provider.script(Answer("Looking.", tools=CALL.tools, usage=(5, 60)), Answer("More.", tools=CALL.tools, usage=(5, 60)))
    reply = await run(provider, abilities=(ORDER,), call=Calls(order=1), limits=Limits(tokens=100))
    assert (reply.text, reply.end) == ("Looking.\n\nMore.", "length")
    assert [bound(body) for body in provider.requests] == [100, 40]


async def test_a_model_that_does_not_heed_its_bound_is_cut(provider: Provider) -> None:
    provider.script(Answer("word " * 50, fault="endless"))
    reply = await run(provider, limits=Limits(tokens=100))
    assert reply.end == "length"
    assert 600 < len(reply.text) < 900
    assert reply.of(Usage)[0].output_tokens >= 200
    await provider.until(lambda seen: seen.left == 1)


async def test_what_nobody_counted_is_estimated(provider: Provider) -> None:
    provider.script(Answer("word " * 40, usage=None))
    usage = (await run(provider, instructions="i" * 4_000)).of(Usage)
    assert len(usage) == 1 and usage[0].input_tokens > 1_000 and 45 <= usage[0].output_tokens <= 55


async def test_reasoning_is_told_apart(provider: Provider) -> None:
    provider.script(Answer("Yes.", reasoning="They ask about Norway."))
    reply = await run(provider)
    assert "".join(reply.of(Reasoning, "text")) == "They ask about Norway."
    assert reply.text == "Yes."
    assert reply.of(Activity) == [Activity("thinking", "model", "", done=False), Activity("thinking", "model", "", done=True)]
    kinds = [type(event) for event in reply.events]
    assert kinds.index(Text) > kinds.index(Activity, 1)


@pytest.mark.parametrize(
    ("said", "text", "reasoning"),
    [
        ("<think>\nThey ask about <b>Norway</b>.</think>\n\nYes, <think>.", "Yes, <think>.", "They ask about <b>Norway</b>."),
        (" <thinking>Hm</think></thinking>Yes", "Yes", "Hm</think>"),
        ("<thin ice>", "<thin ice>", ""),
        ("<th", "<th", ""),
        ("<think></think>Yes", "Yes", ""),
    ],
)
async def test_thoughts_within_the_text(provider: Provider, said: str, text: str, reasoning: str) -> None:
    for size in (1, 3, len(said)):
        provider.script(Answer(pieces=[said[start : start + size] for start in range(0, len(said), size)]))
        reply = await run(provider)
        assert (reply.text, "".join(reply.of(Reasoning, "text")).strip()) == (text, reasoning), size
        assert [activity.done for activity in reply.of(Activity)] == ([False, True] if reasoning else [])


@pytest.mark.parametrize("answer", [Answer("<think>Hm, hm"), Answer(""), Answer(" \n"), Answer("", reasoning="Hm.")])
async def test_an_empty_answer_is_an_error(provider: Provider, answer: Answer) -> None:
    provider.script(answer)
    reply = await run(provider)
    assert reply.error and (reply.error.code, reply.error.retryable) == ("empty", True)


async def test_all_tokens_used_for_thinking(provider: Provider) -> None:
    provider.script(Answer("", reasoning="Hm.", finish="length"))
    reply = await run(provider)
    assert reply.error and (reply.error.code, reply.error.cause) == ("empty", "The model used all its tokens without saying anything")


async def test_the_providers_filter(provider: Provider) -> None:
    provider.script(Answer("Well", finish="content_filter"))
    reply = await run(provider)
    assert reply.text == "Well"
    assert reply.error and (reply.error.code, reply.error.retryable) == ("refused", False)


async def test_failures_keep_their_code_and_what_arrived(provider: Provider) -> None:
    provider.script(Answer("word " * 20, fault="cut"))
    broken = await run(provider)
    assert broken.error and broken.error.code == "broken"
    assert broken.text.startswith("word word") and len(broken.of(Usage)) == 1
    wrong = await run(provider, key="sk-wrong")
    assert wrong.error and wrong.error.code == "provider_key"
    missing = await run(provider, "openai:gpt-nine")
    assert missing.error and missing.error.code == "no_model"


@pytest.mark.parametrize("fields", [{"access": None}, {"model": "gpt test"}, {"options": {"volume": "3"}}])
def test_a_turn_that_is_no_language_models(provider: Provider, fields: dict[str, Any]) -> None:
    with pytest.raises(EngineError) as refused:
        ProviderEngine().reply(Turn(**{"model": MODEL, "history": QUESTION, "access": access_to(provider), **fields}))
    assert refused.value.code == "no_model"


async def test_leaving_ends_the_request(provider: Provider) -> None:
    provider.script(Answer("word " * 50, hold=3))
    events = ProviderEngine().reply(Turn(model=MODEL, history=QUESTION, access=access_to(provider)))
    async for event in events:
        if isinstance(event, Text):
            break
    await events.aclose()  # type: ignore[attr-defined]
    await provider.until(lambda seen: seen.left == 1)
