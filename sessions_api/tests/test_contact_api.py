"""Contacts over HTTP."""

from typing import Any

import pytest

from accounts.models import MetaEntry
from bots import services as bots
from sessions_api.contact_book import contact_note
from sessions_api.contacts import find_or_create_contact
from sessions_api.models import Contact, Conversation
from sessions_api.ratings import Opinion, rate_conversation
from tests.support.actors import Operator

VERA = {
    "name": "Vera", "description": "Buys tea", "meta": {"plan": "pro"}, "fingerprint": "customer-7", "email": "Vera@Example.com",
    "phone": "+49 30 123456", "nick": "V", "preferences": "Short answers", "verifiedAt": 1_750_000_000_000,
}  # fmt: skip


def make(who: Operator, **body: Any) -> str:
    """The id of a new contact."""
    answer = who.post("contact/create", body)
    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"id"}
    return answer.json()["id"]


def refused(answer: Any, status: int, part: str) -> None:
    """The documented shape of an error."""
    assert answer.status_code == status, answer.content
    assert set(answer.json()) == {"message", "code"}
    assert part in answer.json()["message"]


def test_a_contact_is_kept_as_it_was_given(olive: Operator) -> None:
    pk = make(olive, **VERA, futureKey=1)
    shown = olive.get(f"contact/{pk}/fetch").json()
    assert {key: shown[key] for key in VERA} == VERA | {"email": "vera@example.com", "phone": "+4930123456"}
    assert set(shown) == {*VERA, "id", "createdAt", "updatedAt"}


def test_every_contact_has_a_fingerprint(olive: Operator) -> None:
    first, second = make(olive, email="vera@example.com"), make(olive, email="vera@example.com", fingerprint="")
    prints = [olive.get(f"contact/{pk}/fetch").json()["fingerprint"] for pk in (first, second)]
    assert [len(each) for each in prints] == [64, 64]
    assert prints[0] != prints[1]
    olive.post(f"contact/{first}/update", {"fingerprint": None})
    assert olive.get(f"contact/{first}/fetch").json()["fingerprint"] not in ("", None, prints[0])


def test_update_leaves_what_is_absent_and_forgets_what_is_null(olive: Operator) -> None:
    pk = make(olive, **VERA)
    assert olive.post(f"contact/{pk}/update", {"email": None, "verifiedAt": None, "meta": {"plan": None, "n": 1}}).json() == {"id": pk}
    shown = olive.get(f"contact/{pk}/fetch").json()
    assert shown.keys() & {"email", "verifiedAt"} == set()
    assert (shown["meta"], shown["phone"], shown["fingerprint"]) == ({"n": 1}, "+4930123456", "customer-7")
    assert list(MetaEntry.objects.values_list("path", "value")) == [("n", "1")]


def test_ensure_makes_it_once_and_writes_what_is_given(olive: Operator, otto: Operator) -> None:
    pk = olive.post("contact/ensure", {"fingerprint": "customer-7", "name": "Vera", "meta": {"a": 1}}).json()["id"]
    again = olive.post("contact/ensure", {"fingerprint": "customer-7", "name": "Vera B", "phone": "+4930123456", "meta": {"b": 2}})
    assert again.json() == {"id": pk}
    shown = olive.get(f"contact/{pk}/fetch").json()
    assert (shown["name"], shown["phone"], shown["meta"]) == ("Vera B", "+4930123456", {"a": 1, "b": 2})
    assert otto.post("contact/ensure", {"fingerprint": "customer-7"}).json()["id"] != pk
    for body in ({}, {"fingerprint": None}, {"fingerprint": ""}, {"fingerprint": 5}):
        refused(olive.post("contact/ensure", body), 400, "fingerprint")


def test_two_contacts_of_one_fingerprint_conflict(olive: Operator, otto: Operator) -> None:
    make(olive, fingerprint="customer-7")
    make(otto, fingerprint="customer-7")
    refused(olive.post("contact/create", {"fingerprint": "customer-7"}), 409, "fingerprint")
    other = make(olive, fingerprint="customer-8")
    refused(olive.post(f"contact/{other}/update", {"fingerprint": "customer-7"}), 409, "fingerprint")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "vera"}, "email"),
        ({"email": 5}, "email"),
        ({"email": "a" * 300 + "@example.com"}, "email"),
        ({"phone": "030 123456"}, "phone"),
        ({"phone": "+" + "1" * 40}, "phone"),
        ({"nick": "x" * 192}, "nick"),
        ({"name": "a\x00"}, "name"),
        ({"preferences": "\ud800"}, ""),
        ({"preferences": 5}, "preferences"),
        ({"fingerprint": "x" * 192}, "fingerprint"),
        ({"verifiedAt": "now"}, "verifiedAt"),
        ({"verifiedAt": 10**30}, "verifiedAt"),
        ({"meta": {"_own": 1}}, "meta"),
    ],
)
def test_a_wrong_field_is_named(olive: Operator, body: dict[str, Any], field: str) -> None:
    refused(olive.post("contact/create", body), 400, field)
    assert not Contact.objects.exists()


