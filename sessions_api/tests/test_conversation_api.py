"""Conversations over HTTP: made, listed, read, changed, exported and deleted."""

import json
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import MetaEntry
from sessions_api.keeper import keeper
from sessions_api.models import Attachment, Conversation, Message, Session
from sessions_api.tests.api import Caller, operator, refused
from tests.support.inprocess import InProcess
from tests.support.world import make_session

NAMES = {"name": "Talk", "description": "A note", "meta": {"plan": {"name": "pro"}, "n": 1}, "taskId": "task-1", "spaceId": "space-1"}
TYPES = ["user", "bot", "reasoning", "context", "instruction", "backstory", "activity", "checkpoint"]


@pytest.fixture
def olive(app: InProcess) -> Caller:
    """An operator with one of everything."""
    return operator(app)


@pytest.fixture
def otto(app: InProcess) -> Caller:
    """Another one."""
    return operator(app)


@pytest.fixture
def talk(olive: Caller) -> str:
    """A conversation with messages that visitors see and some that they do not."""
    body = {
        "name": "Secret name", "botId": olive.ids["bot_id"],
        "messages": [
            {"type": "instruction", "text": "Be kind"}, {"type": "user", "text": "How **long**?"}, {"type": "bot", "text": "**30** days"},
        ],
    }  # fmt: skip
    return olive.made("conversation/create", body)["id"]


def visitor(olive: Caller, talk: str) -> Caller:
    """Whoever got the token of a session of this conversation from its operator."""
    token = olive.made(f"conversation/{talk}/session/create")["token"]
    return Caller(olive.app, token, olive.ids)


def test_a_conversation_with_a_bot(olive: Caller) -> None:
    body = {**NAMES, "botId": olive.ids["bot_id"], "contactId": olive.ids["contact_id"]}
    made = olive.made("conversation/create", {**body, "futureKey": 1})
    assert made.keys() == {"id", "messages"} and made["messages"] == []
    shown = olive.read(f"conversation/{made['id']}/fetch")
    assert {key: shown[key] for key in body} == body
    assert set(shown) == {*body, "id", "createdAt", "updatedAt"}


def test_a_conversation_that_describes_its_bot(olive: Caller) -> None:
    body = {
        "model": "scripted:echo", "backstory": "You are kind", "datasetId": olive.ids["dataset_id"], "skillsetId": olive.ids["skillset_id"],
        "privacy": True, "moderation": False,
    }  # fmt: skip
    pk = olive.made("conversation/create", body)["id"]
    shown = olive.read(f"conversation/{pk}/fetch")
    assert {key: shown[key] for key in body} == body
    assert "botId" not in shown


def test_messages_of_every_type_are_stored_in_their_order_and_nobody_answers(olive: Caller) -> None:
    seeds = [{"type": kind, "text": f"{kind} text", "meta": {"n": 1}} for kind in TYPES]
    made = olive.made("conversation/create", {"botId": olive.ids["bot_id"], "messages": [*seeds, {"type": "user", "text": "Hi"}]})
    assert [(row["type"], row["text"]) for row in made["messages"]] == [*((k, f"{k} text") for k in TYPES), ("user", "Hi")]
    assert [row["position"] for row in made["messages"]] == list(range(1, 10))
    assert made["messages"][1]["html"] == "<p>bot text</p>"
    listed = olive.read(f"conversation/{made['id']}/message/list", order="asc")["items"]
    assert [row["id"] for row in listed] == [row["id"] for row in made["messages"]]
    since = olive.read(f"conversation/{made['id']}/message/list", after=0)
    assert (since["head"], len(since["items"])) == (9, 9)
    added = olive.made(f"conversation/{made['id']}/message/create", {"type": "bot", "text": "More"})["id"]
    assert Message.objects.get(pk=added).position == 10


