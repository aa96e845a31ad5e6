"""Single messages: made, read, changed, deleted, stopped and asked for again."""

import uuid
from typing import Any

import pytest

from sessions_api.models import Conversation, Message, Rating
from sessions_api.tests.conftest import talk
from sessions_api.tests.test_sending import conversation_of
from tests.support.actors import Operator
from tests.support.inprocess import Caller, InProcess

MARK = {"type": "name", "begin": 0, "end": 3, "text": "Ann"}
READ_MARK = {**MARK, "replacement": {"begin": 0, "end": 8, "text": "[NAME_1]"}}


@pytest.fixture
def api(app: InProcess, olive: Operator) -> Caller:
    """Olive's programs, in a new conversation of hers."""
    return Caller(app, olive.token, f"/api/v1/conversation/{conversation_of(olive.user)}/")


def made(api: Caller, **body: Any) -> str:
    """The id of a new message."""
    answer = api.post("message/create", {"type": "user", "text": "Hi", **body})
    assert answer.status == 200, answer.content
    return str(answer.json()["id"])


def test_a_message_with_everything(api: Caller) -> None:
    answer = api.post("message/create", {
        "type": "user", "text": "Ann", "name": "First", "description": "Of two", "meta": {"a": {"b": 1}}, "entities": [MARK],
    }).json()  # fmt: skip
    assert answer == {"id": answer["id"], "entities": [READ_MARK]}
    item = api.get(f"message/{answer['id']}/fetch").json()
    assert item["createdAt"] > 1_700_000_000_000
    assert {key: item[key] for key in ("type", "text", "name", "description", "meta", "entities")} == {
        "type": "user", "text": "Ann", "name": "First", "description": "Of two", "meta": {"a": {"b": 1}}, "entities": [READ_MARK],
    }  # fmt: skip
    assert api.get("message/list").json()["items"] == [item]


def test_an_update_changes_what_is_given(api: Caller) -> None:
    pk = made(api, type="bot", text="**Old**", name="N", meta={"a": 1, "b": {"c": 2}})
    seq = api.get(f"message/{pk}/fetch").json()["seq"]
    change = {"text": "_New_", "meta": {"a": None, "d": 4}, "description": "D", "unknown": 1}
    assert api.post(f"message/{pk}/update", change).json() == {"id": pk}
    item = api.get(f"message/{pk}/fetch").json()
    assert (item["text"], item["html"], item["name"], item["description"]) == ("_New_", "<p><em>New</em></p>", "N", "D")
    assert item["meta"] == {"b": {"c": 2}, "d": 4}
    assert (item["position"], item["seq"]) == (1, seq + 1), "open widgets see it"
    api.post(f"message/{pk}/update", {"name": None, "text": None})
    item = api.get(f"message/{pk}/fetch").json()
    assert ("name" in item, item["text"]) == (False, "_New_")
    api.post(f"message/{pk}/update", {"type": "user", "text": "Ann was here", "entities": [MARK]})
    item = api.get(f"message/{pk}/fetch").json()
    assert (item["type"], item["entities"]) == ("user", [READ_MARK])
    api.post(f"message/{pk}/update", {"text": "Nobody"})
    assert "entities" not in api.get(f"message/{pk}/fetch").json(), "they belonged to the old text"


def test_a_changed_message_is_what_the_bot_reads(api: Caller, olive: Operator) -> None:
    turns = Caller(api.app, olive.token, f"/api/v1/conversation/{conversation_of(olive.user, 'turn')}/")
    turns.post("complete", {"text": "One"})
    pk = turns.get("message/list", order="asc").json()["items"][0]["id"]
    turns.post(f"message/{pk}/update", {"text": "Two"})
    assert talk(turns.post("complete", {"text": "Three"}))["history"][0] == ["user", "Two"]


def test_a_message_that_is_no_longer_for_visitors_is_gone_for_them(api: Caller, olive: Operator) -> None:
    pk = made(api)
    token = api.post("session/create").json()["token"]
    visitor = Caller(api.app, token, api.prefix)
    headers = {"origin": "http://testserver"}
    assert visitor.get(f"message/{pk}/fetch").status == 200
    api.post(f"message/{pk}/update", {"type": "instruction", "text": "Secret"})
    assert visitor.get(f"message/{pk}/fetch").status == 404
    since = visitor.get("message/list", after=0).json()
    assert [(item["id"], item["deleted"], "text" in item) for item in since["items"]] == [(pk, True, False)]
    assert visitor.get("message/list").json() == {"items": []}
    hidden = made(api, type="context", text="Never seen")
    assert hidden not in [item["id"] for item in visitor.get("message/list", after=0).json()["items"]]
    for verb in ("update", "delete"):
        assert visitor.post(f"message/{pk}/{verb}", {}, **headers).status == 404
    assert api.get(f"message/{pk}/fetch").json()["text"] == "Secret"


