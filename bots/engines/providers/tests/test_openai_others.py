"""The list of models, moderation, and which client is whose."""

import sys

import pytest

from bots.engines.base import EngineError
from bots.engines.providers.clients import client_for
from bots.engines.providers.openai import OpenAIClient
from tests.support.provider import Provider

from .wire import access_to

MODERATION = "omni-moderation-latest"


async def test_models(provider: Provider) -> None:
    provider.models = ["b", "a"]
    assert await OpenAIClient().models(access_to(provider)) == ("a", "b")


async def test_models_with_a_wrong_key(provider: Provider) -> None:
    with pytest.raises(EngineError) as refusal:
        await OpenAIClient().models(access_to(provider, key="sk-wrong"))
    assert refusal.value.code == "provider_key" and "sk-wrong" not in str(refusal.value)


async def test_models_where_there_is_no_such_service(outside_server: str, provider: Provider) -> None:
    with pytest.raises(EngineError) as refusal:
        await OpenAIClient().models(access_to(provider, base_url=f"http://{outside_server}/v1"))
    assert refusal.value.code == "broken" and "base URL" in refusal.value.cause


async def test_moderation(provider: Provider) -> None:
    provider.objectionable = {"gun": "violence", "idiot": "harassment"}
    access = access_to(provider, moderation_model=MODERATION)
    assert await OpenAIClient().moderate(access, "a kind word") == ()
    assert await OpenAIClient().moderate(access, "an idiot with a gun") == ("harassment", "violence")
    assert provider.moderated == ["a kind word", "an idiot with a gun"]


async def test_moderation_by_a_model_that_does_not_exist(provider: Provider) -> None:
    with pytest.raises(EngineError) as refusal:
        await OpenAIClient().moderate(access_to(provider, moderation_model="none"), "my secret words in this text")
    assert refusal.value.code == "no_model" and "secret" not in str(refusal.value)


def test_the_client_of_a_kind() -> None:
    assert isinstance(client_for("openai"), OpenAIClient)
    assert client_for("openai") is client_for("openai")


@pytest.mark.parametrize("kind", ["anthropic", "google"])
def test_a_kind_whose_packages_are_missing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bots.engines.providers.extra", None)
    client_for.cache_clear()
    with pytest.raises(EngineError) as missing:
        client_for(kind)
    assert missing.value.code == "no_model" and "requirements-llm.txt" in missing.value.cause
