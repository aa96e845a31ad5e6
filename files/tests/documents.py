"""Real small documents, and hostile ones, made with the libraries that programs use."""

import zipfile
import zlib
from datetime import date, datetime
from io import BytesIO
from typing import Any

import docx
import openpyxl
import pptx
from pptx.util import Inches
from pypdf import PdfReader, PdfWriter

from files.sniff import DOCX, PPTX, XLSX

MIB = 1_048_576


def saved(document: Any) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def a_docx() -> bytes:
    document = docx.Document()
    document.add_heading("Opening hours", 0)
    document.add_paragraph("We are open on weekdays.")
    document.add_heading("Prices", 2)
    table = document.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, [("Item", "Price"), ("Coffee\nlarge", "3 €")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("Grüße 你好 \U0001f600")
    return saved(document)


def a_pptx() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Our plan"
    slide.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "Grow slowly"
    table = slide.shapes.add_table(1, 2, 0, 0, Inches(1), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Year", "2026"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "In a group"
    slide.notes_slide.notes_text_frame.text = "Say hello"
    deck.slides.add_slide(deck.slide_layouts[6])
    return saved(deck)


def an_xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Stock"
    for row in [("Item", "Count", "Since"), ("Pears\nripe", 3, date(2026, 1, 2)), (), ("Rate", 1.5, datetime(2026, 1, 2, 3, 4)), (None, 2.0, True)]:
        book.active.append(row)
    book.create_sheet("Second")["C3"] = "far"
    return saved(book)


def a_pdf(*pages: str, password: str | None = None, owner: str | None = None) -> bytes:
    """A PDF with one line a page; `password` is needed to open it, `owner` only to change it."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for text in pages:
        content = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET"
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {resources} /Contents {len(objects)} 0 R >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    data = pdf_of([item.encode("latin-1") for item in objects])
    if password is None and owner is None:
        return data
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    writer.encrypt(password or "", owner, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_of(objects: list[bytes]) -> bytes:
    data = b"%PDF-1.7\n"
    offsets = []
    for number, item in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n" % number + item + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


def pdf_bomb() -> bytes:
    """A page whose content unpacks to 100 MB, packed twice."""
    packer = zlib.compressobj(1)
    once = b"".join(packer.compress(b"BT (x) Tj ET\n" * 80_000) for _ in range(100)) + packer.flush()
    content = zlib.compress(once, 9)
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n" % len(content) + content + b"\nendstream",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /Font << >> >> /Contents 3 0 R >>",
        ]
    )


def pdf_that_goes_round() -> bytes:
    """Pages that contain themselves."""
    return pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>"])


def repacked(data: bytes, **changed: bytes) -> bytes:
    """The archive with some entries replaced or added; `/` and `.` of names are written `__` and `_`."""
    names = {name.replace("__", "/").replace("_", "."): content for name, content in changed.items()}
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, names.pop(entry.filename, None) or old.read(entry))
        for name, content in names.items():
            new.writestr(name, content)
    return out.getvalue()


def zip_bomb(data: bytes) -> bytes:
    """The archive with 201 MiB of zeros in it."""
    out = BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("media/zeros.bin", bytes(201 * MIB))
    return out.getvalue()


def many_entries(data: bytes) -> bytes:
    out = BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(10_001):
            archive.writestr(f"media/{number}", b"")
    return out.getvalue()


def marked_encrypted(data: bytes) -> bytes:
    """The archive with the flag of an encrypted entry in its directory."""
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + b"\x01" + data[at + 1 :]


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, (b"&l%d;" % (n - 1)) * 10 if n else b"lol") for n in range(12))


def laughing(document: bytes, root: bytes) -> bytes:
    """An XML document whose text is an entity of 10^11 laughs."""
    return b'<?xml version="1.0"?><!DOCTYPE x [' + LAUGHS + b"]>" + root + document


OFFICE = {DOCX: a_docx, PPTX: a_pptx, XLSX: an_xlsx}