def test_update_keeps_the_log_and_one_of_bot_and_description(olive: Caller, talk: str) -> None:
    path = f"conversation/{talk}"
    assert olive.made(f"{path}/update", {"meta": {"a": 1, "b": 2}, "taskId": "t", "contactId": olive.ids["contact_id"]}) == {"id": talk}
    olive.made(f"{path}/update", {"meta": {"a": None, "c": 3}, "taskId": None, "alias": f"talk-{talk[-12:]}"})
    shown = olive.read(f"conversation/talk-{talk[-12:]}/fetch")
    assert (shown["meta"], shown["botId"], "taskId" in shown) == ({"b": 2, "c": 3}, olive.ids["bot_id"], False)
    assert set(MetaEntry.objects.filter(object_id=talk).values_list("path", flat=True)) == {"b", "c"}
    olive.made(f"{path}/update", {"model": "scripted:echo", "backstory": "You are brief"})
    described = olive.read(f"{path}/fetch")
    assert ("botId" in described, described["model"], described["backstory"]) == (False, "scripted:echo", "You are brief")
    olive.made(f"{path}/update", {"botId": olive.ids["bot_id"]})
    again = olive.read(f"{path}/fetch")
    assert again["botId"] == olive.ids["bot_id"]
    assert not again.keys() & {"model", "backstory"}
    refused(olive.post(f"{path}/update", {"botId": olive.ids["bot_id"], "model": "scripted:echo"}), 400, "botId")
    refused(olive.post(f"{path}/update", {"contactId": olive.ids["bot_id"]}), 400, "contactId")
    assert Conversation.objects.get(pk=talk).last_seq == 3


def test_lists_and_their_filters(app: InProcess) -> None:
    olive = operator(app)
    world = olive.ids["conversation_id"]
    bot = olive.made("bot/create", {"name": "Other", "alias": "other", "model": "scripted:echo"})["id"]
    mine = [
        olive.made("conversation/create", {"botId": bot, "meta": {"plan": plan}, "contactId": contact})["id"]
        for plan, contact in (("pro", None), ("free", olive.ids["contact_id"]), ("pro", None))
    ]

    def listed(**query: Any) -> list[str]:
        return [item["id"] for item in olive.read("conversation/list", **query)["items"]]

    assert listed() == [*mine[::-1], world]
    assert listed(botId="other", order="asc") == mine
    assert listed(botId=bot, **{"meta[plan]": "pro"}) == [mine[2], mine[0]]
    assert listed(contactId=olive.ids["contact_id"]) == [mine[1], world]
    assert listed(widgetId=olive.ids["widget_integration_id"]) == [world]
    assert listed(botId="nonsense") == listed(widgetId=bot) == []
    page = olive.read("conversation/export", take=2)
    assert [item["id"] for item in page["items"]] == mine[:0:-1]
    assert olive.read("conversation/list", take=2, cursor=page["cursor"])["items"][0]["id"] == mine[0]
    table = app.request("GET", "/api/v1/conversation/export", token=olive.token, headers={"accept": "text/csv"})
    assert (table.media_type, len(table.content.splitlines())) == ("text/csv", 5)
    lines = app.request("GET", "/api/v1/conversation/export", token=olive.token, headers={"accept": "application/jsonl"}).lines()
    assert [line["data"]["id"] for line in lines] == [*mine[::-1], world]
    refused(olive.get("conversation/list", cursor="x"), 400, "cursor")


def test_who_may_read_it(olive: Caller, otto: Caller, talk: str) -> None:
    vera = visitor(olive, talk)
    assert set(vera.read(f"conversation/{talk}/fetch")) == {"id", "createdAt", "updatedAt"}
    for path in ("conversation/list", "conversation/export", "contact/list", "rating/list", f"bot/{olive.ids['bot_id']}/fetch"):
        refused(vera.get(path), 404)
    for path in (f"conversation/{talk}/update", f"conversation/{talk}/session/create", "conversation/create", "bot/{bot_id}/session/create"):
        refused(vera.post(path), 404)
    for path in ("fetch", "export"):
        foreign, missing = otto.get(f"conversation/{talk}/{path}"), otto.get(f"conversation/01a20cc4-74ba-754d-8397-800317293a4b/{path}")
        assert (foreign.status, foreign.content) == (404, missing.content)
    for path in ("update", "delete", "session/create", "upvote", "contact/upsert"):
        foreign, missing = otto.post(f"conversation/{talk}/{path}"), otto.post(f"conversation/01a20cc4-74ba-754d-8397-800317293a4b/{path}")
        assert (foreign.status, foreign.content) == (404, missing.content), path
    refused(Caller(olive.app, None, {}).get(f"conversation/{talk}/fetch"), 401)


