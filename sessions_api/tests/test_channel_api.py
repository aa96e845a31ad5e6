"""Channels: what is published reaches who subscribed, once and in order."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import ApiToken, token_digest
from bots import services as bots
from sessions_api import channels
from sessions_api.channels import Reader
from sessions_api.models import ChannelMessage
from sessions_api.tasks import forget_channel_messages
from sessions_api.tests.test_sending import FUNCTION, JSONL, conversation_of
from tests.support.actors import Operator
from tests.support.inprocess import Caller, InProcess
from tests.support.provider import Answer, Provider

CHANNEL = "a-channel-of-olive"


@pytest.fixture
def api(app: InProcess, olive: Operator) -> Caller:
    """Olive's programs."""
    return Caller(app, olive.token)


def owner_of(api: Caller) -> Any:
    """The id of whose token it is."""
    return ApiToken.objects.get(digest=token_digest(api.token or "")).owner_id


def publish(api: Caller, channel: str = CHANNEL, **message: Any) -> Any:
    """The answer."""
    return api.post(f"channel/{channel}/publish", {"message": message})


def subscribe(api: Caller, enough: int, channel: str = CHANNEL, **body: Any) -> list[Any]:
    """The lines, once there are enough."""
    path = f"/api/v1/channel/{channel}/subscribe"
    answer = api.app.request("POST", path, token=api.token, body=body, enough_lines=enough, patience=20)
    assert (answer.status, answer.media_type) == (200, "application/jsonl")
    return answer.lines()


def listen(api: Caller, enough: int, **body: Any) -> tuple[threading.Thread, list[Any]]:
    """Subscribe beside; the lines are there when the thread has ended."""
    key = (owner_of(api), CHANNEL)
    lines: list[Any] = []
    thread = threading.Thread(target=lambda: lines.extend(subscribe(api, enough, **body)))
    thread.start()
    while not channels.bells._waiting.get(key):
        thread.join(0.005)
    return thread, lines


def test_what_is_published_arrives(api: Caller) -> None:
    thread, lines = listen(api, 2)
    ids = [publish(api, text="Grüße", number=number).json()["id"] for number in (1, 2)]
    thread.join()
    assert [(line["type"], line["id"], line["data"]) for line in lines] == [
        ("message", ids[0], {"text": "Grüße", "number": 1}),
        ("message", ids[1], {"text": "Grüße", "number": 2}),
    ]
    assert all(line["createdAt"] > 1_700_000_000_000 for line in lines)


def test_history(api: Caller) -> None:
    for number in range(5):
        publish(api, number=number)
    assert [line["data"]["number"] for line in subscribe(api, 3, historyLength=3)] == [2, 3, 4]
    assert [line["data"]["number"] for line in subscribe(api, 5, historyLength=10_000)] == [0, 1, 2, 3, 4]
    thread, lines = listen(api, 3, historyLength=2)
    publish(api, number=5)
    thread.join()
    assert [line["data"]["number"] for line in lines] == [3, 4, 5]


def test_a_channel_is_its_operators(api: Caller, otto: Operator) -> None:
    publish(Caller(api.app, otto.token), secret=1)
    publish(api, mine=1)
    assert [line["data"] for line in subscribe(api, 1, historyLength=10)] == [{"mine": 1}]


