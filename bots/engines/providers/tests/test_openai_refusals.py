"""What a service refuses, and what operators read about it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bots.engines.base import EngineError, ProviderAccess
from bots.engines.providers.base import Prompt
from bots.engines.providers.errors import error_event, refused
from tests.support.provider import Answer, Provider

from .wire import PROMPTS, access_to, seen

ACCESS = ProviderAccess("shop", "openai", "http://x", "sk-standin-secret")


def answered(status: int, body: str = "", **headers: str) -> Any:
    return refused(status, {name.replace("_", "-"): value for name, value in headers.items()}, body.encode(), ACCESS, ["the visitor's long question about llamas"])


@pytest.mark.parametrize(
    ("status", "code", "again"),
    [
        (400, "provider", False), (401, "provider_key", False), (402, "provider", False), (403, "provider_key", False), (404, "no_model", False),
        (408, "unavailable", True), (422, "provider", False), (429, "rate", True), (500, "unavailable", True), (503, "unavailable", True),
        (529, "unavailable", True), (307, "provider", False),
    ],
)  # fmt: skip
async def test_every_status_has_a_code(provider: Provider, settings: Any, status: int, code: str, again: bool) -> None:
    settings.PROVIDER_RETRIES = 0
    provider.script(Answer(status=status, message="Because of the weather"))
    found = await seen(provider)
    assert found.error is not None and (found.code, found.error.retryable) == (code, again)
    assert str(status) in found.cause and "shop" in found.cause
    assert status == 307 or "Because of the weather" in found.cause
    assert found.events == [] and len(provider.requests) == 1


async def test_a_wrong_key(provider: Provider) -> None:
    found = await seen(provider, access_to(provider, key="sk-wrong-1234567890"))
    assert found.code == "provider_key"
    assert found.cause.startswith("The provider “shop” answered 401: Incorrect API key provided: …")
    assert "sk-wrong" not in found.cause


async def test_a_model_that_does_not_exist(provider: Provider) -> None:
    found = await seen(provider, model="gpt-none")
    assert found.code == "no_model" and "gpt-none" in found.cause


async def test_nothing_left_to_spend_is_no_matter_of_waiting(provider: Provider) -> None:
    provider.script(Answer(status=429, code="insufficient_quota", message="You exceeded your current quota"))
    found = await seen(provider)
    assert found.code == "provider" and "quota" in found.cause and len(provider.requests) == 1


async def test_a_content_filter_that_does_not_like_the_question(provider: Provider) -> None:
    provider.script(Answer(status=400, code="content_filter", message="The response was filtered"))
    found = await seen(provider)
    assert found.error is None and found.finish == "filter"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"error": {"message": "Too long", "code": null}}', ": Too long"),
        ('{"error": "model not found"}', ": model not found"),
        ('{"object": "error", "message": "max_model_len", "code": 400}', ": max_model_len"),
        ('{"detail": "Unauthorized"}', ": Unauthorized"),
        ('[{"error": {"message": "API key not valid"}}]', ": API key not valid"),
        ('{"detail": [{"loc": ["body"], "msg": "extra"}]}', "extra"),
        ("<html>404</html>", "is the base URL right?"),
        ("", "is the base URL right?"),
        ("[" * 100_000, "is the base URL right?"),
    ],
)
def test_errors_in_the_shapes_of_many_services(body: str, said: str) -> None:
    assert said in answered(404, body).cause


def test_the_key_is_in_no_cause() -> None:
    error = answered(400, '{"error": {"message": "Bearer sk-standin-secret is bad, so is sk-proj-****cret."}}')
    assert "secret" not in error.cause and "cret" not in error.cause
    assert "sk-standin" not in str(error) + repr(error)


def test_nothing_that_was_sent_is_in_a_cause() -> None:
    error = answered(400, '{"error": {"message": "Bad input: the visitor\'s long question\\n about llamas, at 7"}}')
    assert error.cause == "The provider “shop” answered 400: Bad input: …, at 7"


def test_a_cause_is_short() -> None:
    assert len(answered(500, '{"error": {"message": "%s"}}' % ("x y " * 5_000)).cause) < 360


async def test_a_talk_is_in_no_cause(provider: Provider, settings: Any) -> None:
    settings.PROVIDER_RETRIES = 0
    canary = "My password is tulip-canary-77 and nobody may know it"
    provider.script(lambda body: Answer(status=400, message=f"Could not read {body['messages'][-1]['content']!r}"))
    found = await seen(provider, prompts=(*PROMPTS, Prompt("user", canary)))
    assert "tulip" not in found.cause and found.cause.endswith("400: Could not read '…'")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"message": "Overloaded", "code": 502}, "unavailable"), ({"message": "Slow down", "code": 429}, "rate"),
        ({"message": "No", "code": 400}, "provider"), ("plain text", "unavailable"), ({"code": "invalid_api_key"}, "provider_key"), (True, "unavailable"),
    ],
)  # fmt: skip
def test_errors_in_place_of_an_answer(error: Any, code: str) -> None:
    assert error_event(error, ACCESS).code == code


async def test_an_error_with_status_200(provider: Provider, hasty: None) -> None:
    provider.script(Answer(fault="error_200", message="Overloaded"), Answer("Hay."))
    assert (await seen(provider)).text == "Hay."


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("7", 7), ("1.5", 1.5), ("soon", None), ("", None), ("-3", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
def test_when_to_ask_again(value: str, seconds: float | None) -> None:
    assert answered(429, retry_after=value).retry_after == seconds


def test_when_to_ask_again_as_a_date() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < answered(429, retry_after=then).retry_after <= 90


async def test_asked_again_when_the_service_said(provider: Provider) -> None:
    provider.script(Answer(status=429, retry_after=0), Answer(status=429, retry_after=0), Answer("Hay."))
    assert (await seen(provider)).text == "Hay."
    assert len(provider.requests) == 3


async def test_not_asked_again_when_that_is_too_late(provider: Provider) -> None:
    provider.script(Answer(status=429, retry_after=3600))
    found = await seen(provider)
    assert found.code == "rate" and len(provider.requests) == 1


def test_an_unknown_kind_of_failure_is_an_engine_error() -> None:
    assert isinstance(answered(418), EngineError)