def test_lists_and_exports(olive: Operator, otto: Operator) -> None:
    ids = [make(olive, name=name, meta={"plan": plan}) for name, plan in (("A", "pro"), ("=B", "free"), ("C", "pro"))]
    make(otto, name="Ottos")
    assert [item["id"] for item in olive.get("contact/list").json()["items"]] == ids[::-1]
    assert [item["name"] for item in olive.get("contact/list", **{"meta[plan]": "pro", "order": "asc"}).json()["items"]] == ["A", "C"]
    lines = olive.client.get("/api/v1/contact/export", headers={"accept": "application/jsonl"})
    assert len(lines.getvalue().splitlines()) == 3
    table = olive.client.get("/api/v1/contact/export", headers={"accept": "text/csv"})
    assert table["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in table["content-disposition"]
    head, *rows = table.getvalue().decode().splitlines()
    assert "fingerprint" in head
    assert any("'=B" in row for row in rows)


def test_deleting_a_contact_keeps_what_was_said(olive: Operator) -> None:
    pk = make(olive, **VERA)
    conversation = Conversation.objects.create(owner=olive.user, contact_id=pk)
    assert olive.post(f"contact/{pk}/delete").json() == {"id": pk}
    conversation.refresh_from_db()
    assert conversation.contact is None
    assert not MetaEntry.objects.exists()
    refused(olive.get(f"contact/{pk}/fetch"), 404, "")


def test_conversations_and_ratings_of_a_contact(olive: Operator, otto: Operator) -> None:
    bot = bots.create_bot(olive.user, name="Guide")
    pk, other = make(olive, name="Vera"), make(olive, name="Somebody")
    talks = [Conversation.objects.create(owner=olive.user, contact_id=pk, bot=bot) for _ in range(3)]
    Conversation.objects.create(owner=olive.user, contact_id=other)
    rate_conversation(talks[0].pk, Opinion(-20, "Slow"))
    listed = olive.get(f"contact/{pk}/conversation/list", take=2).json()
    assert [item["id"] for item in listed["items"]] == [str(talk.pk) for talk in talks[:0:-1]]
    assert listed["items"][0]["contactId"] == pk
    rest = olive.get(f"contact/{pk}/conversation/list", take=2, cursor=listed["cursor"]).json()
    assert [item["id"] for item in rest["items"]] == [str(talks[0].pk)]
    (rating,) = olive.get(f"contact/{pk}/rating/list").json()["items"]
    assert rating.keys() == {"id", "createdAt", "updatedAt", "contactId", "botId", "conversationId", "value", "reason"}
    assert (rating["value"], rating["reason"], rating["botId"]) == (-20, "Slow", str(bot.pk))
    assert olive.get(f"contact/{other}/rating/list").json() == {"items": []}
    for part in ("conversation", "rating"):
        refused(otto.get(f"contact/{pk}/{part}/list"), 404, "contact")


def test_contacts_of_others_are_missing(olive: Operator, otto: Operator) -> None:
    pk = make(otto, **VERA)
    missing = olive.get("contact/01a20cc4-74ba-754d-8397-800317293a4b/fetch").content
    assert olive.get(f"contact/{pk}/fetch").content == missing
    for verb in ("update", "delete"):
        answer = olive.post(f"contact/{pk}/{verb}", {"name": "Mine"})
        assert (answer.status_code, answer.content) == (404, missing)
    assert Contact.objects.get().name == "Vera"


def test_what_visitors_type_never_reaches_a_contact_of_the_operator(olive: Operator) -> None:
    known = Contact.objects.get(pk=make(olive, email="vera@example.com", preferences="Allergic to nuts"))
    claimed = find_or_create_contact(olive.user.pk, {"email": "vera@example.com", "fingerprint": known.fingerprint})
    assert claimed and claimed.pk != known.pk
    assert "Allergic to nuts" in contact_note(known)
    olive.post(f"contact/{claimed.pk}/update", {"preferences": "Lives in Berlin"})
    claimed.refresh_from_db()
    assert contact_note(claimed) == "", "whoever types the address again would learn it"
    olive.post(f"contact/{claimed.pk}/update", {"fingerprint": "customer-9"})
    claimed.refresh_from_db()
    assert "Lives in Berlin" in contact_note(claimed)
    assert contact_note(None) == ""


def test_the_old_contacts_of_a_fingerprint_less_time_have_one(olive: Operator) -> None:
    contact = Contact.objects.create(owner=olive.user, name="Old")
    assert olive.get(f"contact/{contact.pk}/fetch").json()["fingerprint"] == str(contact.pk)
