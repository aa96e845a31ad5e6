"""Votes on messages and conversations, by operators and by visitors."""

import pytest

from sessions_api.models import Message, Rating
from sessions_api.tests.api import Caller, operator, refused
from tests.support.inprocess import InProcess
from tests.support.world import make_session


@pytest.fixture
def olive(app: InProcess) -> Caller:
    """An operator with one of everything; nothing is rated yet."""
    olive = operator(app)
    Rating.objects.all().delete()
    return olive


@pytest.fixture
def vera(olive: Caller) -> Caller:
    """The visitor of Olive's conversation."""
    return Caller(olive.app, make_session(olive.ids["conversation_id"]), olive.ids)


def test_a_vote_on_a_message_replaces_the_one_before(olive: Caller, vera: Caller) -> None:
    path = "conversation/{conversation_id}/message/{message_id}"
    assert vera.made(f"{path}/upvote", {"value": 30}) == {"id": olive.ids["message_id"]}
    assert vera.made(f"{path}/downvote", {"value": -20, "reason": "Wrong"}) == {"id": olive.ids["message_id"]}
    (rating,) = olive.read("rating/list")["items"]
    expected = {name: olive.ids[f"{name.removesuffix('Id')}_id"] for name in ("messageId", "conversationId", "botId", "contactId")}
    assert {name: rating[name] for name in expected} == expected
    assert (rating["value"], rating["reason"]) == (-20, "Wrong")
    assert Message.objects.get(pk=olive.ids["message_id"]).vote == -1
    vera.made(f"{path}/downvote")
    assert olive.read("contact/{contact_id}/rating/list")["items"][0]["value"] == -100
    assert "reason" not in olive.read("rating/list")["items"][0]


def test_a_vote_on_a_conversation_replaces_the_one_before(olive: Caller, vera: Caller) -> None:
    talk = olive.ids["conversation_id"]
    vera.made("conversation/{conversation_id}/message/{message_id}/upvote")
    assert vera.made("conversation/{conversation_id}/upvote") == {"id": talk}
    assert vera.made("conversation/{conversation_id}/downvote", {"value": -3, "reason": "Slow"}) == {"id": talk}
    assert olive.made("conversation/{conversation_id}/downvote", {"value": -5}) == {"id": talk}
    items = olive.read("rating/list", conversationId=talk)["items"]
    assert [(item["value"], "messageId" in item) for item in items] == [(-5, False), (100, True)]


def test_visitors_vote_on_what_they_see_of_the_bot(olive: Caller, vera: Caller) -> None:
    mine = vera.made("conversation/{conversation_id}/message/create", {"type": "user", "text": "Mine"})["id"]
    hidden = olive.made("conversation/{conversation_id}/message/create", {"type": "instruction", "text": "Obey"})["id"]
    for pk in (mine, hidden, "nonsense", olive.ids["bot_id"]):
        refused(vera.post(f"conversation/{{conversation_id}}/message/{pk}/upvote"), 404, "There is no such message")
    for pk in (mine, hidden):
        assert olive.made(f"conversation/{{conversation_id}}/message/{pk}/upvote") == {"id": pk}
    Message.objects.filter(pk=olive.ids["message_id"]).update(hidden=True)
    refused(vera.post("conversation/{conversation_id}/message/{message_id}/upvote"), 404)
    Message.objects.filter(pk=olive.ids["message_id"]).update(deleted=True)
    refused(olive.post("conversation/{conversation_id}/message/{message_id}/upvote"), 404)


@pytest.mark.parametrize("path", ["conversation/{conversation_id}", "conversation/{conversation_id}/message/{message_id}"])
def test_a_wrong_vote_is_named(olive: Caller, vera: Caller, path: str) -> None:
    for body, part in (({"value": 0}, "value"), ({"value": 500}, "value"), ({"value": "1"}, "value"), ({"reason": []}, "reason")):
        refused(vera.post(f"{path}/upvote", body), 400, part)
        refused(vera.post(f"{path}/downvote", body), 400, part)
    assert not Rating.objects.exists()
