"""Making a session: its conversation, contact, token and first messages (PROTOCOL section 3)."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.ids import new_id
from accounts.meta import index_meta
from accounts.names import validate_meta
from sessions_api.chat import Type, clean_text
from sessions_api.contacts import find_or_create_contact, read_contact
from sessions_api.models import Conversation, Message, Session
from sessions_api.replies import rendered_blocks
from sessions_api.tokens import SessionClaims, issue_token
from widgets.config import rendering_features
from widgets.effective import Effective

DEFAULT_SECONDS = 3_600
REQUEST_SECONDS_MIN = 1_800
REQUEST_SECONDS_MAX = 86_400
SEEDS_MAX = 20
LANGUAGE = re.compile(r"[A-Za-z0-9_-]{0,35}")
FEATURES = ("stream", "verbose", "tools", "unfurl", "math", "carousel", "form", "attachments", "voice_in", "voice_out")


@dataclass(frozen=True)
class SessionRequest:
    """The checked body of session/create."""

    seconds: int | None = None
    contact: dict[str, str] = field(default_factory=dict)
    messages: tuple[str, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)
    conversation_id: uuid.UUID | None = None
    language: str = ""


@dataclass(frozen=True)
class CreatedSession:
    """A new session and the token that opens its conversation."""

    session: Session
    conversation: Conversation
    token: str


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


def lifetime_seconds(widget: Effective | None, requested: int | None) -> int:
    """Unset and nothing requested: an hour; unset: the request; set: the smaller of both."""
    configured = widget.session_duration // 1000 if widget and widget.session_duration else 0
    if not configured:
        return requested or DEFAULT_SECONDS
    return min(configured, requested) if requested else configured


def create_session(widget: Effective, wanted: SessionRequest, attach_until: Any = None) -> CreatedSession:
    """Write session and conversation, with ``initial`` as the bot's first message. ``attach_until`` bounds the expiry of a
    session attached with another session's token. The conversation to attach to was authorized by the caller."""
    with transaction.atomic():
        if wanted.conversation_id:
            conversation = Conversation.objects.get(pk=wanted.conversation_id)
        else:
            conversation = _new_conversation(widget, wanted)
        return open_conversation(conversation, widget, wanted.seconds, attach_until)


def open_conversation(
    conversation: Conversation, widget: Effective | None, seconds: int | None = None, until: Any = None
) -> CreatedSession:
    """A session of this conversation, at most ``until``. One of an operator may have no widget: then nothing is switched off."""
    now = timezone.now().replace(microsecond=0)  # as exact as a token says it
    expires = now + timedelta(seconds=lifetime_seconds(widget, seconds))
    if until is not None:
        expires = min(expires, until)
    session = Session.objects.create(conversation=conversation, expires_at=expires)
    claims = SessionClaims(
        conversation_id=conversation.pk, widget_id=widget.id if widget else None, owner_id=str(conversation.owner_id), jti=session.pk,
        expires_at=expires, features=frozenset(name for name in FEATURES if widget is None or getattr(widget, name)),
    )
    return CreatedSession(session, conversation, issue_token(claims))


def _new_conversation(widget: Effective, wanted: SessionRequest) -> Conversation:
    contact = find_or_create_contact(widget.owner_id, wanted.contact) if widget.contact_collection else None
    meta = {**wanted.meta, "app": "widget", "widget": {"integrationId": str(widget.id)}, "widgetIntegrationId": str(widget.id)}
    first = _initial(widget)
    conversation = Conversation.objects.create(
        owner_id=widget.owner_id, widget_id=widget.id, bot_id=widget.bot_id, contact=contact, meta=meta,
        language=wanted.language, last_seq=1 if first else 0,
    )
    index_meta(conversation)
    if first:
        first.conversation = conversation
        first.save(force_insert=True)
    return conversation


def _initial(widget: Effective) -> Message | None:
    if not widget.initial:
        return None
    blocks = rendered_blocks(widget.initial, rendering_features(widget))
    return Message(id=new_id(), type=Type.BOT, text=widget.initial, blocks=blocks, position=1, seq=1)
