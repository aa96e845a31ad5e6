"""The text of every kind of file, and why there is none."""

import json
from typing import Any

import docx
import openpyxl
import pytest

from files.extract import EXTRACTORS, ExtractError, extract
from files.sniff import ALLOWED_TYPES, DOCX, PPTX, XLSX, sniff

from .documents import (
    OFFICE,
    a_docx,
    a_pdf,
    a_pptx,
    an_xlsx,
    many_entries,
    marked_encrypted,
    repacked,
    saved,
    zip_bomb,
)

PDF = "application/pdf"


def code_of(data: bytes, media_type: str, **options: Any) -> str:
    with pytest.raises(ExtractError) as refused:
        extract(data, media_type, **options)
    assert refused.value.message[0].isupper() and "\n" not in refused.value.message
    return refused.value.code


def test_word() -> None:
    assert extract(a_docx(), DOCX) == (
        "# Opening hours\n\nWe are open on weekdays.\n\n## Prices\n\nItem\tPrice\nCoffee large\t3 €\n\n- first\nGrüße 你好 \U0001f600"
    )


def test_word_names_a_cell_over_several_columns_once_and_reads_tables_in_tables() -> None:
    document = docx.Document()
    table = document.add_table(rows=1, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(0, 2).add_table(rows=1, cols=1).cell(0, 0).text = "inner"
    assert extract(saved(document), DOCX) == "wide\tinner"


def test_powerpoint() -> None:
    assert extract(a_pptx(), PPTX) == "# Our plan\n\nGrow slowly\n\nYear\t2026\n\nIn a group\n\nSay hello\n\n# Slide 2"


def test_excel() -> None:
    assert extract(an_xlsx(), XLSX) == (
        "# Stock\nItem\tCount\tSince\nPears ripe\t3\t2026-01-02\nRate\t1.5\t2026-01-02 03:04:00\n\t2\tTrue\n\n# Second\n\t\tfar"
    )


def test_excel_formulas_have_the_value_that_was_computed_last() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    assert extract(saved(book), XLSX) == "# Sheet"


@pytest.mark.parametrize("claimed", ["A1:A1", "A1:XFD1048576", "A1"])
def test_excel_does_not_believe_the_size_that_a_sheet_claims(claimed: str) -> None:
    sheet = f'''<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="{claimed}"/><sheetData>
    <row r="2"><c r="A2" t="inlineStr"><is><t>here</t></is></c><c r="B2"><v>7</v></c></row></sheetData></worksheet>'''
    assert extract(repacked(saved(openpyxl.Workbook()), xl__worksheets__sheet1_xml=sheet.encode()), XLSX) == "# Sheet\nhere\t7"


def test_pdf() -> None:
    assert extract(a_pdf("Hello world", "Second page"), PDF) == "Hello world\n\nSecond page"


def test_pdf_that_only_forbids_changes() -> None:
    assert extract(a_pdf("Read me", owner="boss"), PDF) == "Read me"


def test_pdf_without_text() -> None:
    assert extract(a_pdf(), PDF) == ""


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv(separator: str) -> None:
    text = separator.join(["Name", "Text"]) + "\r\n" + separator.join(["A", '"two\nlines, ""quoted"" ; here"']) + "\r\n\r\nlast\r\n"
    assert extract(text.encode(), "text/csv") == 'Name\tText\nA\ttwo lines, "quoted" ; here\nlast'


def test_json() -> None:
    document = {"title": "Grüße", "n": [1, 2.5, None, True], "big": 10**100}
    text = extract(json.dumps(document).encode(), "application/json; charset=utf-8")
    assert json.loads(text) == document and '"title": "Grüße"' in text


def test_markdown_and_text_stay_as_they_are() -> None:
    for media_type in ("text/markdown", "text/plain", "TEXT/PLAIN; charset=x"):
        assert extract(b"# Title\n\n- a\n    code", media_type) == "# Title\n\n- a\n    code"


def test_html() -> None:
    page = """<!doctype html><title>My page</title><style>.x{}</style><script>var secret</script>
    <h1>Big  title</h1><p>Hello <b>bo</b>ld
    world.<br>next</p><ul><li>one</li><li>two <a href=x>link</a></li></ul>
    <table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>
    <div>x<div>y</div>z</div><pre>a
    b</pre><p hidden>no</p><noscript>no</noscript><!-- no --><template>no</template>&lt;b&gt; &amp; &eacute;"""
    assert extract(page.encode(), "text/html") == (
        "My page\n\n# Big title\n\nHello bold world.\nnext\n\n- one\n- two link\n\nA\tB\n1\t2\n\nx\ny\nz\n\na\nb\n\n<b> & é"
    )


@pytest.mark.parametrize(
    ("page", "encoding"),
    [
        ('<meta charset="iso-8859-2"><p>Łódź', "iso-8859-2"),
        ("<meta http-equiv=Content-Type content='text/html; charset=windows-1251'><p>Łódź".replace("Łódź", "Привет"), "windows-1251"),
        ("<p>Grüße", "latin-1"),
        ("<meta charset=nonsense><p>Grüße", "utf-8"),
        ("<p>Grüße", "utf-16"),
    ],
)
def test_html_encodings(page: str, encoding: str) -> None:
    assert extract(page.encode(encoding), "text/html") == page.rpartition("<p>")[2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown", "text/csv"])
def test_encodings_of_text(encoding: str, media_type: str) -> None:
    assert extract("Grüße aus Köln".encode(encoding), media_type) == "Grüße aus Köln"


def test_windows_quotes_and_undefined_bytes() -> None:
    assert extract(b"\x93quoted\x94 \x80 5", "text/plain") == "“quoted” € 5"
    assert extract(b"\x81\xfc", "text/plain") == "\x81ü"


def test_what_no_database_takes_is_removed() -> None:
    assert extract(b"a\0b\r\nc\rd\n\n\n \n\ne \n", "text/plain") == "ab\nc\nd\n\ne"
    assert extract(b'["\\ud800x\\udfff\\u0000y"]', "application/json") == '[\n "xy"\n]'.replace("xy", "x\\u0000y")
    assert extract(b"\xff\xfea\0\0\xd8b\0", "text/plain") == "a\ufffdb"


@pytest.mark.parametrize("media_type", sorted(EXTRACTORS))
def test_no_bytes_have_no_text_or_are_broken(media_type: str) -> None:
    if media_type.startswith("text/"):
        assert extract(b"", media_type) == ""
    else:
        assert code_of(b"", media_type) == "broken"


@pytest.mark.parametrize("media_type", ["image/png", "application/zip", "application/octet-stream", "application/msword", "x", "../pdf"])
def test_other_types_are_unsupported(media_type: str) -> None:
    assert code_of(b"x", media_type, filename="a.txt") == "unsupported"


def test_a_name_tells_only_where_no_type_is_given() -> None:
    assert extract(b"a;b", "", "a.CSV") == "a\tb"
    assert code_of(b"x", "", filename="a.py") == code_of(b"x", "", filename="registry") == code_of(b"x", "") == "unsupported"


def test_every_kind_that_has_text_may_be_uploaded_and_is_sniffed_as_itself() -> None:
    assert set(EXTRACTORS) <= set(ALLOWED_TYPES)
    for media_type, make in OFFICE.items():
        assert sniff(make(), "a", "") == media_type
    assert sniff(a_pdf("x"), "a", "") == PDF


@pytest.mark.parametrize("media_type", [DOCX, PPTX, XLSX])
def test_office_files_that_are_refused(media_type: str) -> None:
    whole = OFFICE[media_type]()
    assert code_of(whole[: len(whole) // 2], media_type) == "broken"
    assert code_of(b"PK\x03\x04 and nothing", media_type) == "broken"
    assert code_of(b"just text", media_type) == "broken"
    assert code_of(repacked(an_xlsx() if media_type == DOCX else a_docx()), media_type) == "broken"  # another kind
    assert code_of(marked_encrypted(whole), media_type) == "encrypted"
    assert code_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), media_type) == "encrypted"
    assert code_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), media_type) == "unsupported"
    assert code_of(many_entries(whole), media_type) == "too_large"


def test_a_zip_bomb_is_refused_unopened() -> None:
    bomb = zip_bomb(a_docx())
    assert len(bomb) < 2_000_000
    assert code_of(bomb, DOCX) == "too_large"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"text", a_pdf("x")[:200], a_pdf("x").replace(b"/Pages", b"/Sages")])
def test_pdf_that_is_broken(data: bytes) -> None:
    assert code_of(data, PDF) == "broken"


def test_pdf_that_needs_a_password() -> None:
    assert code_of(a_pdf("secret", password="pw"), PDF) == "encrypted"


@pytest.mark.parametrize("text", ["{", "nothing", '{"a": 1} x', "[" * 100_000, "1" * 10_000])
def test_json_that_is_broken(text: str) -> None:
    assert code_of(text.encode(), "application/json") == "broken"


@pytest.mark.parametrize(("length", "good"), [(999, True), (1000, True), (1001, False)])
def test_the_limit_of_characters_is_exact(length: int, good: bool) -> None:
    text = "ä" * length
    if good:
        assert extract(text.encode(), "text/plain", max_characters=1000) == text
    else:
        assert code_of(text.encode(), "text/plain", max_characters=1000) == "too_large"
