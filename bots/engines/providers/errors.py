"""What a provider's refusal means: codes for visitors, causes for operators."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bots.engines.base import EngineError, ProviderAccess

MAX_CHARACTERS = 300  # of what the provider says
WINDOW = 24  # so many characters in a row that were sent are a quotation
HIDDEN = "…"
MASKED = re.compile(r"\S*\*{3}\S*")  # a key of which OpenAI shows both ends
CODES = {401: "provider_key", 403: "provider_key", 404: "no_model", 408: "unavailable", 425: "unavailable", 429: "rate"}
OWN_CODES = {"invalid_api_key": "provider_key", "model_not_found": "no_model", "insufficient_quota": "provider"}
RETRYABLE = {"rate", "unavailable"}


class Refused(EngineError):
    """The provider said no. `retry_after` are the seconds after which it wants to be asked again, None where it did not say;
    `message` is all that it said, not for any eyes; `filtered` says that its content filter did not like the request."""

    def __init__(self, code: str, *, cause: str, message: str = "", retry_after: float | None = None, filtered: bool = False):
        super().__init__(code, retryable=code in RETRYABLE, cause=cause)
        self.message = message
        self.retry_after = retry_after
        self.filtered = filtered


def refused(status: int, headers: Mapping[str, str], body: bytes, access: ProviderAccess, sent: Iterable[str] = ()) -> Refused:
    """An answer other than 2xx; names of `headers` in lower case. `sent` are texts that must not come back in the cause."""
    if 300 <= status < 400:
        return Refused("provider", cause=f"{_named(access)} redirects ({status}); is the base URL right?")
    try:
        found = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        found = None
    message, own = _error_of(found)
    code = OWN_CODES.get(own) or CODES.get(status) or ("unavailable" if status >= 500 else "provider")
    said = tell(message, access, sent) or ("" if found else "not in the way of such services; is the base URL right?")
    cause = f"{_named(access)} answered {status}" + (f": {said}" if said else "")
    return Refused(code, cause=cause, message=message, retry_after=_seconds(headers), filtered=own == "content_filter")


def error_event(found: Any, access: ProviderAccess, sent: Iterable[str] = ()) -> Refused:
    """An error where an answer should be: with status 200, or in the middle of a stream."""
    message, own = _error_of({"error": found})
    status = found.get("code") if isinstance(found, dict) else None
    code = OWN_CODES.get(own) or (CODES.get(status) or ("provider" if 400 <= status < 500 else "")) if isinstance(status, int) else ""
    said = tell(message, access, sent)
    cause = f"{_named(access)} gave up" + (f": {said}" if said else "")
    return Refused(code or OWN_CODES.get(own) or "unavailable", cause=cause, message=message, filtered=own == "content_filter")


def failed(code: str, access: ProviderAccess, what: str) -> EngineError:
    """A failure of the connection or of the stream: code timeout, unavailable or broken, or provider, which is final."""
    return EngineError(code, retryable=code != "provider", cause=f"{_named(access)} {what}")


def tell(message: str, access: ProviderAccess, sent: Iterable[str]) -> str:
    """What a provider says, on one line, without the key and without anything that it quotes."""
    text = " ".join(message[: 10 * MAX_CHARACTERS].split())
    if access.key:
        text = text.replace(access.key, HIDDEN)
    text = MASKED.sub(HIDDEN, text)
    whole = "\n".join(" ".join(part.split()) for part in sent)
    quoted = [False] * len(text)
    for start in range(len(text) - WINDOW + 1):
        if text[start : start + WINDOW] in whole:
            quoted[start : start + WINDOW] = [True] * WINDOW
    kept = "".join("\0" if hide else character for character, hide in zip(text, quoted, strict=True))
    kept = re.sub("\0+", HIDDEN, kept)
    return kept if len(kept) <= MAX_CHARACTERS else kept[: MAX_CHARACTERS - 1] + HIDDEN


def _named(access: ProviderAccess) -> str:
    return f"The provider “{access.name}”" if access.name else "The provider"


def _error_of(found: Any) -> tuple[str, str]:
    """Message and code of an error's body, in the shapes that are common."""
    error = found.get("error", found) if isinstance(found, dict) else found[0] if isinstance(found, list) and found else found
    if isinstance(error, dict) and isinstance(error.get("error"), dict):  # Google puts it into a list
        error = error["error"]
    if isinstance(error, str):
        return error, ""
    if not isinstance(error, dict):
        return "", ""
    message = next((error[name] for name in ("message", "detail", "msg") if error.get(name)), "")
    own = error.get("code") or error.get("type") or ""
    return message if isinstance(message, str) else json.dumps(message), own if isinstance(own, str) else ""


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Retry-After: seconds, or the time of a day."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value, re.ASCII):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max((when - datetime.now(UTC)).total_seconds(), 0) if when.tzinfo else None
