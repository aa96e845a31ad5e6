"""Languages by code and by name, and which one a visitor gets."""

import pytest
from babel import Locale, localedata

from tests.support.actors import Operator
from widgets.languages import (
    accepted_languages,
    choose_language,
    direction,
    language_code,
    own_name,
    parse_languages,
    wanted_languages,
)
from widgets.own_names import names_in_cldr, own_names


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("en", "en"), ("EN", "en"), ("pt-BR", "pt-BR"), ("pt_br", "pt-BR"), ("zh-Hant", "zh-Hant"), ("ZH_hant_tw", "zh-Hant-TW"), ("es-419", "es-419"),
        ("iw", "he"), ("fil", "fil"), ("no", "nb"), ("no-NO", "nb-NO"), ("nn", "nn"), ("zh-TW", "zh-Hant-TW"), ("sr_latn", "sr-Latn"), (" en ", "en"),
        ("ga", "ga"), ("vai", "vai"), ("de-FR", "de"), ("zh-Hant-FR", "zh-Hant"), ("en_US.UTF-8", "en-US"), ("az-IR", "az-Arab-IR"),
        ("spanish", "es"), ("Spanish", "es"), ("German", "de"), ("Brazilian Portuguese", "pt-BR"), ("Portuguese (Brazil)", "pt-BR"),
        ("Chinese (Traditional)", "zh-Hant"), ("Traditional Chinese", "zh-Hant"), ("Simplified Chinese", "zh-Hans"), ("English (United Kingdom)", "en-GB"),
        ("Norwegian", "nb"), ("Norwegian Bokmal", "nb"), ("Serbian (Latin)", "sr-Latn"), ("Farsi", "fa"), ("Filipino", "fil"), ("Lao", "lo"),
        ("Deutsch", "de"), ("español", "es"), ("espanol", "es"), ("日本語", "ja"), ("繁體中文", "zh-Hant"), ("português (Brasil)", "pt-BR"),
        ("norsk", "nb"), ("العربية", "ar"), ("हिन्दी", "hi"), ("srpski (latinica)", "sr-Latn"), ("isiZulu", "zu"),
    ],
)  # fmt: skip
def test_a_language_is_a_code_or_a_name(text: str, code: str) -> None:
    assert language_code(text) == code


@pytest.mark.parametrize(
    "text", ["", " ", "xx", "klingon", "en-XX", "xx-DE", "en-", "-", "1", "und", "root", "mul", "e" * 100, "en\x00", "\ud800", "../en", "en' OR 1=1"]
)  # fmt: skip
def test_anything_else_is_unknown(text: str) -> None:
    assert language_code(text) is None
    assert wanted_languages(text) == ()


def test_own_names_are_those_of_cldr() -> None:
    assert own_names() == names_in_cldr()
    assert (own_name("de"), own_name("pt-BR"), own_name("zh-Hant")) == ("Deutsch", "português (Brasil)", "繁體中文")


def test_every_language_of_cldr_is_known_with_its_direction_and_name() -> None:
    for identifier in localedata.locale_identifiers():
        locale = Locale.parse(identifier)
        code = language_code(identifier)
        assert code, identifier
        assert direction(code) == ("rtl" if locale.character_order == "right-to-left" else "ltr"), identifier
        localedata._cache.clear()
    unlike = {code for code, name in own_names().items() if "-" not in code and language_code(name) != language_code(code)}
    assert unlike == {"nr"}  # both Ndebele call themselves isiNdebele


def test_a_list_keeps_its_order_and_names_the_unknown() -> None:
    assert parse_languages("en, spanish; pt_BR\nEnglish,,") == ("en", "es", "pt-BR")
    assert parse_languages("") == ()
    with pytest.raises(ValueError, match=r"“dothraki”, “xx”.*English, es or pt-BR"):
        parse_languages("en, dothraki, xx")


def test_a_list_has_an_end() -> None:
    codes = sorted(code for code in own_names() if "-" not in code)[:101]
    assert len(parse_languages(",".join(codes[:100]))) == 100
    with pytest.raises(ValueError, match="at most 100 languages are possible, these are 101"):
        parse_languages(",".join(codes))


def test_the_api_takes_names_and_names_what_it_does_not_know(olive: Operator) -> None:
    answer = olive.post("integration/widget/create", {"language": "German, Chinese (Traditional), PT_br, norsk, 日本語"})
    assert answer.status_code == 200
    answer = olive.post("integration/widget/create", {"language": "en, Dothraki, en-XX"})
    assert answer.status_code == 400
    assert all(entry in answer.json()["message"] for entry in ("language", "“Dothraki”", "“en-XX”"))


@pytest.mark.parametrize(
    ("wanted", "offered", "chosen"),
    [
        ("fr, de-CH, en", "en, de", "de"),
        ("pt-BR", "en, pt, pt-BR", "pt-BR"),
        ("pt-BR", "en, pt", "pt"),
        ("pt-BR", "en, de", "en"),
        ("pt", "en, pt-BR", "pt-BR"),
        ("pt-AO", "en, pt-BR, pt", "pt"),
        ("zh-TW", "en, zh, zh-Hant", "zh-Hant"),
        ("zh-HK", "en, zh-Hans, zh-Hant", "zh-Hant"),
        ("zh-TW", "en, zh", "zh"),
        ("zh-CN", "en, zh-Hant, zh-Hans", "zh-Hans"),
        ("nn", "en, nb", "nb"),
        ("nb", "en, nn", "nn"),
        ("no", "en, nb", "nb"),
        ("nn-NO", "en, nb, nn", "nn"),
        ("sr-Latn", "en, sr", "sr"),
        ("sr-Latn-RS", "en, sr, sr-Latn", "sr-Latn"),
        ("iw", "en, he", "he"),
        ("in-ID", "en, id", "id"),
        ("de-FR", "en, de", "de"),
        ("en-US, de", "fr, en-GB", "en-GB"),
        ("nonsense, fr", "en, de", "en"),
        ("", "de, en", "de"),
    ],
)
def test_a_visitor_gets_the_first_wanted_language_of_which_a_variant_is_offered(wanted: str, offered: str, chosen: str) -> None:
    assert choose_language(wanted_languages(wanted), parse_languages(offered)) == chosen


def test_a_browser_lists_its_languages_by_weight() -> None:
    assert accepted_languages("fr;q=0.5, de-CH, *;q=0.1, en;q=0.7, es;q=0, x;q=no") == ("de-CH", "en", "fr")
    assert accepted_languages("") == ()


def test_wishes_are_bounded() -> None:
    assert len(wanted_languages("de," * 1000)) == len(accepted_languages("de," * 1000)) == 20


@pytest.mark.parametrize(
    ("code", "way"),
    [("en", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("fa-IR", "rtl"), ("ja", "ltr"), ("xx", "ltr"), ("pa-PK", "rtl"), ("pa", "ltr")],
)
def test_a_language_has_a_direction(code: str, way: str) -> None:
    assert direction(code) == way
