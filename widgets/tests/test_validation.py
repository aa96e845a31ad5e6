"""What the model refuses, in words that say what is allowed."""

import pytest
from django.core.exceptions import ValidationError

from tests.support.actors import Operator
from widgets.layouts import layout_of
from widgets.services import create_widget
from widgets.strings import catalog_languages, strings_of
from widgets.validation import parse_plugins


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("layout", "floating", "“floating” is not a layout; allowed are bubble, inline, fullscreen"),
        ("origin", "https://ok.example, example.com", "“example.com” is not an origin"),
        ("language", "en, klingons", "unknown: “klingons”"),
        ("theme", "neon", "“neon” is not a theme; allowed are default, light"),
        ("plugins", "search, <x>", "“<x>” is not the name of a plugin"),
        ("title", "half \ud800", "surrogate"),
        ("title", "nul \x00", "NUL"),
        ("session_duration", 3_600_001, "3600000"),
        ("session_duration", -1, "0"),
    ],
)
def test_a_bad_value_is_refused_for_its_field(olive: Operator, field: str, value: object, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        create_widget(olive.user, **{field: value})
    assert list(refused.value.message_dict) == [field]
    assert words in refused.value.message_dict[field][0]


@pytest.mark.parametrize("field", ["theme", "layout", "origin", "language", "plugins", "title"])
def test_half_a_surrogate_pair_is_named_without_being_sent_back(olive: Operator, field: str) -> None:
    answer = olive.post("integration/widget/create", {field: "half \ud800"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("", "bubble"), ("bubble", "bubble"), ("inline", "inline"), ("fullscreen", "fullscreen"), ("default", "bubble"), ("popover", "bubble"),
        ("popout", "bubble"), ("slideover", "bubble"), ("center", "bubble"), ("stretch", "inline"), ("full screen", "fullscreen"), (" Bubble ", "bubble"),
    ],
)  # fmt: skip
def test_older_layout_names_stand_for_a_shape(name: str, shape: str) -> None:
    assert layout_of(name) == shape


def test_plugins_are_a_list_of_names() -> None:
    assert parse_plugins("search, a-b , search,") == ("search", "a-b")


def test_every_catalog_answers_every_key() -> None:
    assert catalog_languages()[0] == "en"
    english = strings_of("en")
    assert english
    assert all(strings_of(code).keys() >= english.keys() for code in (*catalog_languages(), "tlh", "de-CH"))
