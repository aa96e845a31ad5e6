"""Validation of names, aliases and meta (contract/README "Names"). Messages name what is allowed."""

import re
from typing import Any

from django.core.exceptions import ValidationError

from accounts.ids import parse_id

NAME_BYTES = 191
META_BYTES = 65_536
META_DEPTH = 8
JSON_DEPTH = 32
ALIAS = re.compile(r"[a-z0-9_-]{1,128}")


def validate_name(value: str) -> None:
    """At most 191 bytes of UTF-8, without NUL."""
    if len(value.encode("utf-8", "surrogatepass")) > NAME_BYTES:
        raise ValidationError(f"must have at most {NAME_BYTES} bytes")
    validate_text(value)


def validate_text(value: str) -> None:
    """No NUL and no lone surrogate: neither database stores them."""
    if "\x00" in value:
        raise ValidationError("must not contain a NUL character")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValidationError("must not contain half of a surrogate pair")


def validate_alias(value: str) -> None:
    """``[a-z0-9_-]{1,128}``, and not shaped like an id, because routes take either."""
    if not ALIAS.fullmatch(value):
        raise ValidationError("must be 1 to 128 of a-z, 0-9, - and _")
    if parse_id(value):
        raise ValidationError("must not have the form of an id")


def validate_meta(value: Any) -> None:
    """A JSON object whose keys do not begin with ``_``, at most 8 deep and 64 KiB."""
    if not isinstance(value, dict):
        raise ValidationError("must be an object")
    if _size(value, 0) > META_BYTES:
        raise ValidationError(f"must have at most {META_BYTES} bytes")


def _size(value: Any, depth: int) -> int:
    if depth > META_DEPTH:
        raise ValidationError(f"must be at most {META_DEPTH} levels deep")
    if isinstance(value, dict):
        for key in value:
            validate_text(key)
            if key.startswith("_"):
                raise ValidationError(f"keys must not begin with _ ({key[:40]})")
        return sum(len(key) + _size(item, depth + 1) for key, item in value.items())
    if isinstance(value, list):
        return sum(_size(item, depth + 1) for item in value)
    if isinstance(value, str):
        validate_text(value)
        return len(value.encode())
    return 8


def validate_json(value: Any, depth: int = JSON_DEPTH) -> None:
    """JSON that both databases store: texts without NUL, finite numbers within 64 bits, at most 32 deep."""
    if depth == 0:
        raise ValidationError(f"must be at most {JSON_DEPTH} levels deep")
    if isinstance(value, dict | list):
        for item in (*value, *value.values()) if isinstance(value, dict) else value:
            validate_json(item, depth - 1)
    elif isinstance(value, str):
        validate_text(value)
    elif isinstance(value, int | float) and not abs(value) < 2**63:
        raise ValidationError("must hold finite numbers within 64 bits only")
