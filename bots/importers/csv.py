"""CSV with a header: `question` and `answer`, and if wanted `url` and `alternatives` (separated by `|` or lines)."""

import csv
import io
import re

from .base import MAX_RECORD_CHARS, MAX_TITLE_CHARS, ImportedRecord, ImportRejected, ImportResult, Skipped

REQUIRED = ("question", "answer")
COLUMNS = (*REQUIRED, "url", "alternatives")
DELIMITERS = ",;\t|"


def import_csv(name: str, text: str, base_url: str = "") -> ImportResult:
    """One record a row. Comma, semicolon, tab or `|` is read off the header; quoted fields may hold line breaks."""
    header = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text.lstrip("\n"), newline=""), delimiter=delimiter, strict=True)
    records: list[ImportedRecord] = []
    skipped: list[Skipped] = []
    start = 1 + len(text) - len(text.lstrip("\n"))
    offset, columns = start - 1, _columns(name, [cell.strip().lower() for cell in next(reader)], start)
    line = reader.line_num + offset + 1
    try:
        for row in reader:
            values = {column: row[at].strip() if at < len(row) else "" for column, at in columns.items()}
            if reason := _refusal(values):
                skipped += [Skipped(f"line {line}", reason)] if row else []
            else:
                others = tuple(
                    part.strip()
                    for part in re.split(r"[|\n]", values.get("alternatives", ""))
                    if part.strip()
                )
                url = values.get("url") or base_url
                records.append(ImportedRecord(values["question"], values["answer"], url, others))
            line = reader.line_num + offset + 1
    except csv.Error as error:
        raise ImportRejected(
            "file",
            f"{name}, line {line}: not valid CSV ({error}); quotes inside a quoted field are written twice",
            line,
        ) from error
    return ImportResult(tuple(records), tuple(skipped))


def _columns(name: str, header: list[str], line: int) -> dict[str, int]:
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        raise ImportRejected(
            "header",
            f"{name}, line {line}: the first line must name the columns {', '.join(REQUIRED)} "
            f"(and may name {', '.join(COLUMNS[2:])}); missing: {', '.join(missing)}",
            line,
        )
    return {column: header.index(column) for column in COLUMNS if column in header}


def _refusal(values: dict[str, str]) -> str:
    """Why a row is left out, or an empty string."""
    empty = [column for column in REQUIRED if not values[column]]
    if empty:
        return f"{' and '.join(empty)} empty"
    if len(values["question"]) > MAX_TITLE_CHARS:
        return f"question: {len(values['question']):,} characters, at most {MAX_TITLE_CHARS:,} are allowed"
    if len(values["answer"]) > MAX_RECORD_CHARS:
        return f"answer: {len(values['answer']):,} characters, at most {MAX_RECORD_CHARS:,} are allowed"
    return ""
