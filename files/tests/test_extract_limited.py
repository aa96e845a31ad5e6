"""Extraction in a child process: the same texts, and no file hurts the server."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from files.extract import EXTRACTORS, ExtractError, extract, extract_limited, limited
from files.sniff import DOCX, PPTX, XLSX

from .documents import (
    MIB,
    OFFICE,
    a_docx,
    a_pdf,
    a_pptx,
    an_xlsx,
    laughing,
    pdf_bomb,
    pdf_that_goes_round,
    repacked,
    zip_bomb,
)

PDF = "application/pdf"
WORD_XML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET_XML = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
GOOD: dict[str, Callable[[], bytes]] = {
    **OFFICE,
    PDF: lambda: a_pdf("Hello", "world"),
    "text/csv": lambda: "a;ü\n".encode("latin-1"),
    "application/json": lambda: b'{"a": [1]}',
    "text/markdown": lambda: b"# A",
    "text/plain": lambda: "Grüße \U0001f600".encode("utf-16"),
    "text/html": lambda: "<p>Grüße".encode(),
}


def refusal(data: bytes, media_type: str, **options: Any) -> ExtractError:
    with pytest.raises(ExtractError) as refused:
        extract_limited(data, media_type, **options)
    return refused.value


@pytest.mark.parametrize("media_type", sorted(EXTRACTORS))
def test_the_same_text_as_without_limits(media_type: str) -> None:
    data = GOOD[media_type]()
    text = extract_limited(data, media_type, "any name.bin")
    assert text and text == extract(data, media_type)


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [(b"x", "image/png", "unsupported"), (b"x", PDF, "broken"), (b"{", "application/json", "broken"), (a_pdf("x", password="y"), PDF, "encrypted")],
)
def test_the_same_refusals_as_without_limits(data: bytes, media_type: str, code: str) -> None:
    with pytest.raises(ExtractError) as refused:
        extract(data, media_type)
    limited_refusal = refusal(data, media_type)
    assert (limited_refusal.code, limited_refusal.message) == (code, refused.value.message)


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "-c", "--help", "x" * 500_000, "$(touch x).txt", "a\nb"])
def test_names_are_data(name: str) -> None:
    assert extract_limited(b"text", "text/plain", name) == "text"
    assert refusal(b"text", name or "x", filename=name).code == "unsupported"



BOMBS: dict[str, tuple[Callable[[], bytes], str, set[str]]] = {
    "zip bomb": (lambda: zip_bomb(a_docx()), DOCX, {"too_large"}),
    "pdf bomb": (pdf_bomb, PDF, {"too_large"}),
    "pdf that goes round": (pdf_that_goes_round, PDF, {"broken", "too_large"}),
    "laughs in a document": (
        lambda: repacked(a_docx(), word__document_xml=laughing(b"<w:body><w:p><w:r><w:t>&l11;</w:t></w:r></w:p></w:body></w:document>", b'<w:document xmlns:w="%s">' % WORD_XML.encode())),
        DOCX, {"broken", ""},
    ),
    "laughs in a sheet": (
        lambda: repacked(an_xlsx(), xl__worksheets__sheet1_xml=laughing(b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&l11;</t></is></c></row></sheetData></worksheet>', b'<worksheet xmlns="%s">' % SHEET_XML.encode())),
        XLSX, {"broken"},
    ),
    "laughs in a deck": (lambda: repacked(a_pptx(), ppt__presentation_xml=laughing(b"<p>&l11;</p>", b"<x>") + b"</x>"), PPTX, {"broken"}),
    "very wide sheet": (
        lambda: repacked(an_xlsx(), xl__worksheets__sheet1_xml=b'<worksheet xmlns="%s"><sheetData>' % SHEET_XML.encode() + b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 20_000)) + b"</sheetData></worksheet>"),
        XLSX, {"timeout", "too_large"},
    ),
    "deep json": (lambda: b"[" * 5_000_000, "application/json", {"broken", "too_large"}),
    "deep html": (lambda: b"<div>" * 300_000 + b"x", "text/html", {"timeout", "too_large", "broken", ""}),
    "deep document": (
        lambda: repacked(a_docx(), word__document_xml=b'<w:document xmlns:w="%s"><w:body>' % WORD_XML.encode() + b"<w:tbl><w:tr><w:tc>" * 50_000 + b"</w:tc></w:tr></w:tbl>" * 50_000 + b"</w:body></w:document>"),
        DOCX, {"broken"},
    ),
    "endless text": (lambda: b"x" * 20 * MIB, "text/plain", {"too_large"}),
    "endless csv": (lambda: b"a,b\n" * 1_000_000, "text/csv", {"too_large"}),
    "json that grows": (lambda: b"[" + b"[]," * 1_500_000 + b"1]", "application/json", {"too_large", "timeout"}),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_hurts_nobody(name: str) -> None:
    make, media_type, codes = BOMBS[name]
    data = make()
    before = psutil.Process().memory_info().rss
    try:
        code = extract_limited(data, media_type, seconds=1 if "timeout" in codes else 20, memory_mb=300)[:0]
    except ExtractError as refused:
        code = refused.code
    assert code in codes
    assert psutil.Process().memory_info().rss - before < 50 * MIB
    assert extract_limited(b"still here", "text/plain") == "still here"


def test_memory_is_limited() -> None:
    error = refusal(b"ab" * 40 * MIB, "text/plain", memory_mb=100)
    assert (error.code, error.message) == ("too_large", "The file needs too much memory to be read")


def test_time_is_limited() -> None:
    assert refusal(b"x", "text/plain", seconds=0.001).code == "timeout"


def test_characters_are_limited() -> None:
    assert extract_limited("ä".encode() * 1000, "text/plain", max_characters=1000) == "ä" * 1000
    assert refusal("ä".encode() * 1001, "text/plain", max_characters=1000).code == "too_large"


def test_limits_that_are_not_given_are_settings(settings: Any) -> None:
    settings.EXTRACT_CHARACTERS = 3
    assert refusal(b"four", "text/plain").code == "too_large"
    settings.EXTRACT_CHARACTERS, settings.EXTRACT_MEMORY_MB = 10**9, 100
    assert refusal(b"ab" * 40 * MIB, "text/plain").code == "too_large"
    settings.EXTRACT_SECONDS = 0.001
    assert refusal(b"x", "text/plain").code == "timeout"


def child_of_ours(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a shell script in place of the interpreter."""
    program = tmp_path / "child"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(limited.sys, "executable", str(program))


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("kill -SEGV $$", "broken"),
        ("kill -KILL $$", "broken"),
        ("kill -XCPU $$", "timeout"),
        ("exit 1", "broken"),
        ("exit 3", "broken"),
        ("printf x; exit 3", "broken"),
        ("exec sleep 60", "timeout"),
        ("exec /usr/bin/yes", "broken"),
    ],
)
def test_a_child_that(script: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child_of_ours(script, tmp_path, monkeypatch)
    assert refusal(b"x", "text/plain", seconds=0.3 if code == "timeout" else 10, max_characters=1000).code == code


def test_a_child_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited.sys, "executable", "/nonexistent/python")
    assert refusal(b"x", "text/plain").code == "timeout"


