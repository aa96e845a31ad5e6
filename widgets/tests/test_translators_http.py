"""DeepL and LibreTranslate over real HTTP: what is asked for, and every way in which an answer can be none."""

from typing import Any

import pytest

from tests.support.translators import Reply, TranslatorServer, translator_server
from widgets.tests.translating import INTRO, OWNER, WIDGET, refusal, translated
from widgets.translating import translate_texts
from widgets.translators.deepl import service_url, source_code, target_code
from widgets.translators.libretranslate import service_code

SENTENCES = [
    "Welcome to <g1>Halden</g1>",
    "Ask about orders, <x1/>, or read <g2>our docs</g2> at <x3/> today.",
    "Where is my order?",
    "Talk to a person",
]
GERMAN = """## de Welcome to **Halden**

de Ask about orders, {{name}}, or read [our docs](https://halden.example/docs) at https://halden.example today.

[de Where is my order?]() [de Talk to a person]()
"""


@pytest.fixture(params=["deepl", "libretranslate"])
def service(request: pytest.FixtureRequest) -> Any:
    """Each of the two."""
    return request.getfixturevalue(request.param)


async def test_both_translate_sentences_and_markdown_stays(service: TranslatorServer) -> None:
    assert await translated() == GERMAN
    assert service.texts == SENTENCES


async def test_deepl_is_asked_in_its_own_way(deepl: TranslatorServer) -> None:
    await translated(target="pt-BR")
    (body,) = deepl.requests
    assert (body["source_lang"], body["target_lang"], body["tag_handling"]) == ("EN", "PT-BR", "xml")
    assert deepl.headers[0]["authorization"] == f"DeepL-Auth-Key {deepl.key}"


async def test_libretranslate_is_asked_in_its_own_way(libretranslate: TranslatorServer, settings: Any) -> None:
    await translated(target="zh-TW")
    (body,) = libretranslate.requests
    assert {name: body[name] for name in ("source", "target", "format", "api_key")} == {
        "source": "en", "target": "zt", "format": "html", "api_key": libretranslate.key,
    }  # fmt: skip
    with translator_server("libretranslate") as open_to_all:
        settings.LIBRETRANSLATE_URL, settings.LIBRETRANSLATE_API_KEY = open_to_all.url + "/", ""
        await translated()
        assert "api_key" not in open_to_all.requests[0]


async def test_signs_of_xml_are_escaped_and_come_back(service: TranslatorServer) -> None:
    assert await translated("Fish & chips < 5 & more", name="title") == "de Fish & chips < 5 & more"
    assert service.texts == ["Fish &amp; chips &lt; 5 &amp; more"]


async def test_entities_and_tags_as_html_parsers_write_them_are_read(libretranslate: TranslatorServer) -> None:
    libretranslate.script(Reply(change=lambda texts: ["C&#39;est <x1></x1> &quot;<g2> ici </g2>&quot;!"]))
    assert await translated("It is `code` **here** for you") == "C'est `code` \" **ici** \"!"


async def test_many_texts_go_in_several_requests(deepl: TranslatorServer) -> None:
    text = "\n\n".join(f"Question number {number} about this" for number in range(120))
    assert (await translated(text)).count("de Question") == 120
    assert [len(body["text"]) for body in deepl.requests] == [50, 50, 20]


async def test_equal_sentences_are_sent_once(deepl: TranslatorServer) -> None:
    found = await translate_texts({"title": "Ask us", "intro": "Ask us", "initial": "", "placeholder": "…"}, "en", "fr", OWNER, WIDGET)
    assert found == {"title": "fr Ask us", "intro": "fr Ask us", "initial": "", "placeholder": "…"}
    assert deepl.texts == ["Ask us"]


async def test_without_words_nothing_is_asked(deepl: TranslatorServer) -> None:
    assert await translated("👋 {{name}} https://halden.example `x`") == "👋 {{name}} https://halden.example `x`"
    assert deepl.requests == []


@pytest.mark.parametrize(
    ("code", "target"),
    [
        ("en", "EN-US"), ("en-US", "EN-US"), ("en-GB", "EN-GB"), ("en-AU", "EN-GB"), ("pt", "PT-BR"), ("pt-BR", "PT-BR"), ("pt-PT", "PT-PT"),
        ("pt-AO", "PT-PT"), ("zh", "ZH-HANS"), ("zh-Hans", "ZH-HANS"), ("zh-Hant", "ZH-HANT"), ("zh-TW", "ZH-HANT"), ("zh-HK", "ZH-HANT"),
        ("zh-Hans-HK", "ZH-HANS"), ("nb", "NB"), ("no", "NB"), ("nn", "NB"), ("de-AT", "DE"), ("sr-Latn", "SR"),
    ],
)  # fmt: skip
def test_targets_of_deepl_are_variants(code: str, target: str) -> None:
    assert target_code(code) == target
    assert source_code(code) == target.partition("-")[0]


