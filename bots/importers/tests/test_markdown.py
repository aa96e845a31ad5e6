"""Markdown files as records, one a section."""

from bots.importers import import_file

BOOK = b"""---
title: The handbook
tags: [a, b]
---
Words before any heading.

## Install

Run it.

### On Windows

Run `setup.exe`.

## Empty one

## Code & more!

```sh
# not a heading
make run
```

Install
-------

A second section of that name.
"""


def titles(data: bytes, **kwargs: str) -> list[str]:
    return [record.title for record in import_file("book.md", data, **kwargs).records]


def test_every_section_with_text_is_a_record_titled_by_its_path() -> None:
    assert titles(BOOK) == [
        "The handbook",
        "The handbook › Install",
        "The handbook › Install › On Windows",
        "The handbook › Code & more!",
        "The handbook › Install",
    ]


def test_front_matter_is_no_text() -> None:
    assert import_file("book.md", BOOK).records[0].text == "Words before any heading."


def test_addresses_are_github_slugs_that_count_up() -> None:
    urls = [record.url for record in import_file("book.md", BOOK, "https://x.org/book").records]
    assert urls == [
        "https://x.org/book",
        "https://x.org/book#install",
        "https://x.org/book#on-windows",
        "https://x.org/book#code--more",
        "https://x.org/book#install-1",
    ]


def test_without_a_base_address_records_have_none() -> None:
    assert {record.url for record in import_file("book.md", BOOK).records} == {""}


def test_a_hash_in_a_code_fence_is_no_heading() -> None:
    record = import_file("book.md", BOOK).records[3]
    assert record.text == "```sh\n# not a heading\nmake run\n```"


def test_an_empty_section_is_reported_and_not_taken() -> None:
    (skipped,) = import_file("book.md", BOOK).skipped
    assert (skipped.where, skipped.reason) == ("section Empty one", "no text of its own")


def test_the_first_top_heading_names_the_document() -> None:
    assert titles(b"# Guide\n\nHello.\n\n## Part\n\nText.") == ["Guide", "Guide › Part"]


def test_later_top_headings_are_parts_of_it() -> None:
    assert titles(b"# One\n\na\n\n# Two\n\nb\n\n## Deep\n\nc") == ["One", "One › Two", "One › Two › Deep"]


def test_a_document_without_headings_is_named_after_its_file() -> None:
    assert titles(b"Just text.") == ["book"]


def test_a_long_section_is_split_at_block_borders_and_nothing_is_lost() -> None:
    paragraphs = [f"Paragraph {number}. " + "word " * 200 for number in range(20)]
    records = import_file("long.md", ("## Long\n\n" + "\n\n".join(paragraphs)).encode()).records
    assert len(records) > 2
    assert all(len(record.text) <= 6000 for record in records)
    assert "\n\n".join(record.text for record in records).split() == " ".join(paragraphs).split()


def test_a_long_code_fence_stays_whole() -> None:
    fence = "```\n" + "line of code\n" * 800 + "```"
    records = import_file("code.md", f"## Code\n\nBefore.\n\n{fence}\n\nAfter.".encode()).records
    assert fence in [record.text for record in records]


def test_a_block_too_big_to_store_is_reported() -> None:
    result = import_file("code.md", ("## Code\n\n```\n" + "x" * 70_000 + "\n```").encode())
    assert result.records == ()
    assert "65,536" in result.skipped[0].reason


def test_raw_html_is_kept_as_written() -> None:
    record = import_file("a.md", b"## A\n\n<div>\nraw\n</div>\n\ntext").records[0]
    assert record.text == "<div>\nraw\n</div>\n\ntext"


def test_broken_front_matter_is_still_left_out() -> None:
    (record,) = import_file("a.md", b"---\n: [broken\n---\ntext").records
    assert (record.title, record.text) == ("a", "text")


def test_windows_line_ends_make_no_difference() -> None:
    assert import_file("book.md", BOOK.replace(b"\n", b"\r\n")) == import_file("book.md", BOOK)
