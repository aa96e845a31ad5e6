"""Moderation: what a visitor writes and what a bot says, looked at for the operator's words and by the provider."""

from typing import Any

import pytest

from bots import services as bots
from bots.engines.sieve import Sieve
from bots.models import Provider
from bots.vault import create_provider
from sessions_api.models import Conversation, Message, Usage
from tests.support.actors import Operator
from tests.support.inprocess import Caller, InProcess
from tests.support.provider import Answer
from tests.support.provider import Provider as StandIn

JSONL = {"accept": "application/jsonl"}


@pytest.fixture
def api(app: InProcess, olive: Operator) -> Caller:
    """Olive's programs."""
    return Caller(app, olive.token)


def path_of(owner: Any, model: str, **fields: Any) -> str:
    """A conversation with a moderated bot."""
    bot = bots.create_bot(owner, name="Careful", model=model, moderation=True, **fields)
    return f"conversation/{Conversation.objects.create(owner=owner, bot=bot).pk}"


@pytest.fixture
def modern(olive: Operator, provider: StandIn, settings: Any) -> Provider:
    """Olive's provider, which has a moderation model."""
    settings.FETCH_ALLOWED_HOSTS = [provider.url.split("/")[2]]
    made: Provider = create_provider(
        olive.user, alias="stand", kind="openai", base_url=provider.url, new_key=provider.key, moderation_model="omni-moderation-latest"
    )
    provider.objectionable = {"weapon": "violence"}
    return made


def test_a_word_in_the_question(api: Caller, olive: Operator) -> None:
    path = path_of(olive.user, "scripted:turn", moderation_words="darn\nred  herring")
    for text in ("Darn it", "a RED\nherring!"):
        answer = api.post(f"{path}/complete", {"text": text}).json()
        assert answer["end"] == {"reason": "stop"} and "instructions" not in answer["text"], "the engine was not asked"
    other = path_of(olive.user, "scripted:echo", moderation_words="darn\nred herring")
    assert api.post(f"{other}/complete", {"text": "darned red herrings"}).json()["text"] == "darned red herrings", "only whole words"
    noted = Message.objects.filter(type="activity").values_list("meta", flat=True)
    assert [meta["moderation"] for meta in noted][:1] == [{"of": "question", "because": "Darn"}], "operators read why"


def test_a_word_in_the_reply(api: Caller, olive: Operator) -> None:
    path = path_of(olive.user, "scripted:sample", moderation_words="varied enough")
    lines = api.post(f"{path}/complete", {"text": "Go"}, **JSONL).lines()
    said = "".join(line["data"]["token"] for line in lines if line["type"] == "token")
    reply = Message.objects.get(type="bot")
    assert said and "varied" not in said and reply.text == said, "what came before is kept"
    assert (reply.status, reply.code) == ("failed", "moderated")
    assert "varied enough" in reply.cause


def test_without_moderation_words_do_nothing(api: Caller, olive: Operator) -> None:
    bot = bots.create_bot(olive.user, name="Free", model="scripted:echo", moderation=False, moderation_words="darn")
    conversation = Conversation.objects.create(owner=olive.user, bot=bot)
    assert api.post(f"conversation/{conversation.pk}/complete", {"text": "darn it"}).json()["text"] == "darn it"


def test_the_provider_looks_at_the_question(api: Caller, olive: Operator, modern: Provider, provider: StandIn) -> None:
    path = path_of(olive.user, "stand:gpt-test")
    answer = api.post(f"{path}/complete", {"text": "Sell me a weapon"}).json()
    assert answer["end"] == {"reason": "stop"} and not provider.requests, "the model got nothing to read"
    assert Message.objects.get(type="activity").meta["moderation"]["because"] == "violence"
    assert api.post(f"{path}/complete", {"text": "Sell me a cake"}).json()["text"].endswith("Sell me a cake")


def test_the_provider_looks_at_the_reply(api: Caller, olive: Operator, modern: Provider, provider: StandIn) -> None:
    provider.script(Answer("Here is a paragraph.\n\nAnd here is a weapon for you.\n\nBye."))
    path = path_of(olive.user, "stand:gpt-test")
    api.post(f"{path}/complete", {"text": "Go"})
    reply = Message.objects.get(type="bot")
    assert (reply.status, reply.code, reply.text) == ("failed", "moderated", "Here is a paragraph.")


def test_a_moderation_that_does_not_answer_lets_nothing_through(api: Caller, olive: Operator, modern: Provider, provider: StandIn) -> None:
    modern.moderation_model = "unknown-model"
    modern.save()
    path = path_of(olive.user, "stand:gpt-test")
    api.post(f"{path}/complete", {"text": "Hello"})
    assert Message.objects.get(type="bot").status == "failed" and not provider.requests


def test_privacy_keeps_texts_out_of_causes(api: Caller, olive: Operator, modern: Provider, provider: StandIn) -> None:
    for privacy in (True, False):
        provider.script(Answer(status=400, message="Your text “my secret wish” is too odd"))
        bot = bots.create_bot(olive.user, name="Quiet", model="stand:gpt-test", privacy=privacy)
        conversation = Conversation.objects.create(owner=olive.user, bot=bot)
        api.post(f"conversation/{conversation.pk}/complete", {"text": "my secret wish"})
        reply = Message.objects.get(conversation=conversation, type="bot")
        assert reply.status == "failed" and "400" in reply.cause
        assert ("secret wish" in reply.cause) != privacy


@pytest.mark.parametrize(("pieces", "shown", "found"), [
    (["you d", "ar", "nit, she said"], "you darnit, she said", ""),
    (["you d", "ar", "n!"], "", "darn"),
    (["that is what I call a really long red ", " her", "ring."], "that is what I", "red herring"),
    (["これは馬", "鹿です"], "", "馬鹿"),
    (["", "nothing"], "nothing", ""),
])  # fmt: skip
def test_a_sieve_finds_words_across_pieces(pieces: list[str], shown: str, found: str) -> None:
    sieve = Sieve("darn\nred herring\n馬鹿")
    let_through = "".join(sieve.feed(piece, number == len(pieces) - 1) for number, piece in enumerate(pieces))
    assert sieve.found == found and let_through.startswith(shown) and "darn!" not in let_through and "herring" not in let_through


def test_words_by_the_api(api: Caller, olive: Operator) -> None:
    made = api.post("bot/create", {"model": "scripted:echo", "moderation": True, "moderationWords": "darn"}).json()["id"]
    assert api.get(f"bot/{made}/fetch").json()["moderationWords"] == "darn"
    talk = Conversation.objects.create(owner=olive.user, bot_id=made)
    assert "darn" not in api.post(f"conversation/{talk.pk}/complete", {"text": "darn it"}).json()["text"]


def test_what_was_ended_costs_too(api: Caller, olive: Operator, modern: Provider, provider: StandIn) -> None:
    for _ in range(2):
        provider.script(Answer("A long and honest paragraph.\n\nAnd here is a weapon for you.\n\nBye."))
    path = path_of(olive.user, "stand:gpt-test")
    api.post(f"{path}/complete", {"text": "Go"})
    bot = Conversation.objects.get().bot_id
    api.post("conversation/complete", {"botId": str(bot), "messages": [{"type": "user", "text": "Go"}]})
    assert [row.output_tokens > 0 for row in Usage.objects.all()] == [True, True]
