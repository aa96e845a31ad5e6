"""Plain text files as records."""

from bots.importers import import_file


def test_paragraphs_are_grouped_and_titled_by_their_first_line() -> None:
    (record,) = import_file(
        "a.txt", b"Opening hours\nMonday to Friday\n\nClosed on Sundays.\n", "https://x.org"
    ).records
    assert record.title == "Opening hours"
    assert record.text == "Opening hours\nMonday to Friday\n\nClosed on Sundays."
    assert record.url == "https://x.org"


def test_groups_stay_below_the_limit_and_paragraphs_whole() -> None:
    paragraphs = [f"Paragraph {number} " + "word " * 100 for number in range(9)]
    records = import_file("a.txt", "\n\n".join(paragraphs).encode()).records
    assert len(records) == 5
    assert all(len(record.text) <= 1500 for record in records)
    assert "\n\n".join(record.text for record in records).split() == " ".join(paragraphs).split()


def test_a_giant_paragraph_is_cut_at_sentences() -> None:
    text = "This is one sentence of several words. " * 100
    records = import_file("a.txt", text.encode()).records
    assert all(record.text.endswith(".") for record in records)
    assert " ".join(record.text for record in records).split() == text.split()


def test_a_paragraph_without_any_space_is_cut_all_the_same() -> None:
    records = import_file("a.txt", b"x" * 4000).records
    assert [len(record.text) for record in records] == [1500, 1500, 1000]


def test_a_long_first_line_makes_a_short_title() -> None:
    (record,) = import_file("a.txt", ("word " * 60).encode()).records
    assert len(record.title) <= 121
    assert record.title.endswith("…")
