"""What a file is: by its content, whatever its name or its sender claims."""

import zipfile
from io import BytesIO

import pytest

from files.sniff import ALLOWED_TYPES, DOCX, PPTX, UNKNOWN, XLSX, sniff

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
EBML = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webmB\x87\x81\x04"


def zipped(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "x" * 500)
    return out.getvalue()


BINARIES = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0",
    "image/gif": b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!",
    "image/webp": b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0",
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    DOCX: zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
    PPTX: zipped("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"),
    XLSX: zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
    "audio/mpeg": b"ID3\x04\0\0\0\0\0\x0a" + bytes(20),
    "audio/wav": b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0",
    "audio/ogg": b"OggS\0\x02" + bytes(20) + b"\x01\x13OpusHead\x01",
    "audio/mp4": b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0",
    "video/mp4": b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41",
    "video/webm": EBML + b"\x18\x53\x80\x67\x86\x85V_VP8",
    "audio/webm": EBML + b"\x18\x53\x80\x67\x86\x86A_OPUS",
}


@pytest.mark.parametrize("claimed", ["text/plain", "image/png", "text/html; charset=utf-8", ""])
@pytest.mark.parametrize("media_type", BINARIES)
def test_binary_kinds_are_known_by_content_whatever_is_claimed(media_type: str, claimed: str) -> None:
    assert sniff(BINARIES[media_type], "notes.txt", claimed) == media_type
    assert media_type in ALLOWED_TYPES


@pytest.mark.parametrize(
    ("name", "claimed", "text", "expected"),
    [
        ("a.txt", "", "Hello", "text/plain"),
        ("a.csv", "application/vnd.ms-excel", "a,b\n1,2\n", "text/csv"),
        ("A.CSV", "", "a,b\n1,2\n", "text/csv"),
        ("", "text/csv", "a,b\n1,2\n", "text/csv"),
        ("a.md", "", "# Title\n\ntext", "text/markdown"),
        ("README.markdown", "text/plain", '<p align="center"><img src="x"></p>\n# Title', "text/markdown"),
        ("", "text/markdown", "# Title", "text/markdown"),
        ("a.json", "", '{"a": 1', "application/json"),
        ("a.json", "", "Not JSON at all", "text/plain"),
        ("a", "", '{"a": 1}', "application/json"),
        ("a", "application/json", '[{"a": 1}', "application/json"),
        ("a", "", "{curly} thoughts", "text/plain"),
        ("a.txt", "", '{"a": 1}', "text/plain"),
        ("a.html", "", "Text with a <b>tag</b>", "text/html"),
        ("a.html", "", "Only text", "text/plain"),
        ("a.py", "", "print(1)", "text/plain"),
        ("a.svg", "image/svg+xml", "not a picture", "text/plain"),
        ("", "", "", "text/plain"),
        ("note.txt", "", "BM is a bank. MZ too. ID3 tags. FWS.", "text/plain"),
        ("note.txt", "", "MZ is a signature", "text/plain"),
        ("note.txt", "", "ID3 and GIF89a and RIFF are words here", "text/plain"),
        ("griechisch.txt", "", "βρέχει", "text/plain"),
    ],
)
def test_kinds_of_text(name: str, claimed: str, text: str, expected: str) -> None:
    assert sniff(text.encode(), name, claimed) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grüße aus Köln", "text/plain"),
        ("<!DOCTYPE html><p>x", "text/html"),
        ("\n <HTML><body>", "text/html"),
        ("<!-- a --> <!-- b --><script>alert(1)</script>", "text/html"),
        ("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", "text/html"),
        ("<iframe src=x>", "text/html"),
        ("<img src=x onerror=alert(1)>", "text/html"),
        ("<svg onload=alert(1)>", "image/svg+xml"),
        ("<?xml version='1.0'?>\n<!-- x --><svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ('<x:svg xmlns:x="http://www.w3.org/2000/svg"><x:script/></x:svg>', "image/svg+xml"),
        ('<x:g xmlns:x="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        ('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" ""><svg/>', "image/svg+xml"),
        ("<?xml version='1.0'?><note/>", "application/xml"),
        ("<!DOCTYPE lolz [<!ENTITY lol 'lol'>]><lolz/>", "application/xml"),
    ],
)
def test_markup_is_recognized_in_every_encoding_though_claimed_otherwise(text: str, expected: str, encoding: str) -> None:
    assert sniff(text.encode(encoding), "photo.png", "image/png") == expected
    assert sniff(text.encode(encoding), "notes.txt", "text/plain") == expected


