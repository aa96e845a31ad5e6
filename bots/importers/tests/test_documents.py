"""PDF and Word documents as records."""

from collections.abc import Callable

import pytest

from bots.importers import ImportRejected, import_file
from files.tests.documents import a_docx, a_pdf, a_pptx, pdf_bomb, zip_bomb


def test_headings_of_a_word_document_make_records() -> None:
    records = import_file("hours.docx", a_docx(), "https://x.org/hours.docx").records
    assert [record.title for record in records] == ["Opening hours", "Opening hours › Prices"]
    assert records[0].text == "We are open on weekdays."
    assert "Coffee" in records[1].text
    assert {record.url for record in records} == {"https://x.org/hours.docx"}


def test_a_pdf_is_text() -> None:
    records = import_file("Guide.PDF", a_pdf("Open from nine", "Closed on Sunday")).records
    assert [record.text for record in records] == ["Open from nine\n\nClosed on Sunday"]
    assert records[0].title == "Open from nine"


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("a.pdf", lambda: a_pdf("x", password="secret"), "a.pdf: The file is protected by a password"),
        ("a.pdf", lambda: b"%PDF-1.7 nonsense", "a.pdf: The file is damaged"),
        ("a.pdf", a_docx, "a.pdf: expected a PDF document, but its content is application/vnd"),
        ("a.pdf", lambda: b"Just text", "a.pdf: expected a PDF document, but its content is text/plain"),
        ("a.docx", lambda: b"PK\x03\x04nonsense", "a.docx: expected a Word document, but its content is application/zip"),
        ("a.docx", a_pptx, "a.docx: expected a Word document"),
        ("a.docx", lambda: zip_bomb(a_docx()), "a.docx: The file unpacks to too much"),
        ("a.pdf", lambda: a_pdf(""), "a.pdf: There is no text in the file"),
        ("a.pdf", lambda: b"%PDF-" + bytes(30_000_000), "a.pdf: 30,000,005 bytes; at most 20,971,520 are allowed"),
        ("a.pdf", lambda: b"", "a.pdf: expected a PDF document"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, make: Callable[[], bytes], says: str) -> None:
    with pytest.raises(ImportRejected) as refused:
        import_file(name, make())
    assert refused.value.message.startswith(says)


def test_a_pdf_bomb_is_refused_in_time(settings) -> None:
    settings.EXTRACT_SECONDS = 2
    with pytest.raises(ImportRejected, match=r"too much|too long|too large|memory|characters"):
        import_file("a.pdf", pdf_bomb())
