"""Making a session: its conversation, contact, token and first messages (PROTOCOL section 3)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.ids import new_id
from accounts.meta import index_meta
from sessions_api.chat import Type
from sessions_api.contacts import find_or_create_contact
from sessions_api.models import Conversation, Message, Session
from sessions_api.replies import rendered_blocks
from sessions_api.session_request import SessionRequest
from sessions_api.tokens import SessionClaims, issue_token
from widgets.config import language_for, rendering_features
from widgets.effective import Effective
from widgets.languages import wanted_languages

DEFAULT_SECONDS = 3_600
FEATURES = ("stream", "verbose", "tools", "unfurl", "math", "carousel", "form", "attachments", "voice_in", "voice_out")


@dataclass(frozen=True)
class CreatedSession:
    """A new session and the token that opens its conversation."""

    session: Session
    conversation: Conversation
    token: str


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
    first = _initial(widget.localized(language_for(widget, wanted_languages(wanted.language))))
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
