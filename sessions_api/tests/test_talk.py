"""How much of a talk a language model reads: a budget of tokens, and a checkpoint for what is older."""

import json
import time
from typing import Any

import pytest

from bots import services as bots
from bots.engines.base import HistoryItem
from bots.vault import create_provider
from sessions_api.keeper import keeper
from sessions_api.models import Conversation, Message, Usage
from sessions_api.operations import Append
from sessions_api.talk import fitted
from tests.support.actors import Operator
from tests.support.inprocess import Caller, InProcess
from tests.support.provider import Answer, Body
from tests.support.provider import Provider as StandIn
from widgets.services import create_widget

LONG = "All work and no play makes Jack a dull boy. " * 8  # some 90 tokens
SUMMARY = "Jack was told about his work."


@pytest.fixture
def api(app: InProcess, olive: Operator) -> Caller:
    """Olive's programs."""
    return Caller(app, olive.token)


@pytest.fixture
def path(olive: Operator, provider: StandIn, settings: Any) -> str:
    """A conversation whose bot reads 400 tokens of it."""
    settings.FETCH_ALLOWED_HOSTS = [provider.url.split("/")[2]]
    create_provider(olive.user, alias="stand", kind="openai", base_url=provider.url, new_key=provider.key)
    bot = bots.create_bot(olive.user, name="Short", model="stand:gpt-test/context=400")
    provider.default = lambda body: Answer(SUMMARY if "Sum up" in str(body["messages"][0]["content"]) else "Yes.")
    return f"conversation/{Conversation.objects.create(owner=olive.user, bot=bot).pk}"


def texts(body: Body) -> list[str]:
    return [str(message["content"]) for message in body["messages"]]


def wait_for(rows: Any, seconds: float = 20) -> None:
    """Until there is one."""
    deadline = time.monotonic() + seconds
    while not rows.exists():
        assert time.monotonic() < deadline, rows.query
        time.sleep(0.02)


def summed_up() -> Message:
    """The checkpoint, once it is there."""
    wait_for(Message.objects.filter(type="checkpoint", deleted=False))
    return Message.objects.filter(type="checkpoint", deleted=False).latest("position")


def say(api: Caller, path: str, *words: str) -> None:
    for word in words:
        assert api.post(f"{path}/complete", {"text": f"{word}: {LONG}"}).status == 200


def test_what_fits() -> None:
    """Items are cut from the front, the last one and what stands for the rest stay."""
    talk = (HistoryItem("context", "x" * 40), *(HistoryItem("user", letter * 40) for letter in "abcd"))
    assert [item.text[0] for item in fitted(talk, 40, 30)] == ["x", "c", "d"]
    assert [item.text[0] for item in fitted(talk, 40, 1)] == ["x", "d"]
    assert [item.text[0] for item in fitted(talk, 2)] == ["x", "c", "d"]
    assert fitted((), 40, 10) == ()


def test_a_long_talk_is_cut_and_summed_up(api: Caller, path: str, provider: StandIn) -> None:
    say(api, path, "One", "Two", "Three", "Four")
    summed_up()
    say(api, path, "Five", "Six")
    last = texts(provider.requests[-1])
    assert any("Six" in text for text in last) and not any("One:" in text for text in last), "old words are gone"
    assert any(SUMMARY in text for text in last), "what they said is not"
    kept = summed_up()
    assert kept.text == SUMMARY and kept.hidden and kept.meta["until"] > 1
    assert Usage.objects.filter(code="checkpoint").exists(), "summing up counts"


def test_a_deleted_message_is_not_kept_by_a_summary(api: Caller, path: str, provider: StandIn) -> None:
    say(api, path, "One", "Two", "Three", "Four")
    summed_up()
    first = Message.objects.get(type="user", text__startswith="One")
    assert api.post(f"{path}/message/{first.pk}/delete", {}).status == 200
    assert not Message.objects.filter(type="checkpoint", deleted=False).exists()


def test_nor_by_one_that_is_just_being_made(api: Caller, path: str, provider: StandIn) -> None:
    say(api, path, "One", "Two", "Three")
    provider.default = lambda body: Answer(SUMMARY, hold=1) if "Sum up" in texts(body)[0] else Answer("Yes.")
    say(api, path, "Four")
    provider.wait(lambda seen: "Sum up" in texts(seen.requests[-1])[0])
    first = Message.objects.get(type="user", text__startswith="One")
    assert api.post(f"{path}/message/{first.pk}/delete", {}).status == 200
    provider.release()
    wait_for(Usage.objects.filter(code="checkpoint"))
    keeper.journal.submit(Append(first.conversation_id, [])).result(20)  # what was queued before it is committed
    assert not Message.objects.filter(type="checkpoint", deleted=False).exists()


def test_visitors_never_see_checkpoints(api: Caller, path: str, provider: StandIn) -> None:
    say(api, path, "One", "Two", "Three", "Four")
    summed_up()
    say(api, path, "Five")
    types = {message["type"] for message in api.get(f"{path}/message/list", take=100).json()["items"]}
    assert "checkpoint" in types, "operators do"
    session = api.post(f"{path}/session/create", {}).json()
    seen = Caller(api.app, session["token"]).get(f"{path}/message/list", take=100).json()
    assert {message["type"] for message in seen["items"]} <= {"user", "bot"}


def test_what_a_deleted_reply_called_goes_with_it(api: Caller, olive: Operator) -> None:
    bot = bots.create_bot(olive.user, name="Calls", model="scripted:calls")
    talk = f"conversation/{Conversation.objects.create(owner=olive.user, bot=bot).pk}"
    weather = {"name": "weather", "description": "Of a city", "parameters": {"type": "object"}, "result": {"data": "sunny"}}
    api.post(f"{talk}/complete", {"text": "Hi", "functions": [weather]})
    notes = Message.objects.filter(type__in=["activity", "reasoning"], deleted=False)
    assert notes.count() == 2
    reply = Message.objects.get(type="bot")
    assert api.post(f"{talk}/message/{reply.pk}/delete", {}).status == 200
    assert not notes.exists() and not Message.objects.filter(text__contains="weather").exists()


@pytest.mark.parametrize(("offered", "wanted", "told"), [
    (None, "de-DE", "de-DE"), ("fr, de", "de-DE", "de"), ("fr, de", "ja", "fr"), (None, "", ""), ("fr", "", "fr"),
    ("fr, de", "ja,de-CH", "de"), (None, "de-CH,fr", "de-CH"), (None, "iw", "he"), (None, "tlh", "tlh"), ("zh-Hant, zh", "zh-TW", "zh-Hant"),
])  # fmt: skip
def test_the_visitors_language(api: Caller, olive: Operator, offered: str | None, wanted: str, told: str) -> None:
    bot = bots.create_bot(olive.user, name="Tells", model="scripted:turn")
    widget = create_widget(olive.user, name="Shop", bot=bot, language=offered)
    talk = Conversation.objects.create(owner=olive.user, widget=widget, bot=bot, language=wanted)
    assert json.loads(api.post(f"conversation/{talk.pk}/complete", {"text": "Hi"}).json()["text"])["language"] == told
