from typing import Any

import pytest
from django.core.exceptions import ValidationError

from sessions_api.contacts import find_or_create_contact, read_contact
from sessions_api.models import Contact
from tests.support.actors import Operator


def test_fields_are_checked_and_written_alike() -> None:
    given = {"name": " Vera ", "email": "Vera@Example.COM", "phone": "+49 (30) 123-456", "role": "admin"}
    assert read_contact(given) == {"name": "Vera", "email": "vera@example.com", "phone": "+4930123456"}
    assert read_contact({"name": "", "email": None}) == {}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("Vera", "contact"),
        ([], "contact"),
        ({"name": 5}, "contact.name"),
        ({"name": "x" * 192}, "contact.name"),
        ({"name": "a\x00"}, "contact.name"),
        ({"email": "vera"}, "contact.email"),
        ({"email": "vera@example.com\nBcc: x@y.example"}, "contact.email"),
        ({"email": "aaaaa@" + ".".join(["b" * 60] * 4) + ".example"}, "contact.email"),
        ({"phone": "030 123456"}, "contact.phone"),
        ({"phone": "+49"}, "contact.phone"),
        ({"phone": "+" + "1" * 40}, "contact.phone"),
    ],
)
def test_what_is_refused_is_named(given: Any, field: str) -> None:
    with pytest.raises(ValidationError) as error:
        read_contact(given)
    assert list(error.value.message_dict) == [field]


def test_the_same_data_finds_the_same_contact_and_fills_what_is_empty(
    olive: Operator, otto: Operator
) -> None:
    first = find_or_create_contact(olive.user.pk, {"email": "vera@example.com"})
    again = find_or_create_contact(
        olive.user.pk, {"email": "vera@example.com", "name": "Vera", "phone": "+4930123456"}
    )
    assert first == again
    other = find_or_create_contact(olive.user.pk, {"email": "vera@example.com", "name": "Somebody else"})
    assert (other, other and other.name) == (first, "Vera"), "what is there stays"
    assert find_or_create_contact(otto.user.pk, {"email": "vera@example.com"}) != first
    assert find_or_create_contact(olive.user.pk, {"phone": "+4930123456"}) != first, (
        "a phone number is no proof of an address"
    )
    assert Contact.objects.count() == 3


def test_nothing_given_is_nobody(olive: Operator) -> None:
    assert find_or_create_contact(olive.user.pk, {}) is None
    assert not Contact.objects.exists()
