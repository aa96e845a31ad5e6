"""Word documents."""

from collections.abc import Iterator

import docx
from docx.document import Document
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from .archive import checked
from .table import line_of


def pieces(data: bytes) -> Iterator[str]:
    """Paragraphs and tables in their order; headings as in markdown, so that a dataset can be cut at them."""
    yield from _blocks(docx.Document(checked(data)))


def _blocks(container: Document | _Cell) -> Iterator[str]:
    for block in container.iter_inner_content():
        if isinstance(block, Table):
            yield "\n"
            yield from map(line_of, _rows(block))
            yield "\n"
        else:
            yield _paragraph(block)


def _paragraph(paragraph: Paragraph) -> str:
    style = paragraph.style.name or "" if paragraph.style is not None else ""
    level = style.removeprefix("Heading ")
    if style == "Title":
        level = "1"
    if paragraph.text.strip() and style != level and level.isdecimal():
        return f"\n{'#' * min(int(level), 6)} {paragraph.text.strip()}\n\n"
    if style.startswith("List "):
        return f"- {paragraph.text}\n"
    return f"{paragraph.text}\n\n"


def _rows(table: Table) -> Iterator[list[str]]:
    for row in table.rows:
        cells = dict.fromkeys(row.cells)  # a cell over several columns is named once for each
        yield [" ".join(_blocks(cell)) for cell in cells]
