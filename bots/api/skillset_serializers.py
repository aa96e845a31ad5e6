"""Skillsets, abilities and what an ability answers, on the wire."""

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.names import validate_json
from bots.models import Ability, Skillset
from bots.skills import INPUT_BYTES
from widgetplatform.api.serializers import OWNED_FIELDS, ResourceSerializer

ALWAYS = ("name", "description", "instruction")
MESSAGE_TYPES = ["user", "bot", "reasoning", "context", "instruction", "backstory", "activity", "checkpoint"]


@extend_schema_field(OpenApiTypes.OBJECT)
class Schema(serializers.Field[Any, Any, Any, Any]):
    """A JSON schema as it was sent; what it must be is the domain function's."""

    def to_internal_value(self, data: Any) -> Any:
        """Any JSON that a database keeps."""
        try:
            validate_json(data)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from None
        return data

    def to_representation(self, value: Any) -> Any:
        """As stored."""
        return value


class SkillsetSerializer(ResourceSerializer):
    """Abilities that a bot may use; they have routes of their own."""

    class Meta:
        model = Skillset
        fields = (*OWNED_FIELDS, "blueprint", "visibility")


class AbilitySerializer(ResourceSerializer):
    """``name``, ``description`` and ``instruction`` are always answered, empty where nothing is set."""

    parameters = Schema(
        required=False, allow_null=True,
        help_text="A JSON schema of the arguments; null: a text for each {{argument}} of the instruction.",
    )  # fmt: skip

    class Meta:
        model = Ability
        fields = (
            "id", "name", "description", "instruction", "parameters", "pick", "writes", "meta", "blueprint", "secret_id", "file", "bot", "space_id",
            "created_at", "updated_at",
        )  # fmt: skip

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """What is set, and the three."""
        answer = {**dict.fromkeys(ALWAYS, ""), **super().to_representation(instance)}
        if not instance.writes:
            answer.pop("writes")
        return answer


class ExecuteSerializer(serializers.Serializer[Any]):
    """What an ability is given."""

    input = serializers.CharField(
        required=False, allow_null=True, allow_blank=True,
        help_text=f"The arguments as a JSON or YAML object, or a text. At most {INPUT_BYTES} bytes.",
    )  # fmt: skip
    contactId = serializers.CharField(  # noqa: N815 (wire names)
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="A contact of yours; the instruction has it as {{contactId}}.",
    )


class ExecuteUsageSerializer(serializers.Serializer[Any]):
    """What models counted."""

    token = serializers.IntegerField()


class ExecuteMessageSerializer(serializers.Serializer[Any]):
    """A message of a talk that took place."""

    type = serializers.ChoiceField(MESSAGE_TYPES)
    text = serializers.CharField()


class ExecutedSerializer(serializers.Serializer[Any]):
    """``result`` is a text or any JSON data; ``error`` is there instead where the ability failed."""

    usage = ExecuteUsageSerializer()
    result = serializers.JSONField(required=False)
    error = serializers.CharField(required=False)
    messages = ExecuteMessageSerializer(many=True, required=False)


class ExecutedLineSerializer(serializers.Serializer[Any]):
    """A line of the stream; ``data`` is the answer where ``type`` is result, a message, an error's ``{message}``, or nothing."""

    type = serializers.ChoiceField(["ping", "message", "error", "result"])
    data = serializers.DictField()  # type: ignore[assignment]  # a field of that name
    createdAt = serializers.IntegerField()  # noqa: N815
