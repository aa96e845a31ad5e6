"""Bodies: JSON objects within a size, or a refusal that says what is allowed."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from widgetplatform.api.errors import ApiError


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in ``raw``; nothing at all is ``{}``. ParseError (400) for anything else, NaN and infinity included."""
    if not raw.strip():
        return {}
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_unique
        )
    except UnicodeDecodeError:
        raise ParseError("The body must be JSON in UTF-8") from None
    except json.JSONDecodeError as error:
        raise ParseError(
            f"The body is not valid JSON: {error.msg} at line {error.lineno} column {error.colno}"
        ) from None
    except DuplicateKey as error:
        raise ParseError(str(error)) from None
    except (ValueError, RecursionError) as error:
        raise ParseError(f"The body is not valid JSON: {_reason(error)}") from None
    if not isinstance(value, dict):
        raise ParseError("The body must be a JSON object")
    return value


def check_length(meta: Mapping[str, Any]) -> None:
    """Refuse (413) a body by its ``Content-Length`` before anything is read."""
    try:
        length = int(meta.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise ParseError("Content-Length must be a number") from None
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise too_large()


def too_large(limit: int | None = None) -> ApiError:
    """The 413 that names the limit; without one that of JSON bodies."""
    return ApiError(413, f"The body must have at most {limit or settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes")


class DuplicateKey(ValueError):
    """An object of the body has a key twice."""


class StrictJSONParser(BaseParser):
    """``application/json`` only; DRF answers 415 to other types. ``request.data`` is always a dict."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        _media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Read at most the limit and one byte: a chunked body has no Content-Length to refuse it by."""
        request = (parser_context or {}).get("request")
        if request is not None:
            check_length(request.META)
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise too_large()
        return parse_object(raw)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Parsers differ in which of two equal keys they take; whoever sends both gets neither."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DuplicateKey(f"The key “{_printable(twice)}” is given twice")
    return found


def _printable(text: str) -> str:
    return text[:40].encode("utf-8", "replace").decode()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is too large")
    return value


def _reason(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error).split(":")[0]
