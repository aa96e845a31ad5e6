"""Sessions that operators make: of a conversation, and of a new one with a bot; and what a browser does with their tokens."""

import time
from typing import Any

import pytest

from sessions_api.models import Conversation, Message, Session
from sessions_api.tests.api import Caller, operator, refused
from sessions_api.tokens import read_token
from tests.support.inprocess import InProcess
from tests.support.world import FEATURES, make_session

SHOP = "https://shop.example"


@pytest.fixture
def olive(app: InProcess) -> Caller:
    """An operator with one of everything."""
    return operator(app)


def seconds_left(session: dict[str, Any]) -> int:
    """From now to its end, rounded."""
    return round(session["expiresAt"] / 1000 - time.time(), -1)


def test_a_session_of_a_conversation_without_a_widget(olive: Caller) -> None:
    talk = olive.made("conversation/create", {"botId": olive.ids["bot_id"]})["id"]
    made = olive.made(f"conversation/{talk}/session/create", {"futureKey": 1})
    assert (set(made), made["id"], seconds_left(made)) == ({"id", "token", "expiresAt"}, talk, 3600)
    claims = read_token(made["token"])
    assert (str(claims.conversation_id), claims.widget_id, claims.features) == (talk, None, frozenset(FEATURES))
    vera = Caller(olive.app, made["token"], olive.ids)
    reply = vera.post(f"conversation/{talk}/complete", {"text": "Hi there"}, origin=SHOP)
    assert (reply.status, reply.json()["text"]) == (200, "Hi there"), "no widget, no bound to one site"
    assert [row["text"] for row in vera.read(f"conversation/{talk}/message/list", order="asc")["items"]] == ["Hi there", "Hi there"]
    Session.objects.all().delete()
    refused(vera.get(f"conversation/{talk}/message/list"), 401)


def test_a_session_of_a_widgets_conversation_has_what_the_widget_has(olive: Caller) -> None:
    olive.made("integration/widget/{widget_integration_id}/update", {"math": False, "origin": "https://mine.example", "sessionDuration": 1_200_000})
    made = olive.made("conversation/{conversation_id}/session/create", {"durationInSeconds": 7200})
    claims = read_token(made["token"])
    assert (str(claims.widget_id), seconds_left(made)) == (olive.ids["widget_integration_id"], 1200)
    assert claims.features == frozenset(FEATURES) - {"math"}
    vera = Caller(olive.app, made["token"], olive.ids)
    refused(vera.post("conversation/{conversation_id}/complete", {"text": "Hi"}, origin=SHOP), 403, SHOP)
    assert vera.post("conversation/{conversation_id}/complete", {"text": "Hi"}, origin="https://mine.example").status == 200


def test_a_session_outlives_its_widget_on_our_own_pages_only(olive: Caller) -> None:
    vera = Caller(olive.app, make_session(olive.ids["conversation_id"]), olive.ids)
    olive.made("integration/widget/{widget_integration_id}/delete")
    refused(vera.post("conversation/{conversation_id}/upvote", origin=SHOP), 403)
    assert vera.post("conversation/{conversation_id}/upvote", origin="http://testserver").status == 200


def test_a_wrong_duration_is_named(olive: Caller) -> None:
    before = (Session.objects.count(), Conversation.objects.count())
    for path in ("conversation/{conversation_id}/session/create", "bot/{bot_id}/session/create"):
        for seconds in (1799, 86_401, "3600", True, 10**40, []):
            refused(olive.post(path, {"durationInSeconds": seconds}), 400, "durationInSeconds: must be 1800 to 86400")
    assert (Session.objects.count(), Conversation.objects.count()) == before


