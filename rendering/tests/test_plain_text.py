"""The text that exports and screen readers get."""

import pytest

from rendering import Features, plain_text


@pytest.mark.parametrize(("markdown", "text"), [
    ("# A\n\nb *c* `d`\ne", "A\n\nb c d e"),
    ("a\\\nb", "a\nb"),
    ("- a\n- b\n  - c\n\n3. d\n4. e", "- a\n- b\n  - c\n\n3. d\n4. e"),
    ("- [ ] a\n- [x] b", "- ☐ a\n- ☑ b"),
    ("- [ ] a\n\n- [x] b", "- ☐ a\n- ☑ b"),
    ("> a\n> b\n\nc", "> a b\n\nc"),
    ("[a](https://b.c) https://d.e x@y.zz", "a (https://b.c) https://d.e x@y.zz"),
    ("[Yes]() [No]()", "[Yes] [No]"),
    ("Or [this]() then", "Or [this] then"),
    ("[Go](https://a.b#button)", "Go (https://a.b)"),
    ("```buttons\n- caption: A\n- caption: B\n  href: https://c.d\n```", "[A] B (https://c.d)"),
    ("```python\nif x:\n\n    y()\n```\nend", "if x:\n\n    y()\n\nend"),
    ("| a | b |\n|---|--:|\n| c | 1 |\n\nd", "a | b\nc | 1\n\nd"),
    ("so $x^2$ and \\(y\\)", "so $x^2$ and \\(y\\)"),
    ("![cat](https://a.b/c.png)", "cat (https://a.b/c.png)"),
    ("a\n\n---\n\nb", "a\n\n---\n\nb"),
    ("<b>x</b> &amp; y", "<b>x</b> & y"),
    ("", ""),
])  # fmt: skip
def test_plain_text(markdown: str, text: str) -> None:
    assert plain_text(markdown, Features()) == text


def test_allowed_picture_is_its_text() -> None:
    assert plain_text("![cat](https://a.b/c.png)", Features(images=True)) == "cat"
