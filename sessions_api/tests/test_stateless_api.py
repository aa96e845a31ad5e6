"""POST conversation/complete: a reply to a talk that is sent along."""

import asyncio
from typing import Any

import pytest

from bots import services as bots
from bots.engines.base import Text, Turn
from fetcher import Fetched, FetchRefused
from sessions_api.contact_book import create_contact
from sessions_api.models import Contact, Conversation, Message
from sessions_api.stateless import Ended, made
from sessions_api.tests.conftest import talk
from sessions_api.tests.test_sending import JSONL, conversation_of, kinds
from tests.support.actors import Operator
from tests.support.inprocess import Caller, InProcess

PATH = "conversation/complete"
HI = {"messages": [{"type": "user", "text": "Hi"}]}


@pytest.fixture
def api(app: InProcess, olive: Operator) -> Caller:
    """Olive's programs."""
    return Caller(app, olive.token)


def test_a_bot_answers_and_nothing_is_stored(api: Caller, olive: Operator) -> None:
    bot = bots.create_bot(olive.user, name="E", alias="echo", model="scripted:echo")
    for key in (str(bot.pk), "echo"):
        answer = api.post(PATH, {"botId": key, "messages": [{"type": "bot", "text": "Yes?"}, {"type": "user", "text": "Hello you"}]})
        assert answer.json() == {"text": "Hello you", "usage": {"token": 5}, "end": {"reason": "stop"}}
    assert not Message.objects.exists() and not Conversation.objects.exists()


def test_one_that_is_described_answers(api: Caller, olive: Operator) -> None:
    dataset = bots.create_dataset(olive.user, name="D")
    contact = create_contact(olive.user, name="Ann", preferences="Likes rhymes")
    body = {
        "model": "scripted:turn", "backstory": "You are Bob", "datasetId": str(dataset.pk), "privacy": True, "contactId": str(contact.pk),
        "messages": [
            {"type": "user", "text": "Lost"}, {"type": "checkpoint", "text": "So far"}, {"type": "instruction", "text": "Be kind"},
            {"type": "reasoning", "text": "Hm", "meta": {"a": 1}}, {"type": "user", "text": "I am bob@example.com"},
        ],
        "extensions": {"backstory": "Be brief"}, "limits": {"iterations": 1},
        "functions": [{"name": "f", "description": "", "parameters": {"type": "object", "properties": {}}}],
    }  # fmt: skip
    turn = talk(api.post(PATH, body, **{"x-timezone": "Europe/Rome"}))
    assert turn["instructions"].startswith("You are Bob\n\nBe brief\n\n")
    assert "Likes rhymes" in turn["instructions"]
    assert turn["history"] == [["context", "So far"], ["instruction", "Be kind"], ["user", "I am [EMAIL_1]"]]
    assert (turn["search"], turn["limits"]["iterations"], turn["timeZone"], turn["functions"][0]["name"]) == (True, 1, "Europe/Rome", "f")


def test_a_contact_may_be_described(api: Caller) -> None:
    body = {**HI, "model": "scripted:turn", "contactId": {"fingerprint": "f1", "name": "Ann", "unknown": 1}}
    assert api.post(PATH, body).status == api.post(PATH, body).status == 200
    assert [(contact.fingerprint, contact.name) for contact in Contact.objects.all()] == [("f1", "Ann")]


def test_a_stream_of_lines(api: Caller) -> None:
    lines = api.post(PATH, {**HI, "model": "scripted:echo"}, **JSONL).lines()
    assert kinds(lines) == ["usage", "message", "result"]
    assert lines[-1]["data"] == {"text": "Hi", "usage": {"token": 2}, "end": {"reason": "stop"}}
    assert all("createdAt" in line for line in lines)
    failed = {**HI, "model": "scripted:sample/tokens=5/fail_at=2/code=overloaded"}
    lines = api.post(PATH, failed, **JSONL).lines()
    assert kinds(lines) == ["error", "result"]
    assert (lines[-1]["data"]["end"], lines[-1]["data"]["code"]) == ({"reason": "error"}, "overloaded")
    assert api.post(PATH, failed).json() == lines[-1]["data"]