def test_the_transcript_of_an_operator(olive: Caller, talk: str) -> None:
    markdown = olive.get(f"conversation/{talk}/export")
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert markdown.headers["content-disposition"] == f'attachment; filename="conversation-{talk}.md"'
    text = markdown.content.decode()
    assert text.startswith("# Secret name\n")
    for words in ("**Echo** · ", "Be kind", "How **long**?", "**30** days"):
        assert words in text
    plain = olive.get(f"conversation/{talk}/export", format="text")
    assert (plain.media_type, "\n30 days" in plain.content.decode()) == ("text/plain", True)
    shape = olive.read(f"conversation/{talk}/export", format="json")
    assert (shape["id"], [row["text"] for row in shape["messages"]]) == (talk, ["Be kind", "How **long**?", "**30** days"])
    empty = olive.made("conversation/create")["id"]
    assert olive.read(f"conversation/{empty}/export", format="json")["messages"] == []
    refused(olive.get(f"conversation/{talk}/export", format="pdf"), 400, "format: must be one of markdown, text, json")


def test_the_transcript_of_a_visitor(olive: Caller, talk: str) -> None:
    Message.objects.filter(conversation=talk, type="user").update(hidden=True)
    vera = visitor(olive, talk)
    text = vera.get(f"conversation/{talk}/export").content.decode()
    assert "**30** days" in text
    for words in ("Secret name", "Echo", "Be kind", "long"):
        assert words not in text
    assert [row["type"] for row in vera.read(f"conversation/{talk}/export", format="json")["messages"]] == ["bot"]


def test_a_widget_that_hands_out_nothing(app: InProcess) -> None:
    olive = operator(app)
    vera = Caller(app, make_session(olive.ids["conversation_id"]), olive.ids)
    assert vera.get("conversation/{conversation_id}/export").status == 200
    olive.made("integration/widget/{widget_integration_id}/update", {"exportConversation": False})
    refused(vera.get("conversation/{conversation_id}/export"), 409, "exportConversation")
    assert olive.get("conversation/{conversation_id}/export").status == 200


def test_deleting_leaves_nothing(app: InProcess) -> None:
    olive = operator(app)
    talk = olive.ids["conversation_id"]
    olive.made(f"conversation/{talk}/update", {"meta": {"a": 1}})
    vera = Caller(app, make_session(talk), olive.ids)
    key = Attachment.objects.get(conversation=talk).key
    assert default_storage.exists(key)
    assert vera.made(f"conversation/{talk}/delete") == {"id": talk}
    assert not default_storage.exists(key)
    for model in (Message, Session, Attachment):
        assert not model.objects.filter(conversation_id=talk).exists()
    assert not MetaEntry.objects.filter(object_id=talk).exists()
    refused(vera.get(f"conversation/{talk}/fetch"), 404)
    refused(olive.post(f"conversation/{talk}/delete"), 404)


def test_deleting_ends_an_open_reply(app: InProcess) -> None:
    olive = operator(app)
    talk = olive.made("conversation/create", {"model": "scripted:sample/tokens=400/delay=0.05"})["id"]
    path = f"/api/v1/conversation/{talk}/complete"
    app.request("POST", path, token=olive.token, body={"text": "Tell me"}, headers={"accept": "application/jsonl"}, enough_lines=2)
    reply = Message.objects.get(conversation=talk, type="bot")
    assert reply.status == "open"
    olive.made(f"conversation/{talk}/delete")
    for _ in range(200):
        if reply.pk not in keeper.generations:
            break
        app.request("GET", "/healthz")
    assert reply.pk not in keeper.generations
    assert not Conversation.objects.filter(pk=talk).exists()


def test_a_described_bot_answers(olive: Caller) -> None:
    talk = olive.made("conversation/create", {"model": "scripted:echo"})["id"]
    reply = olive.made(f"conversation/{talk}/complete", {"text": "Parrot"})
    assert (reply["text"], reply["end"]["reason"]) == ("Parrot", "stop")


def test_json_of_the_transcript_is_json_whatever_was_said(olive: Caller) -> None:
    words = 'a "quote", \\ and\nnew line\u2028 ü'
    talk = olive.made("conversation/create", {"messages": [{"type": "user", "text": words}] * 3})["id"]
    raw = olive.get(f"conversation/{talk}/export", format="json").content
    assert [row["text"] for row in json.loads(raw)["messages"]] == [words] * 3
