"""What reaches a translator of a text, and what does not."""

import pytest

from widgets.markup import cut


def sentences(text: str, *, is_markdown: bool = True) -> list[str]:
    return [sentence.tagged for sentence in cut(text, is_markdown=is_markdown).sentences]


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("# Title #\n\nA text.", ["Title", "A text."]),
        ("- one\n- [ ] two\n  3. three\n> four", ["one", "two", "three", "four"]),
        ("One line.\nAnother line.", ["One line.", "Another line."]),
        ("a line that was\nwrapped by an editor", ["a line that was wrapped by an editor"]),
        ("> a line that was\n> wrapped in a quote", ["a line that was wrapped in a quote"]),
        ("Hard break  \nhere\\\nand there", ["Hard break", "here", "and there"]),
        ("Use `pip` and **`x`** for {{name}} or {id}", ["Use <x1/> and <g2><x3/></g2> for <x4/> or <x5/>"]),
        ("**All of it**", ["All of it"]),
        ("[Yes]() [No]()\n[Docs](https://x.example#button)", ["Yes", "No", "Docs"]),
        ("Say [yes]() or [**no**]()", ["Say <g1>yes</g1> or <g2><g3>no</g3></g2>"]),
        ("![A picture](a.png) of it", ["<g1>A picture</g1> of it"]),
        ("See https://x.example/a_b_c, <https://y.example> or me@x.example.", ["See <x1/>, <x2/> or <x3/>."]),
        ("It costs $5 or $6, $x^2$ or \\(y\\)", ["It costs $5 or $6, <x1/> or <x2/>"]),
        ("A \\*star\\* &amp; a <br> tag", ["A *star* &amp; a <x1/> tag"]),
        ("2 * 3 * 4 is snake_case_name", ["2 * 3 * 4 is snake_case_name"]),
        ("| Plan | Price |\n|---|--:|\n| **Pro** | $9 |", ["Plan", "Price", "Pro"]),
        ("```py\ncode = 'text'\n```\n\n    indented code\n\nText", ["Text"]),
        ("$$\na\n+ b\n$$\n\n---\n\n👋 42 https://x.example", []),
        ("```buttons\n- caption: Go on\n  href: https://x.example\n```", ["Go on"]),
        ("```card\nimage: https://x.example/a.png\ntitle: A card\ndescription: |\n  Two\n  lines\n```", ["A card", "Two", "lines"]),
        ("```carousel\n- title: One\n  buttons: [{caption: Buy}]\n```", ["One", "Buy"]),
        ("```form\nfields:\n  email: email\n  name: {type: text, label: Name}\n  n: {label: 5}\n```", ["Name"]),
        ("```form\ntitle: &a X\nfields: *a\n```", []),
        ("```form\ntitle: Never closed", []),
        ("", []),
    ],
)
def test_sentences(text: str, sent: list[str]) -> None:
    assert sentences(text) == sent


def test_a_text_that_is_no_markdown_has_placeholders_and_addresses_only() -> None:
    assert sentences("*Ask* {{name}} `x` at www.x.example <now>", is_markdown=False) == ["*Ask* <x1/> `x` at <x2/> <x3/>"]


def test_a_long_hostile_text_is_cut_in_time() -> None:
    for text in ("*a " * 20_000, "[a" * 20_000, "`" * 5_000 + "a`" * 5_000, "$a" * 20_000, "<a" * 20_000, "[a](b " * 5_000, "{{a" * 10_000):
        cut(text, is_markdown=True)
