"""A translation that has lost something: asked for once more in pieces, else an error that names the field. Nothing broken gets through."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.translators import Reply, TranslatorServer
from widgets.markup.shape import same_shape
from widgets.tests.translating import INTRO, OWNER, WIDGET, refusal, translated
from widgets.translating import translate_texts
from widgets.translators.base import TranslatorError

LINE = "Ask about {{name}}, read [our docs](https://halden.example/docs) or write to help@halden.example in **English**"
PIECES = ["Ask about", ", read", "our docs", "or write to", "in", "English"]
IN_PIECES = "de Ask about {{name}}de , read [de our docs](https://halden.example/docs) de or write to help@halden.example de in **de English**"
Change = Callable[[str], str]


def broken(change: Change) -> Reply:
    return Reply(change=lambda texts: [change(text) for text in texts])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: re.sub("<[^>]*>", "", text),
        lambda text: text.replace("<x1/>", ""),
        lambda text: text.replace("<x1/>", "<x1/><x1/>"),
        lambda text: text.replace("<x1/>", "<x9/>"),
        lambda text: text.replace("<x1/>", "<g1>name</g1>"),
        lambda text: text.replace("<x1/>", "{{Name}}"),
        lambda text: text.replace("</g2>", ""),
        lambda text: text.replace("<g2>", "").replace("</g2>", ""),
        lambda text: text.replace("</g2>", "</g0>").replace("</g4>", "</g2>").replace("</g0>", "</g4>"),
        lambda text: text.replace("<g4>", "<g2>").replace("</g4>", "</g2>"),
        lambda text: text.replace("our docs", ""),
        lambda text: text.replace("<x3/>", "").replace("our docs", "our docs <x3/>"),
        lambda text: text + " [more](https://evil.example)",
        lambda text: text + " https://evil.example",
        lambda text: text + " <b>now</b>",
        lambda text: text + " {{address}}",
        lambda text: "</g2>" + text,
        lambda text: "",
        lambda text: "…",
        lambda text: text + " so" * 1000,
    ],
)
async def test_what_comes_back_broken_is_asked_for_in_pieces(deepl: TranslatorServer, change: Change) -> None:
    deepl.script(broken(change))
    assert await translated(LINE) == IN_PIECES
    assert deepl.requests[1]["text"] == PIECES


async def test_parts_may_change_places(deepl: TranslatorServer) -> None:
    deepl.script(broken(lambda text: "<g4>Englisch</g4>: <x3/> oder <g2>Hilfe</g2> zu <x1/>"))
    assert await translated(LINE) == "**Englisch**: help@halden.example oder [Hilfe](https://halden.example/docs) zu {{name}}"
    assert len(deepl.requests) == 1


@pytest.mark.parametrize(
    ("text", "answer", "shown"),
    [
        ("Come on May 1st", "1. Mai ist es", "1\\. Mai ist es"),
        ("Number one of all", "# 1 von allen", "\\# 1 von allen"),
        ("Multiply them both", "5 *mal* 3 _genau_", "5 \\*mal\\* 3 \\_genau\\_"),
        ("Here we go again", "- los geht’s", "\\- los geht’s"),
        ("See the list of them", "siehe [Liste]()", "siehe &#91;Liste\\]()"),
        ("See `code` and `more`", "`<x1/>` und <x2/>", "``code`` und `more`"),
        ("Two\nlines of it", "Zwei\nZeilen", "Zwei Zeilen"),
        ("Read https://x.example/a today", "今日は<x1/>を読む", "今日は<https://x.example/a>を読む"),
        ("Read www.x.example today", "今日は<x1/>を読む", "今日は[www.x.example](http://www.x.example)を読む"),
        ("Say **“hello”** to it", "これに<g1>「こんにちは」</g1>と言う", "これに「こんにちは」と言う"),
        ("Say _hello_ to it", "これに<g1>やあ</g1>と言う", "これに*やあ*と言う"),
        ("Say **hello** to it", "sag <g1> hallo </g1>dazu", "sag  **hallo** dazu"),
    ],
)
async def test_words_never_become_markup(deepl: TranslatorServer, text: str, answer: str, shown: str) -> None:
    deepl.script(broken(lambda _: answer))
    assert await translated(text) == shown


async def test_cells_of_tables_keep_their_bars(deepl: TranslatorServer) -> None:
    deepl.translate = lambda text, target: f"{text} | oder"
    table = "| Plan | Price |\n|:-----|------:|\n| Free | $0 |\n"
    assert await translated(table) == "| Plan \\| oder | Price \\| oder |\n|:-----|------:|\n| Free \\| oder | $0 |\n"


async def test_what_stays_broken_is_an_error_with_the_field_named(deepl: TranslatorServer) -> None:
    deepl.translate = lambda text, target: text + " https://evil.example"
    error = await refusal(LINE)
    assert error.cause == "intro: the translation has other links, buttons or formatting."
    assert not error.retryable
    assert len(deepl.requests) == 2


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda text: " ", "title: the translation is empty."),
        (lambda text: text * 80, "title: the translation is much too long."),
        (lambda text: "{{name}} " + text, "title: the translation has other placeholders."),
        (lambda text: text + " www.evil.example", "title: the translation has other addresses."),
        (lambda text: "<g1>" + text + "</g1>", "title: the translation has a tag that was not there."),
    ],
)
async def test_a_text_without_tags_is_asked_for_once(deepl: TranslatorServer, change: Change, cause: str) -> None:
    deepl.translate = lambda text, target: change(text)
    assert (await refusal("Halden support", name="title")).cause == cause
    assert len(deepl.requests) == 1


async def test_the_title_is_no_markdown(deepl: TranslatorServer) -> None:
    assert await translated("Ask *{{name}}* & co_", name="title") == "de Ask *{{name}}* & co_"
    assert deepl.texts == ["Ask *<x1/>* &amp; co_"]


async def test_components_are_translated_where_visitors_read_them(deepl: TranslatorServer) -> None:
    text = (
        "Fill in:\n\n```form\ntitle: Contact us\nfields:\n  name: {type: text, label: Your name, placeholder: 'First, last'}\n"
        "  note: textarea\n  topic:\n    type: select\n    required: true\n    options: [An order, \"No: other\"]\n  plan:\n    options:\n"
        "      - {value: pro, label: Pro plan}\n```\n\n```buttons\n- caption: Where is {{it}}?\n- caption: Docs\n"
        "  href: https://halden.example/docs\n```\n\n```yaml\ntitle: Stays\n```\n"
    )
    assert await translated(text) == (
        "de Fill in:\n\n```form\ntitle: de Contact us\nfields:\n  name: {type: text, label: de Your name, placeholder: \"de First, last\"}\n"
        "  note: textarea\n  topic:\n    type: select\n    required: true\n    options: [de An order, \"de No: other\"]\n  plan:\n    options:\n"
        "      - {value: pro, label: de Pro plan}\n```\n\n```buttons\n- caption: \"de Where is {{it}}?\"\n- caption: de Docs\n"
        "  href: https://halden.example/docs\n```\n\n```yaml\ntitle: Stays\n```\n"
    )  # fmt: skip


async def test_a_text_that_would_break_out_of_yaml_stays_a_text(deepl: TranslatorServer) -> None:
    deepl.translate = lambda text, target: f"{text}\"\n- caption: more\n```\n# {target}: 'x'"
    text = "```buttons\n- caption: Docs\n  href: https://halden.example\n```\n"
    found = await translated(text)
    assert found == "```buttons\n- caption: \"Docs\\\" - caption: more ``` # DE: 'x'\"\n  href: https://halden.example\n```\n"
    assert same_shape(found, text)


async def test_characters_that_no_database_takes_are_left_out(deepl: TranslatorServer) -> None:
    deepl.script(Reply(body=b'{"translations": [{"text": "Hal\\ud800\\u0000lo\\u007f\\n du"}]}'))
    assert await translated("Hello you", name="title") == "Hallo du"
    assert await translated("He\ud800llo\0 you") == "de Hello you"
    assert deepl.texts[1:] == ["Hello you"]


async def test_all_or_nothing(deepl: TranslatorServer) -> None:
    deepl.translate = lambda text, target: "" if text == "Type here" else text + "!"
    with pytest.raises(TranslatorError, match="placeholder: the translation is empty"):
        await translate_texts({"intro": INTRO, "placeholder": "Type here"}, "en", "de", OWNER, WIDGET)


async def test_without_a_translator_it_says_so(settings: Any) -> None:
    settings.TRANSLATOR = "none"
    error = await refusal()
    assert (error.cause, error.retryable) == ("No translator is configured (the setting TRANSLATOR).", False)
    settings.TRANSLATOR = "babelfish"
    assert "none, llm, deepl, libretranslate, fast" in (await refusal()).cause
