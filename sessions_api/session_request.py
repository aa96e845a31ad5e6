"""What callers ask for when they make a session, checked (PROTOCOL section 3)."""

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from accounts.names import validate_meta
from sessions_api.chat import clean_text
from sessions_api.contacts import read_contact

REQUEST_SECONDS_MIN = 1_800
REQUEST_SECONDS_MAX = 86_400
SEEDS_MAX = 20
LANGUAGE = re.compile(r"[A-Za-z0-9_-]{0,35}")


@dataclass(frozen=True)
class SessionRequest:
    """The checked body of session/create."""

    seconds: int | None = None
    contact: dict[str, str] = field(default_factory=dict)
    messages: tuple[str, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)
    conversation_id: uuid.UUID | None = None
    language: str = ""


def read_request(body: dict[str, Any], message_bytes: int) -> SessionRequest:
    """Check a body; raises ``ValidationError`` by field name. Unknown keys are ignored."""
    seconds = read_seconds(body)
    meta = read_meta(body)
    conversation_id = body.get("conversationId")
    language = body.get("language") or ""
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise ValidationError({"language": "must be a language code of at most 35 characters"})
    return SessionRequest(
        seconds=seconds,
        contact=read_contact(body["contact"]) if body.get("contact") is not None else {},
        messages=_seeds(body.get("messages"), message_bytes),
        meta=meta,
        conversation_id=_conversation_id(conversation_id) if conversation_id is not None else None,
        language=language,
    )


def read_seconds(body: dict[str, Any]) -> int | None:
    """``durationInSeconds`` of a body, None where it has none; raises ``ValidationError``."""
    seconds = body.get("durationInSeconds")
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not REQUEST_SECONDS_MIN <= seconds <= REQUEST_SECONDS_MAX:
        raise ValidationError({"durationInSeconds": f"must be {REQUEST_SECONDS_MIN} to {REQUEST_SECONDS_MAX}"})
    return int(seconds)


def read_meta(body: dict[str, Any]) -> dict[str, Any]:
    """``meta`` of a body, {} where it has none; raises ``ValidationError``."""
    meta = body.get("meta")
    if meta is None:
        return {}
    try:
        validate_meta(meta)
    except ValidationError as error:
        raise ValidationError({"meta": error.messages}) from None
    return {key: value for key, value in meta.items() if value is not None}


def _conversation_id(value: Any) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise ValidationError({"conversationId": "must be the id of a conversation"}) from None


def _seeds(given: Any, message_bytes: int) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or len(given) > SEEDS_MAX:
        raise ValidationError({"messages": f"must be a list of at most {SEEDS_MAX} messages"})
    texts = []
    for number, message in enumerate(given):
        name = f"messages[{number}]"
        if not isinstance(message, dict) or message.get("type") != "user":
            raise ValidationError({f"{name}.type": "must be user"})
        text = message.get("text")
        if not isinstance(text, str) or not clean_text(text).strip():
            raise ValidationError({f"{name}.text": "must be a text that is not empty"})
        text = clean_text(text)
        if len(text.encode()) > message_bytes:
            raise ValidationError({f"{name}.text": f"must have at most {message_bytes} bytes"})
        texts.append(text)
    return tuple(texts)
