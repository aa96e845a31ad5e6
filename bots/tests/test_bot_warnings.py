from typing import Any

import pytest
from django.contrib.auth.models import Group

from bots import vault
from bots.models import Bot

ADD = "/admin/bots/bot/add/"


@pytest.fixture(autouse=True)
def operators(olive: Any, settings: Any) -> None:
    """Olive may use the admin; the installation has no provider of its own."""
    Group.objects.get(name="operator").user_set.add(olive.user)
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OLLAMA_BASE_URL"):
        setattr(settings, name, "")


def save(who: Any, model: str, url: str = ADD) -> list[str]:
    answer = who.browser.post(url, {"name": "B", "model": model, "meta": "{}", "moderation_words": "damn\nheck"}, follow=True)
    assert answer.redirect_chain, answer.context["errors"]
    return [str(message) for message in answer.context["messages"] if message.level_tag == "warning"]


@pytest.mark.parametrize("model", ["knowledge", "scripted:echo"])
def test_a_bot_that_can_answer_is_just_saved(olive: Any, model: str) -> None:
    assert save(olive, model) == []
    assert Bot.objects.get().moderation_words == "damn\nheck"


def test_a_provider_that_is_not_there_is_told(olive: Any, otto: Any) -> None:
    vault.create_provider(otto.user, alias="ottos")
    vault.create_provider(olive.user, alias="mine")
    for model in ("ottos:small", "gpt-5-mini"):
        (told,) = save(olive, model)
        assert told.startswith("This bot cannot answer now. There is no provider “")
        assert "there are: knowledge, mine, scripted" in told
        assert "ottos," not in told
    assert Bot.objects.count() == 2, "saved in any case"


def test_a_key_that_is_missing_is_told_until_it_is_there(olive: Any) -> None:
    provider = vault.create_provider(olive.user, alias="mine")
    assert save(olive, "mine:small") == ["This bot cannot answer now. The provider “mine” has no key."]
    vault.update_provider(provider, new_key="sk-1")
    assert save(olive, "mine:small", f"/admin/bots/bot/{Bot.objects.get().pk}/change/") == []


def test_a_server_without_keys_needs_none(olive: Any, settings: Any) -> None:
    settings.OLLAMA_BASE_URL = "http://localhost:11434/v1"
    assert save(olive, "ollama:llama3.2") == []


def test_a_key_that_nobody_can_read_any_more_is_told(olive: Any, settings: Any) -> None:
    vault.create_provider(olive.user, alias="mine", new_key="sk-1")
    settings.SECRETS_KEYS = {"new": "n" * 48}
    (told,) = save(olive, "mine:small")
    assert "The key of the provider “mine”: SECRETS_KEYS holds no key" in told
