"""Personal data in texts: what is found, what callers mark, what the bot reads instead."""

from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from sessions_api.entities import detect, merged, read_entities, replaced


def units(text: str, entity: dict[str, Any]) -> str:
    """The part of a text that an entity names, cut as JavaScript does."""
    raw = text.encode("utf-16-le")
    return raw[2 * entity["begin"] : 2 * entity["end"]].decode("utf-16-le")


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Write to bob.o'neil+news@mail.example.co.uk!", "email", "bob.o'neil+news@mail.example.co.uk"),
        ("Call +49 30 901820 please", "phone", "+49 30 901820"),
        ("Call (415) 555-2671 please", "phone", "(415) 555-2671"),
        ("My card 4111 1111 1111 1111, thanks", "card", "4111 1111 1111 1111"),
        ("4111-1111-1111-1111", "card", "4111-1111-1111-1111"),
        ("IBAN DE89 3704 0044 0532 0130 00.", "iban", "DE89 3704 0044 0532 0130 00"),
        ("GB82WEST12345698765432", "iban", "GB82WEST12345698765432"),
    ],
)
def test_what_is_found(text: str, kind: str, found: str) -> None:
    (entity,) = detect(text)
    assert (entity["type"], entity["text"]) == (kind, found)
    assert replaced(text, [entity]) == text.replace(found, f"[{kind.upper()}_1]")


@pytest.mark.parametrize(
    "text",
    [
        "", "Order 1234567890123 of 2024-05-01", "At 10:30 for 12.50 EUR", "4111 1111 1111 1112", "DE00 3704 0044 0532 0130 00",
        "0000000000000000", "a@b", "user@localhost", "1 2 3 4 5 6 7 8 9",
    ],
)  # fmt: skip
def test_what_is_not_taken_for_it(text: str) -> None:
    assert detect(text) == []
    assert replaced(text, []) == text


def test_offsets_count_as_javascript_does() -> None:
    text = "🚀 bob@example.com 🚀 bob@example.com, ann@example.com"
    entities = detect(text)
    read = replaced(text, entities)
    assert read == "🚀 [EMAIL_1] 🚀 [EMAIL_1], [EMAIL_2]"
    for entity in entities:
        assert units(text, entity) == entity["text"]
        assert units(read, entity["replacement"]) == entity["replacement"]["text"]


def test_callers_mark_what_they_like() -> None:
    text = "🚀 Ann lives in Rome"
    given = [
        {"type": "city", "begin": 16, "end": 20, "text": "Rome"},
        {"type": "person", "begin": 3, "end": 6, "text": "Ann", "replacement": {"begin": 3, "end": 5, "text": "X."}},
    ]
    entities = read_entities(given, text)
    assert replaced(text, entities) == "🚀 X. lives in [CITY_1]"
    assert [units(text, entity) for entity in entities] == ["Ann", "Rome"]


def test_what_is_marked_wins_over_what_is_found() -> None:
    text = "bob@example.com or +49 30 901820"
    given = read_entities([{"type": "secret", "begin": 0, "end": 3, "text": "bob"}], text)
    assert replaced(text, merged(text, given)) == "[SECRET_1]@example.com or [PHONE_1]"


GOOD = {"type": "a", "begin": 0, "end": 2, "text": "🚀"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"type": ""}, "entities[1].type"),
        ({"type": 5}, "entities[1].type"),
        ({"begin": -1}, "entities[1].begin"),
        ({"begin": 1.5}, "entities[1].begin"),
        ({"begin": True}, "entities[1].begin"),
        ({"begin": 2**70}, "entities[1].begin"),
        ({"begin": None}, "entities[1].begin"),
        ({"end": 99}, "entities[1].end"),
        ({"end": "3"}, "entities[1].end"),
        ({"end": 3}, "entities[1].end"),
        ({"begin": 7, "end": 8}, "entities[1].end"),
        ({"text": "abd"}, "entities[1].text"),
        ({"text": None}, "entities[1].text"),
        ({"begin": 0, "end": 2, "text": "🚀"}, "entities[1].begin"),
        ({"replacement": "x"}, "entities[1].replacement"),
        ({"replacement": {"begin": 5, "end": 4, "text": ""}}, "entities[1].replacement.end"),
        ({"replacement": {"begin": 0, "end": 1, "text": "\x00"}}, "entities[1].replacement.text"),
        ({"replacement": {"begin": 0, "end": 1}}, "entities[1].replacement.text"),
    ],
)
def test_marks_that_are_refused(change: dict[str, Any], named: str) -> None:
    entity = {"type": "b", "begin": 3, "end": 6, "text": "abc", **change}
    with pytest.raises(ParseError) as error:
        read_entities([GOOD, entity], "🚀 abc 🚀")
    assert str(error.value.detail).startswith(f"{named}:")


@pytest.mark.parametrize("value", [5, {}, "x", [5], [GOOD] * 101])
def test_lists_that_are_refused(value: Any) -> None:
    with pytest.raises(ParseError, match=r"entities"):
        read_entities(value, "🚀")
