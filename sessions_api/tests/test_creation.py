import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from sessions_api.creation import create_session, lifetime_seconds
from sessions_api.models import Contact, Conversation, Message, Session
from sessions_api.session_request import read_request
from sessions_api.tokens import read_token
from widgets import services
from widgets.config import effective_of
from widgets.effective import Effective
from widgets.models import WidgetIntegration

MESSAGE_BYTES = 32_768


def effective(widget: WidgetIntegration, **fields: Any) -> Effective:
    """The widget with these fields, as session/create gets it."""
    services.update_widget(widget, **fields)
    found = effective_of(widget.pk)
    assert found
    return found


@pytest.mark.parametrize(
    ("configured_ms", "requested", "seconds"),
    [
        (None, None, 3600), (None, 1800, 1800), (None, 86_400, 86_400),
        (0, None, 3600), (0, 7200, 7200),
        (1_200_000, None, 1200), (1_200_000, 1800, 1200), (3_600_000, 1800, 1800), (3_600_000, 86_400, 3600),
    ],
)  # fmt: skip
def test_how_long_a_session_lasts(
    widget: WidgetIntegration, configured_ms: int | None, requested: int | None, seconds: int
) -> None:
    assert lifetime_seconds(effective(widget, session_duration=configured_ms), requested) == seconds


def test_a_body_is_read() -> None:
    conversation = uuid.uuid4()
    wanted = read_request(
        {
            "durationInSeconds": 1800.5, "messages": [{"type": "user", "text": "a\x00b", "extra": 1}], "meta": {"a": {"b": 1}},
            "conversationId": str(conversation), "language": "pt-BR", "contact": {"name": "Vera"}, "unknown": [],
        },
        MESSAGE_BYTES,
    )  # fmt: skip
    assert (wanted.seconds, wanted.messages, wanted.meta) == (1800, ("ab",), {"a": {"b": 1}})
    assert (wanted.conversation_id, wanted.language, wanted.contact) == (
        conversation,
        "pt-BR",
        {"name": "Vera"},
    )
    nothing = read_request(
        dict.fromkeys(["durationInSeconds", "messages", "meta", "conversationId", "language", "contact"]),
        MESSAGE_BYTES,
    )
    assert nothing == read_request({}, MESSAGE_BYTES)


def test_twenty_seeds_are_allowed_and_no_more() -> None:
    seed = {"type": "user", "text": "ä" * 16_384}
    assert len(read_request({"messages": [seed] * 20}, MESSAGE_BYTES).messages) == 20
    with pytest.raises(ValidationError, match="at most 20"):
        read_request({"messages": [seed] * 21}, MESSAGE_BYTES)
    with pytest.raises(ValidationError, match="at most 32768 bytes"):
        read_request({"messages": [{"type": "user", "text": "ä" * 16_384 + "a"}]}, MESSAGE_BYTES)


@pytest.mark.django_db
def test_rows_of_a_new_session(widget: WidgetIntegration) -> None:
    found = effective(widget, initial="Hello **there**", stream=False, contact_collection=True)
    body = {
        "meta": {"plan": "pro", "app": "forged", "widget": 5},
        "language": "de",
        "contact": {"email": "vera@example.com"},
    }
    created = create_session(found, read_request(body, MESSAGE_BYTES))
    conversation = Conversation.objects.get()
    assert conversation == created.conversation
    assert (conversation.owner, conversation.widget, conversation.bot) == (widget.owner, widget, widget.bot)
    assert (conversation.language, conversation.contact, conversation.last_seq) == (
        "de",
        Contact.objects.get(),
        1,
    )
    assert conversation.meta == {
        "plan": "pro", "app": "widget", "widget": {"integrationId": str(widget.pk)}, "widgetIntegrationId": str(widget.pk),
    }  # fmt: skip
    first = Message.objects.get()
    assert (first.type, first.text, first.position, first.seq, first.status) == (
        "bot",
        "Hello **there**",
        1,
        1,
        "done",
    )
    assert first.blocks == ["<p>Hello <strong>there</strong></p>"]
    claims = read_token(created.token)
    assert (claims.conversation_id, claims.widget_id, claims.jti) == (
        conversation.pk,
        widget.pk,
        Session.objects.get().pk,
    )
    assert claims.expires_at == Session.objects.get().expires_at
    assert claims.features == {"math", "unfurl", "verbose"}


@pytest.mark.django_db
def test_without_initial_and_without_contacts(widget: WidgetIntegration) -> None:
    create_session(effective(widget), read_request({"contact": {"email": "vera@example.com"}}, MESSAGE_BYTES))
    assert (Conversation.objects.get().last_seq, Message.objects.count(), Contact.objects.count()) == (
        0,
        0,
        0,
    )


@pytest.mark.django_db
def test_attaching_adds_a_session_and_never_time(
    widget: WidgetIntegration, conversation: Conversation
) -> None:
    until = (timezone.now() + timedelta(minutes=5)).replace(microsecond=0)
    wanted = read_request(
        {"conversationId": str(conversation.pk), "durationInSeconds": 86_400}, MESSAGE_BYTES
    )
    attached = create_session(effective(widget, initial="Hello"), wanted, until)
    assert (attached.conversation, attached.session.expires_at) == (conversation, until)
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 0)
