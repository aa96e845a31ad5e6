"""Comma separated values, whatever the separator is."""

import csv
from collections.abc import Iterator
from io import StringIO

from .encoding import decoded
from .table import line_of

SEPARATORS = ",;\t|"


def pieces(data: bytes) -> Iterator[str]:
    """One line a row, cells apart by tabs."""
    text = decoded(data)
    first = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))  # of the whole process: never lowered
    for row in csv.reader(StringIO(text, newline=""), delimiter=separator):
        yield line_of(row)
