"""Cutting texts at separators and to a length, and the text of files as records."""

import pytest

from bots.importers import ImportRejected
from bots.importers.cutting import Cut, parse_separators, shortened, split_at
from bots.importers.file_text import import_file_text


@pytest.mark.parametrize(
    ("text", "separators"),
    [
        ("", ()), ("---", ("---",)), ("---,###", ("---", "###")), ("---\n###", ("---", "###")), ("a,,b,a", ("a", "b")),
        (r"\n---\n", ("\n---\n",)), (r"\t,\,", ("\t", ",")), ("\\\\", ("\\",)), ("\\", ("\\",)), ("\n\n", ("\n\n",)), (" ", (" ",)),
    ],
)  # fmt: skip
def test_separators(text: str, separators: tuple[str, ...]) -> None:
    assert parse_separators(text) == separators


def test_too_many_separators() -> None:
    with pytest.raises(ValueError, match="at most 50"):
        parse_separators(",".join(map(str, range(51))))


def test_the_longer_separator_wins_and_blanks_are_left_out() -> None:
    assert list(split_at("a----b\n\n----\n--c--", ("--", "----"))) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "most", "pieces"),
    [
        ("Hello world.", None, ["Hello world."]),
        ("Hello world.", 12, ["Hello world."]),
        ("First one.\n\nSecond two. Third.", 24, ["First one.", "Second two. Third."]),
        ("First one. Second two. Third.", 24, ["First one. Second two.", "Third."]),
        ("one two three four", 10, ["one two", "three four"]),
        ("äöüäöü", 4, ["äö", "üä", "öü"]),
        ("😀😀", 4, ["😀", "😀"]),
        ("   ", 2, []),
    ],
)
def test_pieces_are_cut_where_it_hurts_least(text: str, most: int | None, pieces: list[str]) -> None:
    assert list(shortened(text, most)) == pieces


def read(media_type: str, text: str, cut: Cut | None = None) -> list[tuple[str, str]]:
    found = import_file_text("guide.x", media_type, text, cut or Cut())
    return [(record.title, record.text) for record in found.records]


def test_a_kind_of_file_suggests_how_it_is_cut() -> None:
    markdown = "# Guide\n\n## Hours\n\nAt nine.\n\n## Returns\n\nIn May.\n"
    assert read("text/markdown", markdown) == [("Guide › Hours", "At nine."), ("Guide › Returns", "In May.")]
    assert read("text/csv", "question,answer\nWhen?,At nine.\n") == [("When?", "At nine.")]
    assert read("text/csv", "place,price\nRome,9\n") == [("place,price", "place,price\nRome,9")]
    assert read("text/html", markdown) == read("text/markdown", markdown)
    assert read("text/plain", markdown) == [("Guide", markdown.strip())]
    assert read("application/pdf", "Hours\nAt\0 nine.\r\n") == [("Hours", "Hours\nAt nine.")]


def test_separators_decide_but_not_on_questions_and_answers() -> None:
    cut = Cut(("---",))
    assert read("text/markdown", "# A\n\none\n---\n## B\n\ntwo\n\nthree", cut) == [
        ("A", "# A\n\none"),
        ("B", "## B\n\ntwo\n\nthree"),
    ]
    assert read("text/csv", "question,answer\nWhen?,At---nine.\n", cut) == [("When?", "At---nine.")]


def test_no_record_is_longer_than_allowed() -> None:
    text = "\n\n".join(f"Sentence {number}. It goes on." for number in range(50))
    for media_type, cut in (
        ("text/plain", Cut((), 10)),
        ("text/markdown", Cut((), 10)),
        ("text/plain", Cut(("99",), 10)),
    ):
        texts = [record for _, record in read(media_type, text, cut)]
        assert max(len(record.encode()) for record in texts) <= 40
        assert "".join("".join(texts).split()) == "".join(text.split())
    assert len(read("text/plain", text)) == 1
    assert len(read("text/plain", text, Cut((), 5000))) == 1


@pytest.mark.parametrize(
    ("text", "says"), [(" \n\0", "no text"), ("x" * 5_242_881, "more than 5,242,880 bytes")]
)
def test_refused_texts(text: str, says: str) -> None:
    with pytest.raises(ImportRejected, match=says):
        read("text/plain", text)
