"""The long forms of a list: JSON lines and CSV, written page by page."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

JSON = "application/json"
JSONL = "application/jsonl"
CSV = "text/csv"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def wanted_type(request: HttpRequest) -> str:
    """JSON, JSONL or CSV, by the ``Accept`` header; JSON where it names none of them."""
    return request.get_preferred_type([JSON, JSONL, CSV]) or JSON


def jsonl(items: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    """A line ``{"type": "item", "data": {…}}`` for each item of each page."""
    for page in items:
        yield "".join(json_line({"type": "item", "data": item}) for item in page)


def json_line(value: Any) -> str:
    """One JSON value and a line feed, in ASCII: clients decode chunk by chunk, and a chunk may end inside a character."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False) + "\n"


def csv_rows(columns: list[str], items: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    """A header and a row for each item; objects and lists as JSON, nothing that a spreadsheet would run."""
    yield _row(columns)
    for page in items:
        yield "".join(_row([_cell(item.get(column)) for column in columns]) for item in page)


def streaming(
    request: HttpRequest, chunks: Iterator[str], content_type: str, filename: str = ""
) -> StreamingHttpResponse:
    """Sends while it reads, in a thread under ASGI (Django would otherwise collect everything first)."""
    body = _in_thread(chunks) if isinstance(request, ASGIRequest) else chunks
    response = StreamingHttpResponse(body, content_type=f"{content_type}; charset=utf-8")
    if filename:
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


async def _in_thread(chunks: Iterator[str]) -> AsyncIterator[str]:
    following = sync_to_async(lambda: next(chunks, None))
    while (chunk := await following()) is not None:
        yield chunk


def _row(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return json.dumps(value, ensure_ascii=False)
