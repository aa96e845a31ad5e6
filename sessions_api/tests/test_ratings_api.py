"""Votes of operators, rating lists and their admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from bots import services as bots
from sessions_api.models import Conversation, Message, Rating
from sessions_api.ratings import Opinion, rate_bot, rate_conversation
from tests.support.actors import Operator

ADMIN = "/admin/sessions_api/rating/"


def test_each_vote_on_a_bot_is_one_rating(olive: Operator) -> None:
    bot = bots.create_bot(olive.user, name="Guide")
    for path, body in (("upvote", {}), ("upvote", {"value": 7, "reason": "Kind"}), ("downvote", {}), ("downvote", {"value": -1.0})):
        assert olive.post(f"bot/{bot.pk}/{path}", body).json() == {"id": str(bot.pk)}
    values = Rating.objects.order_by("id").values_list("owner", "bot", "value", "reason")
    assert [value[2:] for value in values] == [(100, ""), (7, "Kind"), (-100, ""), (-1, "")]
    assert {value[:2] for value in values} == {(olive.user.pk, bot.pk)}


@pytest.mark.parametrize(
    ("path", "body", "part"),
    [
        ("upvote", {"value": 0}, "value: must be a whole number from 1 to 100"),
        ("upvote", {"value": 101}, "value"),
        ("upvote", {"value": -5}, "value"),
        ("downvote", {"value": 5}, "value: must be a whole number from -100 to -1"),
        ("downvote", {"value": -101}, "value"),
        ("upvote", {"value": 10**40}, "value"),
        ("upvote", {"value": "5"}, "value"),
        ("upvote", {"value": True}, "value"),
        ("upvote", {"value": 1.5}, "value"),
        ("upvote", {"reason": 5}, "reason"),
        ("upvote", {"reason": "x" * 2001}, "reason"),
    ],
)
def test_a_wrong_vote_is_named(olive: Operator, path: str, body: dict[str, Any], part: str) -> None:
    bot = bots.create_bot(olive.user, name="Guide")
    answer = olive.post(f"bot/{bot.pk}/{path}", body)
    assert (answer.status_code, part in answer.json()["message"]) == (400, True), answer.content
    assert not Rating.objects.exists()


def test_bots_of_others_are_not_voted_on(olive: Operator, otto: Operator) -> None:
    bot = bots.create_bot(otto.user, name="Guide")
    missing = olive.post("bot/01a20cc4-74ba-754d-8397-800317293a4b/upvote")
    foreign = olive.post(f"bot/{bot.pk}/upvote")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert not Rating.objects.exists()


def test_the_list_of_ratings_and_its_filters(olive: Operator, otto: Operator) -> None:
    bot, other = bots.create_bot(olive.user, name="Guide", alias="guide"), bots.create_bot(olive.user, name="Other")
    talk = Conversation.objects.create(owner=olive.user, bot=bot)
    rate_conversation(talk.pk, Opinion(10))
    rate_conversation(talk.pk, Opinion(30, "Better"))
    rate_bot(other, Opinion(-100))
    rate_bot(bots.create_bot(otto.user, name="Ottos"), Opinion(1))
    assert [item["value"] for item in olive.get("rating/list").json()["items"]] == [-100, 30]
    assert [item["reason"] for item in olive.get("rating/list", botId="guide").json()["items"]] == ["Better"]
    assert [item["value"] for item in olive.get("rating/list", conversationId=str(talk.pk)).json()["items"]] == [30]
    for query in ({"botId": "nonsense"}, {"botId": "\0"}, {"conversationId": str(other.pk)}, {"contactId": str(bot.pk)}):
        assert olive.get("rating/list", **query).json() == {"items": []}
    assert otto.get("rating/list", botId=str(bot.pk)).json() == {"items": []}


def test_the_admin_shows_ratings_of_the_operator(olive: Operator, otto: Operator, root: Operator) -> None:
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)
    bot = bots.create_bot(olive.user, name="Guide")
    talk = Conversation.objects.create(owner=olive.user, bot=bot)
    message = Message.objects.create(conversation=talk, type="bot", text="Hi", position=7, seq=7)
    Rating.objects.create(owner=olive.user, message=message, conversation=talk, bot=bot, value=-40, reason="Too long")
    rate_conversation(talk.pk, Opinion(90, "All in all"))
    rate_bot(bot, Opinion(5, "Kind bot"))
    page = olive.browser.get(ADMIN).content.decode()
    for words in ("-40", "Too long", "All in all", "Kind bot", f"/admin/sessions_api/conversation/{talk.pk}/change/?m=7#m7"):
        assert words in page, words
    assert "Kind bot" not in olive.browser.get(ADMIN, {"opinion": "down"}).content.decode()
    assert "Too long" not in olive.browser.get(ADMIN, {"opinion": "up"}).content.decode()
    assert "Too long" not in otto.browser.get(ADMIN).content.decode()
    assert "Too long" in root.browser.get(ADMIN).content.decode()
    conversation = olive.browser.get(f"/admin/sessions_api/conversation/{talk.pk}/change/", {"m": "7"}).content.decode()
    assert "All in all" in conversation
    one = Rating.objects.get(value=5)
    assert olive.browser.get(f"{ADMIN}{one.pk}/change/").status_code == 200
    assert otto.browser.get(f"{ADMIN}{one.pk}/change/").status_code == 302
    for path in ("add/", f"{one.pk}/delete/"):
        assert olive.browser.post(f"{ADMIN}{path}", {"post": "yes"}).status_code == 403