def test_silence_is_told(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_api.api.channels.BEAT_SECONDS", 0.01)
    assert {line["type"] for line in subscribe(api, 2)} == {"ping"}


def test_a_lost_doorbell_costs_time_only(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "POLL_SECONDS", 0.01)
    thread, lines = listen(api, 1)
    ChannelMessage.objects.create(owner_id=owner_of(api), channel=CHANNEL, data={"by": "another process"})
    thread.join()
    assert lines[0]["data"] == {"by": "another process"}


def test_a_message_that_was_committed_late_is_not_lost(olive: Operator) -> None:
    key = (olive.user.pk, CHANNEL)
    reader = Reader(key)
    early = ChannelMessage(owner=olive.user, channel=CHANNEL, data={"n": 1})
    ChannelMessage.objects.create(owner=olive.user, channel=CHANNEL, data={"n": 2})
    assert [message.data["n"] for message in reader.read()] == [2]
    early.save(force_insert=True)
    assert [message.data["n"] for message in reader.read()] == [1]
    assert reader.read() == []


def test_a_visitor_publishes_to_channels_of_their_conversation(api: Caller, olive: Operator) -> None:
    own, other = (conversation_of(olive.user) for _ in range(2))
    token = api.post(f"conversation/{own}/session/create").json()["token"]

    def call(path: str) -> int:
        headers = {"origin": "http://testserver"}
        return api.app.request("POST", f"/api/v1/channel/{path}", token=token, body={"message": {"a": 1}}, headers=headers).status

    assert call(f"{own}-results/publish") == 200
    assert [line["data"] for line in subscribe(api, 1, f"{own}-results", historyLength=1)] == [{"a": 1}]
    assert [call(f"{other}-results/publish"), call(f"{CHANNEL}/publish"), call(f"{own}-results/subscribe")] == [404, 404, 404]


def test_a_function_whose_result_comes_by_a_channel(api: Caller, olive: Operator) -> None:
    path = f"conversation/{conversation_of(olive.user, 'calls')}/complete"
    functions = [{**FUNCTION, "result": {"channel": CHANNEL}}]
    lines: list[Any] = []
    thread = threading.Thread(target=lambda: lines.extend(api.post(path, {"text": "Go", "functions": functions}, **JSONL).lines()))
    thread.start()
    while not channels.bells._waiting.get((olive.user.pk, CHANNEL)):
        thread.join(0.005)
    publish(api, celsius=21)
    thread.join()
    waits = [(line["type"], line["data"]) for line in lines if line["type"].startswith("wait")]
    data = {"channel": CHANNEL, "functionName": "weather", "arguments": {}}
    assert waits == [("waitForChannelMessageBegin", data), ("waitForChannelMessageEnd", data)]
    assert lines[-1]["data"]["text"].strip() == 'weather: {"celsius": 21}'


def test_a_language_model_waits_for_a_channel(api: Caller, olive: Operator, provider: Provider, settings: Any) -> None:
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = provider.key, provider.url
    provider.script(Answer(tools=[("weather", '{"city": "Oslo"}')]), Answer("It is mild."))
    bot = bots.create_bot(olive.user, model="gpt-test")
    conversation = api.post("conversation/create", {"botId": str(bot.pk)}).json()["id"]
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}}
    functions = [{**FUNCTION, "parameters": parameters, "result": {"channel": CHANNEL}}]
    lines: list[Any] = []
    body = {"text": "Go", "functions": functions}
    thread = threading.Thread(target=lambda: lines.extend(api.post(f"conversation/{conversation}/complete", body, **JSONL).lines()))
    thread.start()
    while not channels.bells._waiting.get((olive.user.pk, CHANNEL)):
        thread.join(0.005)
    publish(api, celsius=21)
    thread.join()
    data = {"channel": CHANNEL, "functionName": "weather", "arguments": {"city": "Oslo"}}
    assert [(line["type"], line["data"]) for line in lines if line["type"].startswith("wait")] == [
        ("waitForChannelMessageBegin", data), ("waitForChannelMessageEnd", data),
    ]  # fmt: skip
    assert lines[-1]["data"]["text"] == "It is mild."
    assert "celsius" in provider.requests[1]["messages"][-1]["content"]


def test_old_messages_are_forgotten(olive: Operator, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    rows = [ChannelMessage.objects.create(owner=olive.user, channel=CHANNEL, data={"n": number}) for number in range(4)]
    ChannelMessage.objects.filter(pk=rows[3].pk).update(created_at=timezone.now() - timedelta(seconds=settings.CHANNEL_SECONDS + 1))
    monkeypatch.setattr(channels, "KEPT", 2)
    forget_channel_messages()
    assert [message.data["n"] for message in ChannelMessage.objects.order_by("pk")] == [1, 2]


@pytest.mark.parametrize(
    ("path", "body", "status", "named"),
    [
        ("short/publish", {"message": {}}, 400, "channelId:"),
        (f"{'c' * 192}/publish", {"message": {}}, 400, "channelId:"),
        ("short/subscribe", {}, 400, "channelId:"),
        (f"{CHANNEL}/publish", {}, 400, "message:"),
        (f"{CHANNEL}/publish", {"message": None}, 400, "message:"),
        (f"{CHANNEL}/publish", {"message": [1]}, 400, "message:"),
        (f"{CHANNEL}/publish", {"message": {"a": "\x00"}}, 400, "message:"),
        (f"{CHANNEL}/publish", {"message": {"a": 2**70}}, 400, "message:"),
        (f"{CHANNEL}/publish", {"message": {"a": "x" * 70_000}}, 413, ""),
        *[(f"{CHANNEL}/subscribe", {"historyLength": value}, 400, "historyLength:") for value in (-1, 10_001, "5", 1.5, True)],
    ],
)
def test_what_is_refused(api: Caller, path: str, body: Any, status: int, named: str) -> None:
    answer = api.post(f"channel/{path}", body)
    assert (answer.status, answer.json()["message"].startswith(named)) == (status, True)
    assert not ChannelMessage.objects.exists()


@pytest.mark.parametrize("verb", ["publish", "subscribe"])
def test_operators_only(app: InProcess, verb: str) -> None:
    path = f"channel/{uuid.uuid4()}/{verb}"
    assert [Caller(app, token).post(path, {"message": {}}).status for token in (None, "sk-nonsense")] == [401, 401]