def test_what_is_deleted_leaves_a_tombstone(api: Caller) -> None:
    pk = made(api, text="Ann", name="N", meta={"a": 1}, entities=[MARK])
    assert api.post(f"message/{pk}/delete").json() == {"id": pk}
    assert api.get(f"message/{pk}/fetch").status == 404
    assert api.get("message/list").json() == {"items": []}
    assert api.get("message/list", after=1).json()["items"] == [{"id": pk, "seq": 2, "position": 1, "deleted": True}]
    row = Message.objects.get()
    assert (row.text, row.name, row.meta, row.entities) == ("", "", {}, [])
    for verb in ("delete", "update"):
        assert api.post(f"message/{pk}/{verb}").status == 404


def test_a_deleted_answer_is_made_anew(api: Caller) -> None:
    first = api.post("complete", {"text": "Hello"}).json()["id"]
    api.post(f"message/{first}/delete")
    second = api.post("receive").json()
    assert (second["text"], second["id"] == first) == ("Hello", False)


def test_an_open_answer_ends_when_it_is_deleted_or_stopped(api: Caller, olive: Operator) -> None:
    slow = Caller(api.app, olive.token, f"/api/v1/conversation/{conversation_of(olive.user, 'sample/tokens=5000/delay=0.05')}/")
    for verb in ("stop", "delete"):
        lines = api.app.request(
            "POST", f"{slow.prefix}complete", token=olive.token, body={"text": verb}, headers={"accept": "application/jsonl"}, enough_lines=3
        ).lines()
        assert [line["type"] for line in lines[:2]] == ["sendResult", "token"]
        reply = slow.get("message/list", take=1).json()["items"][0]
        assert reply["status"] == "open", "who goes away does not stop it"
        conflict = slow.post(f"message/{reply['id']}/update", {"text": "Mine"})
        assert (conflict.status, conflict.json()["code"]) == (409, "CONFLICT")
        assert slow.post(f"message/{reply['id']}/update", {"meta": {"a": 1}}).status == 200
        assert slow.post(f"message/{reply['id']}/{verb}").json() == {"id": reply["id"]}
        if verb == "stop":
            ended = slow.post("receive").json()
            assert (ended["id"], ended["end"]) == (reply["id"], {"reason": "abort"})
    assert not Message.objects.filter(status="open").exists()


def test_a_failed_answer_is_asked_for_again(api: Caller, olive: Operator) -> None:
    failing = Caller(api.app, olive.token, f"/api/v1/conversation/{conversation_of(olive.user, 'sample/tokens=2/fail_at=1')}/")
    failed = failing.post("complete", {"text": "Hi"}).json()
    assert failing.post(f"message/{failed['id']}/retry").json() == {"id": failed["id"]}
    again = failing.post("receive").json()
    assert (again["id"], again["end"]) == (failed["id"], {"reason": "error"})
    assert Message.objects.get(pk=failed["id"]).attempt == 2


@pytest.mark.parametrize(
    ("verb", "body", "status", "named"),
    [
        ("update", {"type": "robot"}, 400, "type:"),
        ("update", {"text": 5}, 400, "text:"),
        ("update", {"text": "a" * 32_769}, 413, ""),
        ("update", {"name": "a" * 192}, 400, "name:"),
        ("update", {"name": 5}, 400, "name:"),
        ("update", {"description": "\x00"}, 400, "description:"),
        ("update", {"meta": {"_a": 1}}, 400, "meta:"),
        ("update", {"meta": []}, 400, "meta:"),
        ("update", {"entities": [{**MARK, "text": "Bob"}]}, 400, "entities[0].text:"),
        ("update", {"text": "\x00", "entities": [MARK]}, 400, "entities[0].end:"),
    ],
)
def test_updates_that_are_refused(api: Caller, verb: str, body: Any, status: int, named: str) -> None:
    pk = made(api, text="Ann")
    before = api.get(f"message/{pk}/fetch").json()
    answer = api.post(f"message/{pk}/{verb}", body)
    assert (answer.status, answer.json()["message"].startswith(named)) == (status, True), answer.content
    assert api.get(f"message/{pk}/fetch").json() == before


@pytest.mark.parametrize("body", [{"type": None}, {"type": 5}, {"text": None}, {"meta": {"_": 1}}, {"name": 5}, {"entities": 5}])
def test_messages_that_are_refused(api: Caller, body: Any) -> None:
    answer = api.post("message/create", {"type": "user", "text": "Hi", **body})
    assert (answer.status, answer.json()["message"].startswith(next(iter(body)))) == (400, True)
    assert not Message.objects.exists()


