"""Conversations as operators make and change them. Who answers in one is a bot, or described in the conversation itself: never both."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.meta import index_meta
from sessions_api.models import Conversation, Message
from sessions_api.seeds import Seed, rows_of

DESCRIPTION = ("model", "backstory", "dataset", "skillset", "privacy", "moderation")


def create_conversation(owner: Any, messages: Sequence[Seed] = (), **fields: Any) -> Conversation:
    """A new conversation with its first messages, which nobody answers yet. Raises ``ValidationError``."""
    with transaction.atomic():
        conversation = _store(Conversation(owner=owner, last_seq=len(messages)), fields)
        private = conversation.bot.privacy if conversation.bot else conversation.privacy
        Message.objects.bulk_create(rows_of(conversation.pk, messages, bool(private)))
    return conversation


def update_conversation(conversation: Conversation, **fields: Any) -> Conversation:
    """Change what is given; its log is left alone. Raises ``ValidationError``."""
    with transaction.atomic():
        return _store(conversation, fields)


def _store(conversation: Conversation, fields: dict[str, Any]) -> Conversation:
    fields = fields | _who_answers(fields)
    for name, value in fields.items():
        setattr(conversation, name, value)
    columns = {column.name for column in Conversation._meta.fields}
    conversation.full_clean(exclude=columns - {"owner", *fields})
    # Numbers of the log may move meanwhile, so only what was given is written.
    conversation.save(update_fields=None if conversation._state.adding else [*fields, "updated_at"])
    if "meta" in fields:
        index_meta(conversation)
    return conversation


def _who_answers(fields: dict[str, Any]) -> dict[str, Any]:
    """A bot takes the place of a description, a description that of a bot."""
    described = any(fields.get(name) not in (None, "") for name in DESCRIPTION)
    if fields.get("bot") is None:
        return {"bot": None} if described else {}
    if described:
        raise ValidationError({"bot": "give either a bot or model, backstory, datasetId, skillsetId, privacy and moderation"})
    return dict.fromkeys(DESCRIPTION)
