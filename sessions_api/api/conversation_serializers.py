"""Conversations, their first messages and their sessions on the wire."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from sessions_api.api.schemas import RowOutput
from sessions_api.models import Conversation, Message
from sessions_api.seeds import SEEDS_MAX, Seed
from widgetplatform.api.fields import Meta, Text
from widgetplatform.api.serializers import OWNED_FIELDS, ResourceSerializer


class ConversationSerializer(ResourceSerializer):
    """Either ``botId``, or a bot that is described here and answers in this conversation only; giving one replaces the other."""

    class Meta:
        model = Conversation
        fields: tuple[str, ...] = (
            *OWNED_FIELDS, "bot", "model", "backstory", "dataset", "skillset", "privacy", "moderation", "contact", "task_id", "space_id",
        )  # fmt: skip


class SeedSerializer(serializers.Serializer[Any]):
    """A first message, of any type."""

    type = serializers.ChoiceField(
        Message.Type.values, error_messages={"invalid_choice": f"must be one of {', '.join(Message.Type.values)}"}
    )
    text = Text(allow_blank=True)
    meta = Meta(required=False, allow_null=True)

    def validate_text(self, value: str) -> str:
        """The same bound as everywhere."""
        if len(value.encode()) > settings.MESSAGE_BYTES:
            raise serializers.ValidationError(f"must have at most {settings.MESSAGE_BYTES} bytes")
        return value


def seeds_field() -> Any:
    """A list of first messages."""
    return SeedSerializer(  # type: ignore[call-arg]  # the stubs do not know that many=True makes a list's serializer
        many=True, required=False, allow_null=True, max_length=SEEDS_MAX,
        error_messages={"not_a_list": "must be a list of messages", "max_length": "must have at most {max_length} messages"},
    )  # fmt: skip


def read_seeds(values: dict[str, Any]) -> list[Seed]:
    """Take the checked ``messages`` out of ``values``."""
    return [Seed(item["type"], item["text"], item.get("meta") or {}) for item in values.pop("messages", None) or ()]


class NewConversationSerializer(ConversationSerializer):
    """A conversation to make, with its first messages."""

    messages = seeds_field()

    class Meta(ConversationSerializer.Meta):
        fields = (*ConversationSerializer.Meta.fields, "messages")


class NewConversationOutput(serializers.Serializer[None]):
    """Answer of conversation/create."""

    id = serializers.CharField()
    messages = RowOutput(many=True)


class DurationInput(serializers.Serializer[None]):
    """How long a session shall last."""

    durationInSeconds = serializers.FloatField(  # noqa: N815 (wire names)
        required=False, allow_null=True, min_value=1800, max_value=86_400, help_text="An hour where it is not given."
    )


class BotSessionInput(DurationInput):
    """A conversation with a bot, and a session of it."""

    messages = seeds_field()
    meta = Meta(required=False, allow_null=True)


class ConversationSessionOutput(serializers.Serializer[None]):
    """Answer of a conversation's session/create."""

    id = serializers.CharField(help_text="The conversation's.")
    token = serializers.CharField(help_text="Opens just this conversation; made for a browser.")
    expiresAt = serializers.IntegerField()  # noqa: N815


class BotSessionOutput(ConversationSessionOutput):
    """Answer of a bot's session/create."""

    id = serializers.CharField(help_text="The bot's.")
    conversationId = serializers.CharField()  # noqa: N815
    messages = RowOutput(many=True)
