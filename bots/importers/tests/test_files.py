"""The door of the importers: which files get in."""

import pytest

from bots.importers import ImportRejected, import_file


@pytest.mark.parametrize("name", ["a.md", "A.MD", "b.markdown", "c.txt"])
def test_known_extensions_get_in(name: str) -> None:
    assert import_file(name, b"Hello.").records[0].text == "Hello."


def test_a_byte_order_mark_is_no_text() -> None:
    assert import_file("a.txt", b"\xef\xbb\xbfHello.").records[0].title == "Hello."
    assert import_file("a.csv", b"\xef\xbb\xbfquestion,answer\na,b\n").records[0].title == "a"


@pytest.mark.parametrize("name", ["a.png", "a", "a.md.exe", ".csv"])
def test_other_extensions_are_refused_and_the_allowed_named(name: str) -> None:
    with pytest.raises(ImportRejected, match=r"\.md, \.markdown, \.csv, .*\.pdf, \.docx") as refused:
        import_file(name, b"Hello.")
    assert refused.value.field == "name"


def test_another_encoding_is_refused_with_the_line() -> None:
    with pytest.raises(ImportRejected, match="expected UTF-8") as refused:
        import_file("a.md", "Eins\nZwei\nfünf".encode("latin-1"))
    assert refused.value.line == 3


def test_utf_16_is_refused() -> None:
    with pytest.raises(ImportRejected, match="UTF-8"):
        import_file("a.txt", "Hello".encode("utf-16"))
    with pytest.raises(ImportRejected, match="NUL"):
        import_file("a.txt", "Hello".encode("utf-16-le"))


@pytest.mark.parametrize("data", [b"", b" \n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(ImportRejected, match="empty"):
        import_file("a.csv", data)


def test_too_big_a_file_is_refused_and_the_limit_named() -> None:
    with pytest.raises(ImportRejected, match="5,242,880"):
        import_file("a.txt", b"x" * (5 * 1024 * 1024 + 1))
