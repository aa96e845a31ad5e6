"""JSON lines as records."""

import pytest

from bots.importers import ImportedRecord, ImportRejected, import_file


def test_a_record_a_line() -> None:
    data = (
        b'{"title": "Hours", "text": "At nine.", "url": "https://x.org/h", "alternatives": ["When?", " "], "meta": {"lang": "en"}}\r\n'
        b'\n{"question": "Returns?", "answer": "In May.", "other": 1}\n{"text": "Only text", "title": null, "alternatives": null, "meta": null}'
    )
    for name in ("a.jsonl", "a.NDJSON"):
        result = import_file(name, data, "https://base.org")
        assert result.skipped == ()
        assert result.records == (
            ImportedRecord("Hours", "At nine.", "https://x.org/h", ("When?",), {"lang": "en"}),
            ImportedRecord("Returns?", "In May.", "https://base.org"),
            ImportedRecord("", "Only text", "https://base.org"),
        )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"title": "a"}', "text is empty"),
        ('{"text": "  "}', "text is empty"),
        ('{"text": 5}', "text: must be a text"),
        ('{"text": "a", "title": ["b"]}', "title: must be a text"),
        ('{"text": "a", "url": {}}', "url: must be a text"),
        ('{"text": "a", "alternatives": "b"}', "alternatives: must be a list of texts"),
        ('{"text": "a", "alternatives": [1]}', "alternatives: must be a list of texts"),
        ('{"text": "a", "meta": [1]}', "meta: must be an object"),
        ('{"text": "a", "title": "' + "x" * 301 + '"}', "title: 301 characters, at most 300 are allowed"),
        ('{"text": "' + "x" * 70_000 + '"}', "text: at most 65,536 bytes are allowed"),
    ],
)
def test_what_is_no_record_is_left_out_by_line(line: str, says: str) -> None:
    result = import_file("a.jsonl", f'{{"text": "Good."}}\n{line}\n'.encode())
    assert [record.text for record in result.records] == ["Good."]
    assert [(skipped.where, skipped.reason) for skipped in result.skipped] == [("line 2", says)]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: not valid JSON"),
        ("[1]", "line 2: expected an object"),
        ('"text"', "line 2: expected an object"),
        ('{"text": NaN}', "line 2: not valid JSON (NaN is not a number in JSON)"),
        ("[" * 100_000, "line 2: "),
        ('{"text": ' + "1" * 5000 + "}", "line 2: not valid JSON"),
    ],
)
def test_a_line_that_is_no_object_refuses_the_file(line: str, says: str) -> None:
    with pytest.raises(ImportRejected) as refused:
        import_file("a.jsonl", f'{{"text": "Good."}}\n{line}\n'.encode())
    assert says in refused.value.message
    assert refused.value.line == 2


def test_a_file_of_blank_lines_is_empty() -> None:
    with pytest.raises(ImportRejected, match="empty"):
        import_file("a.jsonl", b"\n \n")
