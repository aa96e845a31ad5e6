"""CSV files of questions and answers as records."""

import pytest

from bots.importers import ImportedRecord, ImportRejected, import_file


def test_questions_are_titles_and_answers_texts() -> None:
    result = import_file("faq.csv", b"question,answer\nHow?,So.\nWhen?,Now.\n")
    assert result.records == (ImportedRecord("How?", "So."), ImportedRecord("When?", "Now."))
    assert result.skipped == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_read_off_the_header(delimiter: str) -> None:
    data = (
        f"question{delimiter}answer\nA, or B; maybe?{delimiter}Yes.\n"
        if delimiter == "\t"
        else (f'question{delimiter}answer\n"A, or B; maybe?"{delimiter}Yes.\n')
    )
    assert import_file("faq.csv", data.encode()).records == (ImportedRecord("A, or B; maybe?", "Yes."),)


def test_quoted_fields_hold_line_breaks_and_quotes() -> None:
    data = b'question,answer\nHow?,"First line\nsecond ""line"""\n'
    assert import_file("faq.csv", data).records[0].text == 'First line\nsecond "line"'


def test_address_and_alternatives_are_taken_when_there() -> None:
    data = (
        b"Question, Answer ,url,alternatives\nHow?,So.,https://x.org,In what way?|By what means?\nA?,B.,,\n"
    )
    first, second = import_file("faq.csv", data, "https://base.org").records
    assert first == ImportedRecord("How?", "So.", "https://x.org", ("In what way?", "By what means?"))
    assert second.url == "https://base.org"


def test_columns_may_stand_in_any_order() -> None:
    data = b"id,answer,question\n1,So.,How?\n"
    assert import_file("faq.csv", data).records == (ImportedRecord("How?", "So."),)


def test_rows_without_both_are_reported_by_line() -> None:
    data = b'question,answer\nHow?,"a\nb"\n,orphan\nWhy?\n\nWhen?,Now.\n'
    result = import_file("faq.csv", data)
    assert [record.title for record in result.records] == ["How?", "When?"]
    assert [(item.where, item.reason) for item in result.skipped] == [
        ("line 4", "question empty"),
        ("line 5", "answer empty"),
    ]


def test_too_long_fields_are_reported() -> None:
    data = f"question,answer\nHow?,{'x' * 6001}\n{'y' * 301},short\n"
    result = import_file("faq.csv", data.encode())
    assert result.records == ()
    assert "6,000" in result.skipped[0].reason
    assert "300" in result.skipped[1].reason


def test_a_missing_header_is_refused_and_named() -> None:
    with pytest.raises(ImportRejected) as refused:
        import_file("faq.csv", b"How?,So.\n")
    assert (refused.value.field, refused.value.line) == ("header", 1)
    assert "missing: question, answer" in refused.value.message


def test_an_open_quote_is_refused_with_its_line() -> None:
    with pytest.raises(ImportRejected) as refused:
        import_file("faq.csv", b'question,answer\nHow?,So.\nWhy?,"never closed\n')
    assert (refused.value.field, refused.value.line) == ("file", 3)