@pytest.mark.parametrize(
    ("code", "own"),
    [("pt-BR", "pb"), ("pt", "pt"), ("pt-PT", "pt"), ("zh", "zh"), ("zh-Hant", "zt"), ("zh-TW", "zt"), ("no", "nb"), ("fil", "tl"), ("de-AT", "de")],
)
def test_libretranslate_has_codes_of_its_own(code: str, own: str) -> None:
    assert service_code(code) == own


def test_a_key_says_which_deepl_it_is_for() -> None:
    assert service_url("", "abc:fx") == "https://api-free.deepl.com"
    assert service_url("", "abc") == "https://api.deepl.com"
    assert service_url("http://deepl.internal", "abc:fx") == "http://deepl.internal"


async def test_a_wrong_key_is_final_and_not_shown(service: TranslatorServer, settings: Any) -> None:
    settings.DEEPL_API_KEY = settings.LIBRETRANSLATE_API_KEY = "wrong-key-of-mine:fx"
    error = await refusal()
    assert not error.retryable
    assert "key" in error.cause
    assert "wrong-key-of-mine" not in repr(error) + error.cause


async def test_a_service_that_repeats_the_key_does_not_give_it_away(service: TranslatorServer) -> None:
    service.script(Reply(status=500, message=f"Failed for {service.key} with abcdefghijklmnopqrstuvwxyz0123456789"))
    error = await refusal()
    assert service.key not in error.cause
    assert "abcdefghijklmnop" not in error.cause
    assert error.retryable


async def test_a_language_that_it_lacks_is_final_and_named(service: TranslatorServer) -> None:
    error = await refusal(target="am")
    assert not error.retryable
    assert "from English into Amharic" in error.cause


@pytest.mark.parametrize(
    ("reply", "retryable", "words"),
    [
        (Reply(status=456, message="Quota Exceeded"), False, "quota"),
        (Reply(status=429, message="Too many requests"), True, "fewer requests"),
        (Reply(status=500), True, "500"),
        (Reply(status=503, message="Resource currently unavailable"), True, "503: Resource currently unavailable."),
        (Reply(status=404), False, "404"),
        (Reply(status=413), False, "413"),
        (Reply(status=302, headers={"Location": "http://127.0.0.1:9/v2/translate"}), False, "redirects"),
        (Reply(body=b"<html>Sign in</html>"), True, "JSON"),
        (Reply(body=b"[" * 5000), True, "JSON"),
        (Reply(body=b"[]"), True, "0 texts for 4"),
        (Reply(body=b'{"translations": 7, "translatedText": 7}'), True, "0 texts for 4"),
        (Reply(body=b'{"translations": [{"text": 1}, 2, {}, null], "translatedText": [1, 2, {}, null]}'), True, "texts for 4"),
        (Reply(change=lambda texts: texts[:-1]), True, "3 texts for 4"),
        (Reply(change=lambda texts: [*texts, "more"]), True, "5 texts for 4"),
        (Reply(body=b" " * 2_100_000), True, "2,000,000 bytes"),
        (Reply(cut=True), True, "cannot be reached"),
    ],
)
async def test_what_is_no_translation_is_an_error(service: TranslatorServer, reply: Reply, retryable: bool, words: str) -> None:
    service.script(reply)
    error = await refusal()
    assert words in error.cause
    assert error.retryable is retryable
    assert len(service.requests) == 1


@pytest.mark.parametrize(("value", "seconds"), [("7", 7), ("0.5", 0.5), ("99999999", 86_400), ("soon", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("", None)])
async def test_retry_after_is_told(deepl: TranslatorServer, value: str, seconds: float | None) -> None:
    deepl.script(Reply(status=429, headers={"Retry-After": value}))
    assert (await refusal()).retry_after == seconds


async def test_silence_is_a_time_out(service: TranslatorServer, settings: Any) -> None:
    settings.TRANSLATOR_SECONDS = 0.2
    service.script(Reply(mute=True))
    error = await refusal()
    assert error.retryable
    assert "0.2 seconds" in error.cause


async def test_nobody_there_is_worth_another_try(service: TranslatorServer, settings: Any) -> None:
    settings.DEEPL_URL = settings.LIBRETRANSLATE_URL = "http://127.0.0.1:9"
    error = await refusal()
    assert error.retryable
    assert "cannot be reached (ConnectError)" in error.cause


@pytest.mark.parametrize("url", ["halden.example", "ftp://halden.example", "http://"])
async def test_an_address_that_is_none_is_final(service: TranslatorServer, settings: Any, url: str) -> None:
    settings.DEEPL_URL = settings.LIBRETRANSLATE_URL = url
    assert not (await refusal()).retryable


async def test_texts_that_come_back_as_they_were_are_none(service: TranslatorServer) -> None:
    service.translate = lambda text, target: text
    error = await refusal()
    assert "as they were" in error.cause
    assert not error.retryable
    assert await translated("Chat", name="title") == "Chat"
    assert await translated(INTRO, "en-GB") == INTRO