def test_documents_of_html_stay_html_under_the_name_of_markdown() -> None:
    assert sniff(b"<html><script>alert(1)</script>", "a.md", "text/markdown") == "text/html"
    assert sniff(b"<!-- hi --><script>alert(1)</script>", "a.md", "text/markdown") == "text/html"


def test_markup_with_binary_bytes_is_still_markup() -> None:
    assert sniff(b"<html>\0\0\x01<script>", "a.png", "image/png") == "text/html"
    assert sniff(b"<svg \0 onload=alert(1)>", "a.png", "image/png") == "image/svg+xml"


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\0\x03\0\0\0\x04",
        b"\x7fELF\x02\x01\x01\0",
        b"\xcf\xfa\xed\xfe\x07\0\0\x01",
        b"\xca\xfe\xba\xbe\0\0\0\x34",
        b"\0asm\x01\0\0\0",
        b"dex\n035\0",
        b"L\0\0\0\x01\x14\x02\0\0\0\0\0",
        b"#!/bin/sh\nrm -rf /\n",
        zipped("META-INF/MANIFEST.MF", "A.class"),
        zipped("AndroidManifest.xml", "classes.dex"),
    ],
)
def test_what_can_be_executed_is_never_allowed(data: bytes) -> None:
    for name, claimed in (("a.png", "image/png"), ("a.txt", "text/plain"), ("a.docx", DOCX)):
        assert sniff(data, name, claimed) not in {*ALLOWED_TYPES, UNKNOWN}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (zipped("a.txt"), "application/zip"),
        (zipped("word/document.xml"), "application/zip"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "application/vnd.ms-office.macroenabled"),
        (b"PK\x03\x04", "application/zip"),
        (b"{\\rtf1 text}", "application/rtf"),
        (b"%!PS-Adobe-3.0\n", "application/postscript"),
        (b"\x93\x8f\0\x01 whatever", UNKNOWN),
        (b"hello\0world", UNKNOWN),
        (b"\xff\xfe\x00\xd8\x00\xd8", UNKNOWN),  # utf-16 of lone surrogates
        (b"\x00\x01junk\n%PDF-1.4\n\x00", "application/pdf"),
        (b"\0\0\0\x14ftypqt  \0\0\2\0qt  ", "video/quicktime"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "application/gzip"),
        (b"OggS\0\x02" + bytes(22) + b"\x80theora", "video/ogg"),
    ],
)
def test_everything_else_is_named_as_what_it_is(data: bytes, expected: str) -> None:
    assert sniff(data, "a.docx", DOCX) == expected


def test_office_files_are_known_by_their_head_alone() -> None:
    whole = zipped("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "word/document.xml", "word/media/a.png")
    assert sniff(whole[:-30], "a.bin", "") == DOCX


def test_a_head_may_end_inside_a_character() -> None:
    assert sniff("ä".encode() * 50 + b"\xc3", "a.md", "") == "text/markdown"
    assert sniff("Grüße".encode("latin-1"), "a.csv", "") == "text/csv"


def test_sound_in_a_container_of_films_is_audio_only_when_it_is_claimed_and_has_no_picture() -> None:
    film = b"\0\0\0\x20ftypiso5\0\0\2\0iso5iso6mp41"
    assert sniff(film + b"\0\0hdlr\0\0\0\0soun", "a", "audio/mp4") == "audio/mp4"
    assert sniff(film + b"\0\0hdlr\0\0\0\0vide", "a", "audio/mp4") == "video/mp4"
    assert sniff(film + b"\0\0hdlr\0\0\0\0soun", "a", "video/mp4") == "video/mp4"
    assert sniff(EBML + b"V_VP8A_OPUS", "a", "audio/webm;codecs=opus") == "video/webm"