def test_the_child_gets_no_environment_and_no_open_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "s3cret")
    (tmp_path / "opened").write_text("s3cret")
    with (tmp_path / "opened").open() as opened:
        os.set_inheritable(opened.fileno(), True)
        child_of_ours("/usr/bin/env; ls -l /proc/$$/fd", tmp_path, monkeypatch)
        seen = extract_limited(b"x", "text/plain")
    assert "PWD=" in seen and "s3cret" not in seen and str(tmp_path / "opened") not in seen


def test_the_child_loads_neither_django_nor_parsers_that_it_does_not_need() -> None:
    code = (
        "import sys; import files.extract.__main__, files.extract.registry as r; r.extract(b'x', 'text/plain');"
        "print({'django', 'numpy', 'lxml', 'pypdf', 'openpyxl', 'selectolax'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=limited.ROOT, env={}, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_child_limits_itself() -> None:
    """Also when whoever started it is gone, it ends after its processor time."""
    command = [sys.executable, "-m", "files.extract", "text/csv", "", "999999999", str(2**30), "1"]
    done = subprocess.run(command, cwd=limited.ROOT, env={}, input=b"a,b\n" * 5_000_000, capture_output=True, check=False)
    assert done.returncode == -signal.SIGXCPU


def test_the_child_can_write_no_file(tmp_path: Path) -> None:
    code = "import pathlib; from files.extract.__main__ import main; main('text/plain', '', 9, 2**30, 5);"
    code += f"pathlib.Path({str(tmp_path / 'out')!r}).write_text('x')"
    done = subprocess.run([sys.executable, "-c", code], cwd=limited.ROOT, env={}, input=b"text", capture_output=True, check=False)
    assert done.stdout == b"text" and b"File too large" in done.stderr
    assert (tmp_path / "out").read_bytes() == b""


def test_many_at_once_wait_for_their_turn() -> None:
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(extract_limited(b"x", "text/plain"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == ["x"] * 6


def test_who_waits_too_long_for_a_turn_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "AT_ONCE", threading.BoundedSemaphore(1))
    with limited.AT_ONCE:
        assert refusal(b"x", "text/plain", seconds=0.01).code == "timeout"
    assert extract_limited(b"x", "text/plain") == "x"
