"""Data that goes with a question: the time, the page, passages, attachments, results. All of it delimited and cut to its budget."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from bots.engines.base import Attachment
from bots.retrieval.result import Passage
from bots.retrieval.tokens import BYTES_PER_TOKEN, tokens

PAGE_TOKENS = 1_000
PASSAGE_TOKENS = 1_000  # of one
PICTURE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
PICTURES = 4
PICTURE_BYTES = 5 * 1024 * 1024  # of one; providers refuse larger ones
PICTURES_BYTES = 12 * 1024 * 1024  # of all
_BLOCK = re.compile(r"<(?=/?(?:page|passages?|attachment|result|context|earlier|talk)\b)", re.IGNORECASE)


def block(name: str, text: str, /, **attributes: str | int) -> str:
    """A delimited text that cannot end its own block."""
    given = "".join(f' {key}="{_attribute(value)}"' for key, value in attributes.items() if value != "")
    return f"<{name}{given}>\n{_BLOCK.sub('‹', text).strip()}\n</{name}>"


def cut(text: str, most: int) -> str:
    """The beginning of a text, of so many tokens at most."""
    if tokens(text) <= most:
        return text
    return text.encode("utf-8", "replace")[: most * BYTES_PER_TOKEN].decode("utf-8", "ignore").rstrip() + " […]"


def clock(time_zone: str) -> str:
    """What time it is for the visitor."""
    zone: tzinfo
    try:
        zone = ZoneInfo(time_zone) if time_zone else timezone.get_default_timezone()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone, time_zone = timezone.get_default_timezone(), ""
    now: datetime = timezone.now().astimezone(zone)
    return f"It is {now:%A}, {now.day} {now:%B %Y, %H:%M} ({time_zone or now.tzname()})."


def page_block(page: Mapping[str, Any]) -> str:
    """What the site says of its page."""
    return block("page", cut(json.dumps(dict(page), ensure_ascii=False, default=str), PAGE_TOKENS))


def fitting(passages: Iterable[Passage], budget: int) -> tuple[Passage, ...]:
    """The first passages, as many as there is room for."""
    found: list[Passage] = []
    for passage in passages:
        size = min(tokens(passage.text), PASSAGE_TOKENS) + tokens(passage.title)
        if found and size > budget:
            break
        budget -= size
        found.append(passage)
    return tuple(found)


def passages_block(passages: Sequence[Passage]) -> str:
    """Passages with the numbers that they are cited by."""
    return "<passages>\n{}\n</passages>".format(
        "\n".join(
            block("passage", cut(passage.text, PASSAGE_TOKENS), number=number, title=passage.title)
            for number, passage in enumerate(passages, start=1)
        )
    )


def attachment_blocks(attachments: Sequence[Attachment], budget: int, seen: Sequence[Attachment]) -> list[str]:
    """Files as text, the newest first where there is not room for all; in the order in which they were given. `seen` go as pictures."""
    blocks: list[str] = []
    for file in reversed(attachments):
        if any(file is picture for picture in seen):
            text = "This picture is attached."
        elif not file.text.strip():
            text = "This file cannot be read; only its name and type are known."
        elif budget <= 0:
            text = "There was no room for the text of this file."
        else:
            text = cut(file.text, budget)
            budget -= tokens(text)
        blocks.append(block("attachment", text, name=file.name, type=file.type))
    return blocks[::-1]


def pictures_in(attachments: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """The newest pictures, as many as a model is shown."""
    found: list[Attachment] = []
    room = PICTURES_BYTES
    for file in reversed(attachments):
        size = len(file.data)
        if file.type in PICTURE_TYPES and 0 < size <= min(PICTURE_BYTES, room) and len(found) < PICTURES:
            found.append(file)
            room -= size
    return tuple(found[::-1])


def _attribute(value: str | int) -> str:
    return " ".join(str(value).replace('"', "'").replace("<", "‹").replace(">", "›").split())[:200]
