"""Rows of a table as lines."""

from collections.abc import Iterable


def line_of(cells: Iterable[str]) -> str:
    """One line, cells apart by tabs; line breaks inside a cell become spaces. Empty for an empty row."""
    line = "\t".join(" ".join(cell.split()) for cell in cells).rstrip()
    return line + "\n" if line else ""
