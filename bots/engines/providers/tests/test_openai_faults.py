"""Services that break, fall silent, or never end."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from bots.engines.base import Text
from bots.engines.providers.base import Request
from bots.engines.providers.openai import OpenAIClient
from tests.support.provider import Answer, Provider

from .wire import PROMPTS, access_to, seen

WORDS = "one two three four"
SILENT = ("mute", "silence", "comments")
BEFORE = {
    "drop": "unavailable", "cut_first": "broken", "garbage": "broken", "wrong_type": "broken", "bad_length": "broken", "error_200": "unavailable",
}  # fmt: skip
MIDWAY = {
    "cut": "broken", "half_json": "broken", "not_json": "broken", "not_object": "broken", "huge_line": "broken",
    "error_midway": "unavailable",
}  # fmt: skip


@pytest.mark.parametrize("fault", BEFORE)
async def test_broken_before_the_first_piece(provider: Provider, hasty: None, fault: str) -> None:
    provider.default = Answer(WORDS, fault=fault)
    found = await seen(provider)
    assert found.code == BEFORE[fault] and found.events == []
    assert found.error is not None and found.error.retryable and "shop" in found.cause
    assert len(provider.requests) == 3


@pytest.mark.parametrize("fault", BEFORE)
async def test_asked_again_before_the_first_piece(provider: Provider, hasty: None, fault: str) -> None:
    provider.script(Answer(WORDS, fault=fault), Answer(status=500), Answer("Hay."))
    found = await seen(provider)
    assert found.text == "Hay." and found.error is None


@pytest.mark.parametrize("fault", SILENT)
async def test_silent_before_the_first_piece(provider: Provider, impatient: None, fault: str) -> None:
    provider.script(Answer(WORDS, fault=fault))
    found = await seen(provider)
    assert found.code == "timeout" and found.events == [] and "0.3 seconds" in found.cause
    assert len(provider.requests) == 1  # the first piece has one time for all attempts


async def test_silent_after_the_first_piece(provider: Provider, settings: Any) -> None:
    settings.PROVIDER_NEXT_SECONDS = 0.2
    provider.script(Answer(pieces=["one two "], hold=1))
    found = await seen(provider)
    assert found.code == "timeout" and found.text == "one two " and "said nothing" in found.cause
    await provider.until(lambda server: server.left == 1)


@pytest.mark.parametrize("fault", MIDWAY)
async def test_broken_after_the_first_piece(provider: Provider, hasty: None, fault: str) -> None:
    provider.script(Answer(WORDS, fault=fault))
    found = await seen(provider)
    assert found.code == MIDWAY[fault]
    assert found.text == "one two "  # what arrived is kept
    assert len(provider.requests) == 1  # and nothing is asked for twice


async def test_a_clean_end_that_is_none(provider: Provider, hasty: None) -> None:
    provider.script(Answer(WORDS, fault="no_end"))
    found = await seen(provider)
    assert found.text == WORDS and found.code == "broken" and len(provider.requests) == 1


async def test_reasoning_is_a_first_piece_too(provider: Provider, hasty: None) -> None:
    provider.script(Answer(WORDS, reasoning="a b c d e f", fault="cut"))
    found = await seen(provider)
    assert found.reasoning and found.code == "broken" and len(provider.requests) == 1


async def test_no_more_attempts_than_are_set(provider: Provider, hasty: None, settings: Any) -> None:
    settings.PROVIDER_RETRIES = 1
    provider.default = Answer(status=503, message="Overloaded")
    found = await seen(provider)
    assert found.code == "unavailable" and "Overloaded" in found.cause and len(provider.requests) == 2


@pytest.mark.parametrize("words", ["one two three four", "🦙"])
async def test_text_without_an_end(provider: Provider, settings: Any, words: str) -> None:
    settings.REPLY_BYTES = 2_000
    provider.script(Answer(words, fault="endless"))
    found = await seen(provider)
    assert found.code == "provider" and "without an end" in found.cause
    assert 2_000 < len(found.text) < 4 * 2_000 + 100
    await provider.until(lambda server: server.left == 1)


async def test_reasoning_without_an_end(provider: Provider, settings: Any) -> None:
    settings.REPLY_BYTES = 500
    provider.script(Answer(reasoning="on and on", fault="endless"))
    assert (await seen(provider)).code == "provider"


async def test_a_call_without_an_end(provider: Provider, settings: Any) -> None:
    settings.REPLY_BYTES = 500
    provider.script(Answer(tools=[("a", "[" + "1," * 200)], fault="endless"))
    found = await seen(provider)
    assert found.code == "provider" and found.events == []


async def test_nothing_without_an_end(provider: Provider, settings: Any) -> None:
    """Events that hold no text are bounded by their bytes."""
    settings.REPLY_BYTES = 100
    provider.script(Answer(deltas=[{"content": ""}], fault="endless"))
    assert (await seen(provider)).code == "provider"


async def test_a_service_that_only_seems_alive(provider: Provider, impatient: None) -> None:
    provider.script(Answer(deltas=[{"content": ""}] * 200, delay=0.01))
    assert (await seen(provider)).code == "timeout"


async def test_silence_after_the_end(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason was said; only the usage is missing."""
    monkeypatch.setattr("bots.engines.providers.openai.LAST_SECONDS", 0.05)
    provider.script(Answer("Hay.", hold=2))
    found = await seen(provider)
    assert found.text == "Hay." and found.finish == "stop" and found.usage is None


async def test_a_body_that_stays_open_after_done(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bots.engines.providers.openai.REST_SECONDS", 0.05)
    provider.script(Answer("Hay.", hold=4))
    found = await seen(provider)
    assert found.text == "Hay." and found.usage == (11, 7) and found.finish == "stop"


async def test_a_slow_reader_is_no_silent_service(provider: Provider, settings: Any) -> None:
    settings.PROVIDER_NEXT_SECONDS = 0.3
    provider.script(Answer(pieces=["one", "two"], hold=1), Answer(first=0.5))
    async with aclosing(OpenAIClient().stream(Request(access_to(provider), "gpt-test", PROMPTS))) as events:  # type: ignore[type-var]
        assert await anext(events) == Text("one")
        await seen(provider)  # takes longer than a service may be silent
        provider.release()
        assert await anext(events) == Text("two")


async def test_closing_ends_the_request(provider: Provider) -> None:
    provider.script(Answer(WORDS, hold=2))
    events = OpenAIClient().stream(Request(access_to(provider), "gpt-test", PROMPTS))
    assert await anext(events) == Text("one ")
    await events.aclose()  # type: ignore[attr-defined]
    await provider.until(lambda server: server.left == 1)


@pytest.mark.parametrize("fault", ["mute", "silence", "silence_midway"])
async def test_who_is_canceled_ends_the_request(provider: Provider, fault: str) -> None:
    provider.script(Answer(WORDS, fault=fault))
    listening = asyncio.create_task(seen(provider))
    await provider.until(lambda server: server.requests)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    await provider.until(lambda server: server.left == 1)


async def test_who_is_canceled_does_not_ask_again(provider: Provider) -> None:
    provider.script(Answer(status=429, retry_after=20))
    listening = asyncio.create_task(seen(provider))
    await provider.until(lambda server: server.requests)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert len(provider.requests) == 1
