"""JSON lines: one object a line with `text` (or `answer`), and if wanted `title` (or `question`), `url`, `alternatives` and `meta`."""

import json
from typing import Any, NoReturn

from .base import MAX_RECORD_BYTES, MAX_TITLE_CHARS, ImportedRecord, ImportRejected, ImportResult, Skipped

NAMES = {"title": ("title", "question"), "text": ("text", "answer"), "url": ("url", "source")}


def import_jsonl(name: str, text: str, base_url: str = "") -> ImportResult:
    """One record a line. A line that is no JSON object refuses the file; an object that is no record is left out, both by line."""
    records: list[ImportedRecord] = []
    skipped: list[Skipped] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        item = _object(name, number, line)
        try:
            records.append(_record(item, base_url))
        except ValueError as error:
            skipped.append(Skipped(f"line {number}", str(error)))
    if not records and not skipped:
        raise ImportRejected("file", f"{name}: there is nothing in the file")
    return ImportResult(tuple(records), tuple(skipped))


def _object(name: str, number: int, line: str) -> dict[str, Any]:
    try:
        item = json.loads(line, parse_constant=_refuse_constant)
        line.encode()
    except RecursionError:
        raise ImportRejected("file", f"{name}, line {number}: too many levels of nesting", number) from None
    except json.JSONDecodeError as error:
        raise ImportRejected(
            "file",
            f"{name}, line {number}: not valid JSON ({error.msg}, column {error.colno}); "
            "each line must be one whole object",
            number,
        ) from error
    except ValueError as error:
        raise ImportRejected("file", f"{name}, line {number}: not valid JSON ({error})", number) from error
    if not isinstance(item, dict):
        raise ImportRejected("file", f"{name}, line {number}: expected an object", number)
    return item


def _refuse_constant(value: str) -> NoReturn:
    raise ValueError(f"{value} is not a number in JSON")


def _record(item: dict[str, Any], base_url: str) -> ImportedRecord:
    """ValueError with the key and what is allowed."""
    title, text, url = (_text(item, *names) for names in NAMES.values())
    if not text.strip():
        raise ValueError("text is empty")
    if len(title) > MAX_TITLE_CHARS:
        raise ValueError(f"title: {len(title):,} characters, at most {MAX_TITLE_CHARS:,} are allowed")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_RECORD_BYTES:
        raise ValueError(f"text: at most {MAX_RECORD_BYTES:,} bytes are allowed")
    alternatives = item.get("alternatives") or []
    if not isinstance(alternatives, list) or not all(isinstance(each, str) for each in alternatives):
        raise ValueError("alternatives: must be a list of texts")
    meta = item.get("meta") or {}
    if not isinstance(meta, dict):
        raise ValueError("meta: must be an object")
    others = tuple(each.strip() for each in alternatives if each.strip())
    return ImportedRecord(title.strip(), text.strip(), url.strip() or base_url, others, meta)


def _text(item: dict[str, Any], *names: str) -> str:
    value = next((item[name] for name in names if item.get(name) is not None), "")
    if not isinstance(value, str):
        raise ValueError(f"{names[0]}: must be a text")
    return value
