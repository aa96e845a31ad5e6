"""The serializer every resource builds on: camelCase, null and absent as the contract says (contract/README)."""

from typing import Any

from django.db import models
from django.utils.functional import cached_property
from rest_framework import serializers

from widgetplatform.api.fields import Choice, Flag, Meta, Moment, Number, Reference, Text, Whole
from widgetplatform.api.names import camel

OWNED_FIELDS = ("id", "alias", "name", "description", "meta", "created_at", "updated_at")
EMPTY: tuple[Any, ...] = ("", {}, [])


class ResourceSerializer(serializers.ModelSerializer[Any]):
    """List the model's field names in ``Meta.fields``, in snake_case, foreign keys by their names (``dataset`` becomes ``datasetId``).

    Reading omits what is not set. Writing: absent is unchanged, null is the model's default ("not set").
    ``Meta.wire_names`` has names on the wire that differ otherwise. ``validated_data`` has the model's field names.
    """

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Text,
        models.TextField: Text,
        models.BooleanField: Flag,
        models.IntegerField: Whole,
        models.FloatField: Number,
        models.DateTimeField: Moment,
    }
    serializer_choice_field = Choice

    class Meta:
        fields: tuple[str, ...] = OWNED_FIELDS

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The fields by their names on the wire."""
        given = getattr(self.Meta, "wire_names", {})
        return dict(_renamed(name, field, given.get(name)) for name, field in super().get_fields().items())

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[Any, dict[str, Any]]:
        """Null is "not set" for everything that may be left out."""
        if field_name == "meta":
            return Meta, {"required": False, "allow_null": True}
        field_class, options = super().build_standard_field(field_name, model_field)
        options.pop("style", None)
        if field_name == "name":
            options.pop("max_length", None)  # the model's validator counts bytes
        if not options.get("read_only"):
            options["allow_null"] = not options.get(
                "required", not (model_field.has_default() or model_field.blank or model_field.null)
            )
        return field_class, options

    def build_relational_field(self, _field_name: str, relation_info: Any) -> tuple[Any, dict[str, Any]]:
        """A reference by id, within the caller's own objects."""
        model_field = relation_info.model_field
        return Reference, {
            "model": relation_info.related_model,
            "required": not model_field.null,
            "allow_null": model_field.null,
        }

    def get_unique_together_validators(self) -> list[Any]:
        """None: constraints belong to the services, which know the owner."""
        return []

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Nulls of columns that cannot hold them become the default."""
        values = super().to_internal_value(data)
        for name, value in values.items():
            if value is None and not (column := self.Meta.model._meta.get_field(name)).null:
                values[name] = column.get_default()
        return values

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """What is set. An empty text is set only where the column can also be null."""
        answer = super().to_representation(instance)
        return {
            key: value
            for key, value in answer.items()
            if value is not None and (value not in EMPTY or key in self._emptiable)
        }

    @cached_property
    def _emptiable(self) -> frozenset[str]:
        """Names on the wire of columns where an empty value is a value, because null says "not set"."""
        nullable = {column.name for column in self.Meta.model._meta.fields if column.null}
        return frozenset(key for key, field in self.fields.items() if field.source in nullable)


class IdSerializer(serializers.Serializer[Any]):
    """What every mutation answers."""

    id = serializers.CharField()


class ErrorSerializer(serializers.Serializer[Any]):
    """What every error answers."""

    message = serializers.CharField(help_text="Which field, and what is allowed.")
    code = serializers.CharField()


def _renamed(name: str, field: Any, given: str | None) -> tuple[str, Any]:
    wire = given or camel(name) + ("Id" if isinstance(field, Reference) else "")
    if wire != name and field.source is None:
        field.source = field._kwargs["source"] = name
    return wire, field