def test_a_session_with_a_bot(olive: Caller) -> None:
    made = olive.made("bot/{bot_id}/session/create", {"durationInSeconds": 1800.5, "meta": {"plan": "pro", "none": None}})
    assert set(made) == {"id", "conversationId", "token", "expiresAt", "messages"}
    assert (made["id"], made["messages"], seconds_left(made)) == (olive.ids["bot_id"], [], 1800)
    talk = olive.read(f"conversation/{made['conversationId']}/fetch")
    assert (talk["botId"], talk["meta"]) == (olive.ids["bot_id"], {"plan": "pro"})
    vera = Caller(olive.app, made["token"], olive.ids)
    assert vera.made(f"conversation/{made['conversationId']}/complete", {"text": "Parrot"})["text"] == "Parrot"


def test_questions_among_the_first_messages_are_answered(olive: Caller) -> None:
    texts = [
        ("instruction", "Be kind"), ("user", "One"), ("bot", "Answer of old"), ("user", "Two"), ("context", "In the shop"), ("user", "Three"),
        ("user", " "),
    ]  # fmt: skip
    made = olive.made("bot/{bot_id}/session/create", {"messages": [{"type": kind, "text": text} for kind, text in texts]})
    assert [(row["type"], row["text"]) for row in made["messages"]] == [
        ("instruction", "Be kind"), ("user", "One"), ("bot", "Answer of old"), ("user", "Two"), ("bot", "Two"), ("context", "In the shop"),
        ("user", "Three"), ("bot", "Three"), ("user", " "),
    ]  # fmt: skip
    vera = Caller(olive.app, made["token"], olive.ids)
    seen = vera.read(f"conversation/{made['conversationId']}/message/list", order="asc")["items"]
    assert [row["text"] for row in seen] == ["One", "Answer of old", "Two", "Two", "Three", "Three", " "]


def test_a_private_bot_does_not_get_to_read_the_first_messages(olive: Caller) -> None:
    olive.made("bot/{bot_id}/update", {"privacy": True})
    seeds = {"messages": [{"type": "user", "text": "I am vera@example.com"}, {"type": "bot", "text": "Hello vera@example.com"}]}
    made = [
        olive.made("bot/{bot_id}/session/create", seeds)["conversationId"],
        olive.made("conversation/create", {**seeds, "botId": olive.ids["bot_id"]})["id"],
        olive.made("conversation/create", {**seeds, "model": "scripted:echo", "privacy": True})["id"],
    ]
    for talk in made:
        question, answer = Message.objects.filter(conversation=talk).order_by("position")
        assert ([entity["type"] for entity in question.entities], answer.entities) == (["email"], [])


def test_a_wrong_field_is_named(olive: Caller) -> None:
    before = Conversation.objects.count()
    for body, part in (
        ({"messages": [{"type": "ghost", "text": "a"}]}, "messages[0].type"),
        ({"messages": {}}, "messages"),
        ({"messages": [{"type": "user", "text": "ä" * 16_385}]}, "messages[0].text"),
        ({"meta": []}, "meta"),
        ({"meta": {"_own": 1}}, "meta"),
    ):
        refused(olive.post("bot/{bot_id}/session/create", body), 400, part)
    assert Conversation.objects.count() == before


def test_whose_bot_it_is(app: InProcess, olive: Caller) -> None:
    otto = operator(app)
    foreign = otto.post(f"bot/{olive.ids['bot_id']}/session/create")
    missing = otto.post("bot/01a20cc4-74ba-754d-8397-800317293a4b/session/create")
    assert (foreign.status, foreign.content) == (404, missing.content)
    refused(Caller(app, None, olive.ids).post("bot/{bot_id}/session/create"), 401)


def test_a_refused_page_is_told_which_page_and_which_setting(olive: Caller) -> None:
    olive.made("integration/widget/{widget_integration_id}/update", {"origin": "https://mine.example"})
    nobody = Caller(olive.app, None, olive.ids)
    path = "integration/widget/{widget_integration_id}/session/create"
    refused(nobody.post(path, origin=SHOP), 403, f"Origin: {SHOP} may not use this widget")
    refused(nobody.post(path, origin=SHOP), 403, "“origin”")
    refused(nobody.post(path, origin="null"), 403, "a page without an address")
    refused(nobody.post(path), 403, "a page without an address")
    assert nobody.post(path, origin="https://mine.example").status == 200
