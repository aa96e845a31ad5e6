"""What a client may send: parsed and checked before anything looks at it. Unknown keys are ignored, the client may be newer."""

import json
import math
import uuid
from collections.abc import Callable
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import ValidationError
from rest_framework.exceptions import ParseError

from accounts.names import validate_text
from sessions_api.functions import TooMuch, read_functions, read_outcome
from sessions_api.surroundings import PAGE_CHARACTERS
from sessions_api.wire import CLIENT_FRAMES


class BadFrame(Exception):
    """The frame is not one of the protocol; its content is never logged."""


class TooBig(BadFrame):
    """The frame is longer than ``settings.FRAME_BYTES``."""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


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
    if len(_storable(_text(value))) > 64:
        raise BadFrame
    return value


def _storable(value: Any) -> Any:
    """The value, if a database keeps it: no NUL, no half surrogate pair, no number beyond a float."""
    if isinstance(value, str):
        try:
            validate_text(value)
        except ValidationError:
            raise BadFrame from None
    elif isinstance(value, dict):
        for pair in value.items():
            _storable(list(pair))
    elif isinstance(value, list):
        for item in value:
            _storable(item)
    elif isinstance(value, float) and not math.isfinite(value):
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
    try:
        size = len(json.dumps(_storable(_object(value))))
    except RecursionError:
        raise BadFrame from None
    if size > PAGE_CHARACTERS:
        raise BadFrame
    return value


def _functions(value: Any) -> list[dict[str, Any]]:
    try:
        return read_functions(value)
    except (ParseError, RecursionError):
        raise BadFrame from None


def _outcome(frame: dict[str, Any]) -> dict[str, Any]:
    """One of result, error and abort. What a page gives back and nobody can keep is an error of its function, not of its frame."""
    try:
        return read_outcome(frame)
    except TooMuch as error:
        return {"error": str(error)}
    except (ParseError, RecursionError):
        raise BadFrame from None


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
    "regenerate": ({"reply": _id}, {}),
    "edit": ({"id": _id, "cid": _id, "text": _text}, {}),
    "set": ({}, {"language": _short, "timeZone": _short, "page": _page, "functions": _functions}),
    "result": ({"call": _id}, {}),
    "resume": ({}, {"epoch": _text, "seq": _count, "open": _object}),
    "hb": ({}, {}),
}
assert tuple(FIELDS) == CLIENT_FRAMES  # noqa: S101 (two lists of one truth, checked at import)


def read_frame(text: str | None) -> tuple[str, dict[str, Any]]:
    """The frame's type and its checked fields; raises ``BadFrame``."""
    if text is None:
        raise BadFrame
    if len(text) > settings.FRAME_BYTES or (not text.isascii() and len(text.encode("utf-8", "surrogatepass")) > settings.FRAME_BYTES):
        raise TooBig
    try:
        frame = json.loads(text, parse_constant=_refuse)
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
    elif kind == "result":
        fields["outcome"] = _outcome(frame)
    return kind, fields
