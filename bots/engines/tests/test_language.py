"""Which language a question is in, and what the engine says in it."""

import pytest

from bots.engines.knowledge.catalog import catalogs, say, supported
from bots.engines.knowledge.language import detect

LANGUAGES = {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "ru", "uk", "ar", "ja", "zh", "ko"}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How do I put the widget on my site?", "en"),
        ("what's the weather", "en"),
        ("Wie lange gilt eine Sitzung?", "de"),
        ("Wer gewann die WM 2014?", "de"),
        ("¿Cómo cambio el color?", "es"),
        ("comment restreindre les origines ?", "fr"),
        ("Comment créer un jeton d'API ?", "fr"),
        ("come esporto una conversazione?", "it"),
        ("Como faço backup dos dados?", "pt"),
        ("Hoe kan ik betalen?", "nl"),
        ("ile trwa dostawa?", "pl"),
        ("Widget nasıl kurulur?", "tr"),
        ("как изменить цвет?", "ru"),
        ("Як змінити колір?", "uk"),
        ("كيف أغير اللون؟", "ar"),
        ("色を変えるには？", "ja"),
        ("如何更改颜色？", "zh"),
        ("색을 어떻게 바꾸나요?", "ko"),
    ],
)
def test_short_questions_are_recognized(question: str, language: str) -> None:
    assert detect(question) == language
    assert detect(question, hint="tr" if language != "tr" else "fr") == language


@pytest.mark.parametrize("question", ["pricing", "", "42", "🚀"])
def test_what_cannot_be_told_is_the_conversations_language(question: str) -> None:
    assert detect(question, hint="pt-BR") == "pt"
    assert detect(question) == "en"


def test_the_conversations_language_decides_a_tie() -> None:
    assert detect("status in Berlin", hint="de") == "de"
    assert detect("status in Berlin", hint="nl") == "nl"


@pytest.mark.parametrize(
    ("tag", "language"), [("de-AT", "de"), ("zh_Hant", "zh"), ("sw", "en"), ("", "en"), ("EN", "en")]
)
def test_a_tag_without_catalog_is_english(tag: str, language: str) -> None:
    assert supported(tag) == language


def test_every_language_is_complete_and_says_it_in_its_own_way() -> None:
    assert set(catalogs()) == LANGUAGES
    english = catalogs()["en"]
    for language, catalog in catalogs().items():
        assert set(catalog.say) == set(english.say), language
        assert set(catalog.triggers) == set(english.triggers), language
        assert all(text.strip() for text in catalog.say.values()), language
        assert all(catalog.triggers.values()), language
    assert len({say("unknown", language) for language in LANGUAGES}) == len(LANGUAGES)
