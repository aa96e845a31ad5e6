"""contact/upsert: who the visitor of a conversation is, as the visitor says and as the operator knows."""

from typing import Any

import pytest

from sessions_api.models import Contact, Conversation
from sessions_api.tests.api import Caller, operator, refused
from tests.support.inprocess import InProcess
from tests.support.world import make_session

UPSERT = "conversation/{conversation_id}/contact/upsert"


@pytest.fixture
def olive(app: InProcess) -> Caller:
    """An operator whose widget asks visitors who they are, and whose conversation is of nobody yet."""
    olive = operator(app)
    olive.made("integration/widget/{widget_integration_id}/update", {"contactCollection": True})
    Conversation.objects.update(contact=None)
    return olive


@pytest.fixture
def vera(olive: Caller) -> Caller:
    """The visitor."""
    return Caller(olive.app, make_session(olive.ids["conversation_id"]), olive.ids)


def contact(olive: Caller) -> Any:
    """The conversation's contact, as Olive sees it."""
    return olive.read(f"contact/{olive.read('conversation/{conversation_id}/fetch')['contactId']}/fetch")


def test_a_visitor_says_more_and_more(olive: Caller, vera: Caller) -> None:
    first = vera.made(UPSERT, {"email": " Vera@Example.COM ", "meta": {"from": "shop"}})["id"]
    assert vera.made(UPSERT, {"name": "Vera", "nick": "V", "phone": None, "meta": {"from": "blog", "n": 1}}) == {"id": first}
    shown = contact(olive)
    assert (shown["id"], shown["email"], shown["name"], shown["nick"]) == (first, "vera@example.com", "Vera", "V")
    assert shown["meta"] == {"from": "shop", "n": 1}, "what is there stays"
    assert vera.made(UPSERT, {"name": "Eve"}) == {"id": first}
    assert contact(olive)["name"] == "Vera"
    other = vera.made(UPSERT, {"email": "eve@example.com"})["id"]
    assert other != first and contact(olive)["email"] == "eve@example.com"
    assert vera.made(UPSERT, {"email": "vera@example.com"}) == {"id": first}


def test_a_visitor_never_reaches_what_the_operator_knows(olive: Caller, vera: Caller) -> None:
    known = olive.made("contact/create", {"fingerprint": "customer-7", "email": "vera@example.com"})["id"]
    for body in ({"fingerprint": "customer-7"}, {"email": "vera@example.com"}):
        assert vera.made(UPSERT, body)["id"] != known
    olive.made("conversation/{conversation_id}/update", {"contactId": known})
    assert vera.made(UPSERT, {"email": "eve@example.com", "nick": "V"}) == {"id": known}, "who the operator knows it is stays"
    assert (contact(olive)["email"], contact(olive)["nick"]) == ("vera@example.com", "V")


def test_an_operator_writes_what_is_given(olive: Caller) -> None:
    first = olive.made(UPSERT, {"name": "Vera", "email": "vera@example.com", "meta": {"a": 1, "none": None}})["id"]
    assert olive.made(UPSERT, {"name": "Vera B", "email": None, "meta": {"b": 2}}) == {"id": first}
    shown = contact(olive)
    assert (shown["name"], "email" in shown, shown["meta"]) == ("Vera B", False, {"a": 1, "b": 2})
    known = olive.made("contact/create", {"fingerprint": "customer-7"})["id"]
    assert olive.made(UPSERT, {"fingerprint": "customer-7", "nick": "V"}) == {"id": known}
    assert (contact(olive)["id"], contact(olive)["nick"]) == (known, "V")


def test_what_is_refused(olive: Caller, vera: Caller) -> None:
    before = Contact.objects.count()
    for who in (olive, vera):
        for body, part in (({"email": "vera"}, "email"), ({"phone": "030"}, "phone"), ({"nick": 5}, "nick"), ({"meta": []}, "meta")):
            refused(who.post(UPSERT, body), 400, part)
    refused(vera.post(UPSERT, {"description": "Nobody"}), 400, "give at least one of")
    olive.made("integration/widget/{widget_integration_id}/update", {"contactCollection": False})
    refused(vera.post(UPSERT, {"name": "Vera"}), 409, "contactCollection")
    assert Contact.objects.count() == before
