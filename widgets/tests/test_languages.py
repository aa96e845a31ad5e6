"""Languages by code and by name, and which one a visitor gets."""

import pytest
from babel import Locale

from widgets.languages import (
    OWN_NAMES,
    accepted_languages,
    choose_language,
    direction,
    language_code,
    parse_languages,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("en", "en"), ("EN", "en"), ("pt-BR", "pt-BR"), ("pt_br", "pt-BR"), ("zh-Hant", "zh-Hant"), ("zh-Hant-TW", "zh-Hant-TW"), ("es-419", "es-419"),
        ("iw", "he"), ("fil", "fil"), ("spanish", "es"), ("Spanish", "es"), ("German", "de"), ("Brazilian Portuguese", "pt-BR"), ("Deutsch", "de"),
        ("español", "es"), ("日本語", "ja"), (" en ", "en"),
    ],
)  # fmt: skip
def test_a_language_is_a_code_or_a_name(text: str, code: str) -> None:
    assert language_code(text) == code


@pytest.mark.parametrize(
    "text", ["", "xx", "klingons", "en-XX", "en-", "-", "1", "e" * 100, "en\x00", "../en"]
)
def test_anything_else_is_unknown(text: str) -> None:
    assert language_code(text) is None


def test_own_names_are_those_of_cldr() -> None:
    for code, name in OWN_NAMES.items():
        locale = Locale.parse(code, sep="-")
        assert name in (locale.languages.get(code.replace("-", "_")), locale.get_display_name()), code


def test_a_list_keeps_its_order_and_names_the_unknown() -> None:
    assert parse_languages("en, spanish, pt-BR, English") == ("en", "es", "pt-BR")
    assert parse_languages("") == ()
    with pytest.raises(ValueError, match=r"“dothraki”, “xx”.*English, es or pt-BR"):
        parse_languages("en, dothraki, xx")


def test_a_visitor_gets_the_first_wanted_language_that_is_offered() -> None:
    assert choose_language(["fr", "de-CH", "en"], ["en", "de"]) == "de"
    assert choose_language(["pt-BR"], ["en", "pt", "pt-BR"]) == "pt-BR"
    assert choose_language(["pt"], ["en", "pt-BR"]) == "pt-BR"
    assert choose_language(["nonsense", "fr"], ["en", "de"]) == "en"
    assert choose_language([], ["de", "en"]) == "de"


def test_a_browser_lists_its_languages_by_weight() -> None:
    assert accepted_languages("fr;q=0.5, de-CH, *;q=0.1, en;q=0.7, es;q=0, x;q=no") == ("de-CH", "en", "fr")
    assert accepted_languages("") == ()


@pytest.mark.parametrize(
    ("code", "way"),
    [("en", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("fa-IR", "rtl"), ("ja", "ltr"), ("xx", "ltr")],
)
def test_a_language_has_a_direction(code: str, way: str) -> None:
    assert direction(code) == way
