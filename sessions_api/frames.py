"""What a client may send: parsed and checked before anything looks at it. Unknown keys are ignored, the client may be newer."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings

from sessions_api.wire import CLIENT_FRAMES

PAGE_CHARACTERS = 8192


class BadFrame(Exception):
    """The frame is not one of the protocol; its content is never logged."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadFrame
    return value


def _id(value: Any) -> uuid.UUID:
    try:
        return uuid.UUID(_text(value))
    except ValueError:
        raise BadFrame from None


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadFrame
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise BadFrame
    return value


def _short(value: Any) -> str:
    if len(_text(value)) > 64:
        raise BadFrame
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadFrame
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadFrame
    return value


def _page(value: Any) -> dict[str, Any]:
    if len(json.dumps(_object(value))) > PAGE_CHARACTERS:
        raise BadFrame
    return value


def _position(value: Any) -> dict[str, Any]:
    resume = _object(value)
    checked: dict[str, Any] = {"seq": _count(resume.get("seq", 0))}
    if resume.get("epoch") is not None:
        checked["epoch"] = _text(resume["epoch"])
    if resume.get("open") is not None:
        held = _object(resume["open"])
        checked["open"] = {"reply": _text(held.get("reply")), "attempt": _count(held.get("attempt")), "rev": _count(held.get("rev"))}
    return checked


Check = Callable[[Any], Any]
# name → (required fields, optional fields)
FIELDS: dict[str, tuple[dict[str, Check], dict[str, Check]]] = {
    "hello": ({"token": _text}, {"tab": _short, "resume": _position}),
    "send": ({"cid": _id, "text": _text}, {"files": _list, "hidden": _flag, "respond": _flag, "form": _object}),
    "start": ({}, {}),
    "stop": ({"reply": _id}, {}),
    "retry": ({"reply": _id}, {}),
    "set": ({}, {"language": _short, "timeZone": _short, "page": _page}),
    "resume": ({}, {"epoch": _text, "seq": _count, "open": _object}),
    "hb": ({}, {}),
}
assert tuple(FIELDS) == CLIENT_FRAMES  # noqa: S101 (two lists of one truth, checked at import)


def read_frame(text: str | None) -> tuple[str, dict[str, Any]]:
    """The frame's type and its checked fields; raises ``BadFrame``."""
    if text is None or len(text) > settings.FRAME_BYTES or (not text.isascii() and len(text.encode("utf-8", "surrogatepass")) > settings.FRAME_BYTES):
        raise BadFrame
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame from None
    kind = frame.get("type") if isinstance(frame, dict) else None
    if not isinstance(kind, str) or kind not in FIELDS:
        raise BadFrame
    required, optional = FIELDS[kind]
    fields = {}
    for name, check in required.items():
        fields[name] = check(frame.get(name))
    for name, check in optional.items():
        if frame.get(name) is not None:
            fields[name] = check(frame[name])
    if kind == "resume":
        fields = _position(fields)
    return kind, fields
