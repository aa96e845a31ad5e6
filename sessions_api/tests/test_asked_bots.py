"""A bot that asks another one: what that costs counts too."""

from typing import Any

import pytest

from bots import services as bots
from bots import skills
from bots.vault import create_provider
from sessions_api.models import Conversation, Usage
from tests.support.actors import Operator
from tests.support.inprocess import Caller, InProcess
from tests.support.provider import Answer, Provider


@pytest.fixture
def asking(olive: Operator, provider: Provider, settings: Any) -> Any:
    """A bot whose ability is to ask another, which is a language model."""
    settings.FETCH_ALLOWED_HOSTS = [provider.url.split("/")[2]]
    create_provider(olive.user, alias="stand", base_url=provider.url, new_key=provider.key)
    expert = bots.create_bot(olive.user, name="Expert", model="stand:gpt-test")
    skillset = skills.create_skillset(olive.user, name="Experts")
    skills.create_ability(skillset, name="ask", description="Ask the expert", instruction="{{input}}", bot=expert)
    return bots.create_bot(olive.user, name="Asking", model="scripted:calls", skillset=skillset)


def test_in_a_conversation(app: InProcess, olive: Operator, asking: Any) -> None:
    talk = Conversation.objects.create(owner=olive.user, bot=asking)
    answer = Caller(app, olive.token).post(f"conversation/{talk.pk}/complete", {"text": '{"input": "Why?"}'}).json()
    assert "Why?" in answer["text"]
    spent = Usage.objects.get(code="ability")
    assert (spent.output_tokens, spent.model, spent.conversation_id) == (18, "ask", talk.pk)


def test_in_a_talk_that_is_not_stored(app: InProcess, olive: Operator, provider: Provider, asking: Any) -> None:
    bots.update_bot(asking, model="stand:gpt-test")
    provider.script(Answer(tools=[("ask", '{"input": "Why?"}')]), Answer("Because."), Answer("He says because."))
    body = {"botId": str(asking.pk), "messages": [{"type": "user", "text": "Ask him"}]}
    assert Caller(app, olive.token).post("conversation/complete", body).json()["text"] == "He says because."
    assert Usage.objects.values_list("status", "output_tokens").get() == ("done", 7 + 7 + 18)


@pytest.mark.parametrize("headers", [{}, {"accept": "application/jsonl"}])
def test_a_talk_that_is_not_stored_counts_as_it_ended(
    app: InProcess, olive: Operator, provider: Provider, asking: Any, headers: dict[str, str]
) -> None:
    provider.script(Answer("Hello."), Answer(status=401))
    for _ in range(2):
        body = {"model": "stand:gpt-test", "messages": [{"type": "user", "text": "Hi"}]}
        assert Caller(app, olive.token).post("conversation/complete", body, **headers).status == 200
    rows = Usage.objects.order_by("pk").values_list("status", "code", "input_tokens", "output_tokens")
    assert list(rows) == [("done", "", 11, 7), ("failed", "provider_key", 0, 0)]