@pytest.mark.parametrize("verb", ["fetch", "update", "delete", "stop", "retry", "regenerate"])
def test_only_messages_of_the_conversation(api: Caller, olive: Operator, verb: str) -> None:
    other = Conversation.objects.create(owner=olive.user)
    foreign = Message.objects.create(conversation=other, type="bot", text="Hi", position=1, seq=1)
    call = api.get if verb == "fetch" else api.post
    answers = [call(f"message/{pk}/{verb}") for pk in (foreign.pk, uuid.uuid4(), "nonsense")]
    assert {answer.status for answer in answers} == {404}
    assert answers[0].content == answers[1].content


def test_the_last_reply_is_made_anew(api: Caller, olive: Operator) -> None:
    talk = Caller(api.app, olive.token, f"/api/v1/conversation/{conversation_of(olive.user, 'echo')}/")
    first = talk.post("complete", {"text": "One"}).json()
    talk.post(f"message/{first['id']}/upvote")
    assert talk.post(f"message/{first['id']}/regenerate").json() == {"id": first["id"]}
    again = talk.post("receive").json()
    assert (again["id"], again["text"], again["status"]) == (first["id"], "One", "done")
    row = Message.objects.get(pk=first["id"])
    assert (row.attempt, row.vote, Rating.objects.count()) == (2, None, 0), "the vote was on other words"
    talk.post("complete", {"text": "Two"})
    refused = talk.post(f"message/{first['id']}/regenerate")
    assert (refused.status, refused.json()["message"]) == (409, "Only the last reply can be made anew")
    assert Message.objects.get(pk=first["id"]).attempt == 2


def test_the_last_message_is_edited_and_answered_once(api: Caller, olive: Operator) -> None:
    talk = Caller(api.app, olive.token, f"/api/v1/conversation/{conversation_of(olive.user, 'echo')}/")
    cid, edit = str(uuid.uuid4()), {"idempotency-key": str(uuid.uuid4())}
    reply = talk.post("complete", {"text": "Helo"}, **{"idempotency-key": cid}).json()
    asked = Message.objects.get(type="user")
    path = f"message/{asked.pk}/edit"
    assert talk.post(path, {"text": "Hello"}, **edit).json() == {"id": str(asked.pk)}
    again = talk.post("receive").json()
    assert (again["id"], again["text"]) == (reply["id"], "Hello")
    assert talk.post(path, {"text": "Hello"}, **edit).json() == {"id": str(asked.pk)}, "sent twice"
    assert Message.objects.get(pk=reply["id"]).attempt == 2
    assert talk.post("send", {"text": "Helo"}, **{"idempotency-key": cid}).status == 409, "a late copy is not stored again"
    assert talk.post(path, {"text": "Hullo"}, **{"idempotency-key": cid}).json()["message"] == "This cid was used for another message"
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [({}, 400, "text: must be a text"), ({"text": 5}, 400, "text: must be a text"), ({"text": " "}, 400, "The message is empty"),
     ({"text": "a" * 32_769}, 413, "A message has at most 32768 bytes")],
)  # fmt: skip
def test_edits_that_are_refused(api: Caller, body: Any, status: int, said: str) -> None:
    pk = made(api, text="Ann")
    answer = api.post(f"message/{pk}/edit", body)
    assert (answer.status, answer.json()["message"]) == (status, said)
    assert Message.objects.get(pk=pk).text == "Ann"


def test_only_what_was_said_last_is_edited(api: Caller) -> None:
    first = made(api, text="Ann")
    made(api, text="Bob")
    answer = api.post(f"message/{first}/edit", {"text": "Eve"})
    assert (answer.status, answer.json()["message"]) == (409, "Only the last message can be edited")
    bot = made(api, type="bot", text="Hi")
    assert api.post(f"message/{bot}/edit", {"text": "Eve"}).status == 404


def test_nothing_is_edited_under_a_reply_that_is_being_written(api: Caller, olive: Operator) -> None:
    slow = Caller(api.app, olive.token, f"/api/v1/conversation/{conversation_of(olive.user, 'sample/tokens=200/delay=0.2')}/")
    api.app.request(
        "POST", f"{slow.prefix}complete", token=olive.token, body={"text": "Hi"}, headers={"accept": "application/jsonl"}, enough_lines=2
    )
    asked, reply = Message.objects.get(type="user"), Message.objects.get(type="bot")
    for path, body in ((f"message/{asked.pk}/edit", {"text": "Ho"}), (f"message/{reply.pk}/regenerate", {})):
        answer = slow.post(path, body)
        assert (answer.status, answer.json()["message"]) == (409, "This reply is being written; stop it first")
    slow.post(f"message/{reply.pk}/stop")
    assert slow.post("receive").json()["end"] == {"reason": "abort"}