def test_attachments_are_read(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetch(url: str, **_: Any) -> Fetched:
        if "private" in url:
            raise FetchRefused("private_address", "The host is not on the public internet")
        if "away" in url:
            raise FetchRefused("unreachable", "The host cannot be reached")
        if url.endswith(".png"):
            return Fetched(url, 200, "image/png", {}, b"\x89PNG\r\n\x1a\n" + bytes(32))
        return Fetched(url, 200, "text/plain", {}, b"MZ\0\0" if url.endswith("exe") else "Grüße".encode())

    monkeypatch.setattr("sessions_api.api.attached.fetch", fetch)

    def post(*urls: Any) -> Any:
        return api.post(PATH, {**HI, "model": "scripted:turn", "attachments": [{"url": url} for url in urls]})

    assert talk(post("https://a.example/x/note.txt?b", "https://a.example/p.png"))["attachments"] == [
        {"name": "note.txt", "type": "text/plain", "text": "Grüße"},
        {"name": "p.png", "type": "image/png", "text": ""},
    ]
    for url, status in (("http://private.example", 400), ("http://away.example", 422), ("http://a.example/a.exe", 422), (5, 400), ("", 400)):
        refused = post("https://a.example/note.txt", url)
        assert (refused.status, refused.json()["message"].startswith("attachments[1].url:")) == (status, True), url


async def test_nobody_listening_ends_the_engine() -> None:
    closed = asyncio.Event()

    class Endless:
        def check(self, name: str, options: Any) -> None:
            """Anything goes."""

        async def reply(self, turn: Turn) -> Any:
            try:
                while True:
                    yield Text("word ")
                    await asyncio.sleep(0)
            finally:
                closed.set()

    events = made(Endless(), Turn(), 1.0, 1)
    assert await anext(events) == Text("word ")
    await events.aclose()
    assert closed.is_set()


async def test_time_and_length_are_limited(settings: Any) -> None:
    class Slow:
        def check(self, name: str, options: Any) -> None:
            """Anything goes."""

        async def reply(self, turn: Turn) -> Any:
            yield Text("word")
            await asyncio.Event().wait()

    settings.REPLY_SECONDS = 0.01
    assert [item async for item in made(Slow(), Turn(), 1.0, 1)] == [Text("word"), Ended("word", 0, "error", "timeout")]
    settings.REPLY_BYTES = 3
    assert [item async for item in made(Slow(), Turn(), 1.0, 1)][-1] == Ended("word", 0, "length")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"messages": None}, "messages:"),
        ({"messages": {}}, "messages:"),
        ({"messages": [5]}, "messages[0]:"),
        ({"messages": [{"type": "robot", "text": ""}]}, "messages[0].type:"),
        ({"messages": [{"type": "user", "text": None}]}, "messages[0].text:"),
        ({"messages": [{"type": "user", "text": "", "meta": 5}]}, "messages[0].meta:"),
        ({"model": 5}, "model:"),
        ({"model": "scripted:nonsense"}, "model:"),
        ({"model": "nobody:home"}, "model:"),
        ({"backstory": "\x00"}, "backstory:"),
        ({"privacy": "yes"}, "privacy:"),
        ({"moderation": 1}, "moderation:"),
        ({"contactId": 5}, "contactId:"),
        ({"contactId": {}}, "contactId.fingerprint:"),
        ({"contactId": {"fingerprint": "f", "email": "x"}}, "contactId.email:"),
        ({"attachments": {}}, "attachments:"),
        ({"limits": {"calls": -1}}, "limits.calls:"),
    ],
)
def test_bodies_that_are_refused(api: Caller, change: dict[str, Any], named: str) -> None:
    answer = api.post(PATH, {**HI, "model": "scripted:echo", **change})
    assert (answer.status, answer.json()["message"].startswith(named)) == (400, True), answer.content


@pytest.mark.parametrize("key", ["botId", "datasetId", "skillsetId", "contactId"])
def test_what_belongs_to_others_is_not_used(api: Caller, otto: Operator, key: str) -> None:
    makers: dict[str, Any] = {
        "botId": lambda: bots.create_bot(otto.user, name="B"), "datasetId": lambda: bots.create_dataset(otto.user, name="D"),
        "skillsetId": lambda: bots.create_dataset(otto.user, name="S"), "contactId": lambda: create_contact(otto.user, name="C"),
    }  # fmt: skip
    for value in (str(makers[key]().pk), "nonsense"):
        answer = api.post(PATH, {**HI, key: value})
        assert (answer.status, answer.json()["message"].startswith(f"{key}: no such")) == (400, True)


def test_operators_only(app: InProcess, olive: Operator) -> None:
    token = Caller(app, olive.token).post(f"conversation/{conversation_of(olive.user)}/session/create").json()["token"]
    answers = [Caller(app, one).post(PATH, HI, origin="http://testserver").status for one in (None, "sk-nonsense", token)]
    assert answers == [401, 401, 404]
