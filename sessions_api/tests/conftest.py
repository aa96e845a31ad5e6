"""A conversation with a widget and a bot, and the journal as its users have it."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bots import services as bots
from sessions_api.keeper import keeper
from sessions_api.models import Conversation, Message, Session
from sessions_api.operations import Accept, body_digest
from tests.support.actors import Operator
from widgets import services as widgets
from widgets.models import WidgetIntegration

ANSWER_SECONDS = 20

Commit = Callable[[Any], Any]
Asked = Callable[..., Any]


@pytest.fixture
def widget(olive: Operator) -> WidgetIntegration:
    """Olive's widget, whose bot is the scripted engine."""
    bot = bots.create_bot(olive.user, name="Echo", model="scripted:echo")
    return widgets.create_widget(olive.user, name="Shop", bot=bot)


@pytest.fixture
def conversation(widget: WidgetIntegration) -> Conversation:
    """An empty conversation of the widget."""
    return Conversation.objects.create(owner=widget.owner, widget=widget, bot=widget.bot)


@pytest.fixture
def session(conversation: Conversation) -> Session:
    """A session of it, for an hour."""
    return Session.objects.create(conversation=conversation, expires_at=timezone.now() + timedelta(hours=1))


@pytest.fixture
def commit() -> Commit:
    """Run an operation in the journal; its result, or its exception."""
    return lambda operation: keeper.journal.submit(operation).result(ANSWER_SECONDS)


@pytest.fixture
def ask(conversation: Conversation) -> Asked:
    """The operation that stores a visitor's message: ``ask("Hi", session_id=…, cid=…, respond=True)``."""

    def make(
        text: str = "Hi", *, cid: uuid.UUID | None = None, session_id: Any = None, respond: bool = True
    ) -> Accept:
        message = Message(
            conversation=conversation,
            type="user",
            text=text,
            cid=cid,
            body=body_digest(text, respond=respond),
        )
        reply = Message(conversation=conversation, type="bot") if respond else None
        return Accept(conversation.pk, message, reply, session_id=session_id, cid=cid)

    return make


def talk(answer: Any) -> dict[str, Any]:
    """What ``scripted:turn`` was given, read from the answer of a reply."""
    turn: dict[str, Any] = json.loads(answer.json()["text"])
    return turn
