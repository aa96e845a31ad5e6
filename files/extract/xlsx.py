"""Excel workbooks."""

import datetime
from collections.abc import Iterator

import openpyxl

from .archive import checked
from .table import line_of


def pieces(data: bytes) -> Iterator[str]:
    """A heading a sheet, one line a row; of formulas the value that was last computed."""
    book = openpyxl.load_workbook(checked(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        yield f"\n# {sheet.title}\n"
        sheet.reset_dimensions()  # what a file claims about its size is not believed
        for row in sheet.iter_rows(values_only=True):
            yield line_of(map(_written, row))


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
