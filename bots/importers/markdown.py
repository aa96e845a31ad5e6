"""Markdown: one record a section."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import PurePosixPath

import yaml

from bots.retrieval.blocks import Block, split_blocks
from bots.retrieval.vectors import PATH_SEPARATOR

from .base import MAX_RECORD_BYTES, MAX_RECORD_CHARS, MAX_TITLE_CHARS, ImportedRecord, ImportResult, Skipped

HEADING_ALONE = "no text of its own"


def import_markdown(name: str, text: str, base_url: str = "") -> ImportResult:
    """Split at headings; the title is the heading path below the document's title, the address `base_url#slug`."""
    lines = text.split("\n")
    records: list[ImportedRecord] = []
    skipped: list[Skipped] = []
    path: dict[int, str] = {0: _document_title(name, lines)}
    for heading, body in _sections(split_blocks(text)):
        if heading:
            level = 0 if heading.level == 1 and _is_document_title(path, records) else heading.level
            path = {depth: title for depth, title in path.items() if depth < level} | {level: heading.text}
        title = PATH_SEPARATOR.join(part for _, part in sorted(path.items()) if part)[:MAX_TITLE_CHARS]
        if not body:
            if heading:
                skipped.append(Skipped(f"section {heading.text or '(no title)'}", HEADING_ALONE))
            continue
        url = f"{base_url}#{heading.slug}" if base_url and heading else base_url
        for part in _parts(lines, body):
            if len(part.encode()) > MAX_RECORD_BYTES:
                reason = (
                    f"one block of {len(part.encode()):,} bytes, at most {MAX_RECORD_BYTES:,} are allowed"
                )
                skipped.append(Skipped(f"section {title}", reason))
            else:
                records.append(ImportedRecord(title, part, url))
    return ImportResult(tuple(records), tuple(skipped))


def record_parts(text: str) -> Iterator[str]:
    """Markdown without headings in pieces of at most 6,000 characters, cut between blocks where that is possible."""
    if blocks := split_blocks(text):
        yield from _parts(text.split("\n"), blocks)


def _is_document_title(path: dict[int, str], records: list[ImportedRecord]) -> bool:
    """The first heading of level 1 names the document itself, in place of the file's name."""
    return list(path) == [0] and not records


def _document_title(name: str, lines: list[str]) -> str:
    if lines[0].rstrip() == "---" and "---" in (rest := [line.rstrip() for line in lines[1:]]):
        try:
            matter = yaml.safe_load("\n".join(rest[: rest.index("---")]))
        except yaml.YAMLError:
            matter = None
        if isinstance(matter, dict) and isinstance(matter.get("title"), str):
            return str(matter["title"])
    return PurePosixPath(name).stem


def _sections(blocks: list[Block]) -> Iterator[tuple[Block | None, list[Block]]]:
    heading: Block | None = None
    body: list[Block] = []
    for is_heading, group in groupby(blocks, key=lambda block: block.level > 0):
        if not is_heading:
            body = list(group)
            continue
        for block in group:
            if heading or body:
                yield heading, body
            heading, body = block, []
    if heading or body:
        yield heading, body


def _parts(lines: list[str], body: list[Block]) -> Iterator[str]:
    """The section's source as written, in pieces of at most 6,000 characters where block borders allow it."""
    start = body[0].start
    end = start
    for block in body:
        if end > start and sum(len(line) + 1 for line in lines[start : block.end]) > MAX_RECORD_CHARS:
            yield "\n".join(lines[start:end]).strip("\n")
            start = block.start
        end = block.end
    yield "\n".join(lines[start:end]).strip("\n")
