"""Markdown as blocks and sentences."""

import pytest

from bots.retrieval.blocks import plain, sentences, split_blocks

TEXT = """# Title *x*

One sentence. Another one!

- item
  # no top heading

```py
# comment
```

| a | b |
|---|---|
| 1 | 2 |

---

<div>
raw
</div>

[ref]: https://example.com
"""


def test_blocks_have_kinds_and_lines() -> None:
    found = [(block.kind, block.start, block.end) for block in split_blocks(TEXT)]
    assert found == [
        ("h1", 0, 1),
        ("p", 2, 3),
        ("ul", 4, 6),
        ("pre", 7, 10),
        ("table", 11, 14),
        ("hr", 15, 16),
        ("raw", 17, 22),
    ]


def test_headings_have_level_text_and_slug() -> None:
    heading = split_blocks(TEXT)[0]
    assert (heading.level, heading.text, heading.slug) == (1, "Title x", "title-x")
    assert split_blocks(TEXT)[1].level == 0


@pytest.mark.parametrize("text", ["", "\n\n", "---\na: b\n---\n"])
def test_nothing_has_no_blocks(text: str) -> None:
    assert split_blocks(text) == []


def test_sentences_come_from_text_and_not_from_code() -> None:
    assert sentences(TEXT)[:4] == ["Title x", "One sentence.", "Another one!", "item"]
    assert not any("comment" in sentence for sentence in sentences(TEXT))
    assert sentences("これは文です。次の文です。") == ["これは文です。", "次の文です。"]


def test_table_rows_are_sentences_with_their_cells_apart() -> None:
    assert "1 2" in sentences(TEXT)


def test_plain_text_has_no_marks_and_keeps_code() -> None:
    assert plain("**Bold** `code` [link](https://x.org)\n\n```\nmake run\n```") == "Bold code link make run"
