"""Cut and put together again a text is the same, character by character; with other words it has the same blocks, links and code."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from rendering.tests.corpus import DOCUMENTS, documents, pieces
from rendering.tests.payloads import PAYLOADS
from widgets.markup import Broken, cut
from widgets.markup.shape import same_shape

MORE = [
    "Hello {{name}}, your order {id} is *on its way*: <https://x.example/{id}> & `code`.\r\n\r\n> quoted\r\n> text\r\n",
    "```form\ntitle: T\nfields:\n  a: {label: 'x', options: [a, b]}\n  b: text\n```\n",
    "```form\n{title: [}\n```\n```buttons\n- caption: A\n```\n> ```buttons\n> - caption: Quoted\n> ```\n",
    "```card\ntitle: |\n  Two\n  lines\ndescription: >-\n  folded\n  text\nimage: https://x.example/a.png\n```\nafter",
    "```carousel\n- title: One\n  buttons: [{caption: Go, href: https://x.example}]\n- &a\n  title: *a\n```",
    "```button\ncaption: one\n",
    "[![pic **b**](a.png)](https://x.example 'tip') ![alt](b.png)\n[a](b (c) d)[x]()[y]( )",
    "***both* and** **a*b*c** _x_y_ __init__ ~~gone~~ ~one~ 2 * 3 * 4 snake_case_name",
    "\u2028a\x85b\x0bc\x0cd\x1ce\ufeff\u200b\xa0f",
    "&nbsp;Hi&#10;there &lt;b&gt; &amp; co &unknown; &#0;",
    "# Head # #\n## Two ##\n#no\nSetext\n===\nlong line that an editor has wrapped at sixty characters or so, and\nwhich goes on here\n",
    "- [ ] todo\n- [x] done\n  1. deep\n     > quote in it\n\n      more\n",
    "| a | b \\| c |\n|---|:-:|\n| `x \\| y` | [l](u) |\n| one |\nafter",
    "$x^2$ and \\(y\\) cost $5 or $6\n\n$$\na\n+ b\n$$\n\n\\[ z\n\\]",
    "\x00\ud800x \udfff",
    "*" * 300 + "a" + "[" * 300 + "b" + "`" * 299,
]
DOCS = [path.read_text() for path in sorted((Path(django_settings.BASE_DIR) / "docs").glob("*.md"))]
LETTERS = re.compile(r"(<[^>]*>|&\w+;)|[A-Za-z]+ ?")


def same(text: str, *, is_markdown: bool = True) -> None:
    """An identity translator changes nothing."""
    made = cut(text, is_markdown=is_markdown)
    assert made.rebuild({sentence: sentence.put(sentence.tagged) for sentence in made.sentences}) == text


def in_chinese(tagged: str) -> str:
    """Words without spaces around them, where emphasis and addresses need care."""
    return LETTERS.sub(lambda match: match[1] or "文字", tagged)


@pytest.mark.parametrize("is_markdown", [True, False])
def test_known_documents_stay_the_same(is_markdown: bool) -> None:
    for text in [*DOCUMENTS, *MORE, *PAYLOADS, *DOCS, *documents(11, 300)]:
        same(text, is_markdown=is_markdown)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*pieces(), "{{n}}", "word ", "**", "[t](u)", "https://x.example", "```form\n", "| ", "\u2028"]), max_size=25).map("".join))
def test_any_pieces_stay_the_same(text: str) -> None:
    same(text)
    same(text, is_markdown=False)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
def test_any_characters_stay_the_same(text: str) -> None:
    same(text)


def test_with_other_words_the_docs_keep_their_shape() -> None:
    for text in [*DOCS, *MORE[:1], *MORE[10:12]]:
        made = cut(text, is_markdown=True)
        new = made.rebuild({sentence: sentence.put(in_chinese(sentence.tagged)) for sentence in made.sentences})
        assert same_shape(new, text)
        assert "文字" in new


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*pieces(), "word ", "{{n}}", "[t](u)"]), max_size=20).map("".join), st.sampled_from(["1. ", "- ", "*", "[a]() ", "文"]))
def test_what_gets_through_has_the_shape_of_its_source(text: str, before: str) -> None:
    made = cut(text, is_markdown=True)
    written = {}
    for sentence in made.sentences:
        try:
            written[sentence] = sentence.put(before + sentence.tagged)
        except Broken:
            written[sentence] = sentence.source
    try:
        new = made.rebuild(written)
    except Broken:
        return
    if "```" not in text:
        assert same_shape(new, text)
