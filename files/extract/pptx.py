"""Presentations."""

from collections.abc import Iterable, Iterator
from typing import Any

import pptx

from .archive import checked
from .table import line_of


def pieces(data: bytes) -> Iterator[str]:
    """A heading a slide (its title), then its texts, tables and the speaker's notes."""
    for number, slide in enumerate(pptx.Presentation(checked(data)).slides, 1):
        title = slide.shapes.title
        heading = " ".join(title.text_frame.text.split()) if title is not None else ""
        yield f"\n# {heading or f'Slide {number}'}\n\n"
        yield from _texts(shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id)
        if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
            yield f"{notes.text}\n\n"


def _texts(shapes: Iterable[Any]) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):  # a group
            yield from _texts(shape.shapes)
        elif shape.has_text_frame:
            yield f"{shape.text_frame.text}\n\n"
        elif getattr(shape, "has_table", False):
            for row in shape.table.rows:
                yield line_of(cell.text_frame.text for cell in row.cells)
            yield "\n"
