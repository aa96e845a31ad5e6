"""Serializer fields that take exactly one JSON type and say which."""

import math
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Model
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.names import validate_meta
from widgetplatform.api.lookup import find, owned


class Text(serializers.CharField):
    """A text as it was sent: neither trimmed nor made from numbers."""

    default_error_messages = {
        "invalid": "must be a text",
        "null": "must be a text",
        "blank": "must not be empty",
        "required": "is required",
        "max_length": "must have at most {max_length} characters",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        """Only ``str``."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false; neither 1 nor "true"."""

    default_error_messages = {
        "invalid": "must be true or false",
        "null": "must be true or false",
        "required": "is required",
    }
    NULL_VALUES: set[Any] = {None}

    def to_internal_value(self, data: Any) -> bool:
        """Only ``bool``."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Whole(serializers.IntegerField):
    """A whole number; 5.0 is one, "5" and true are not."""

    default_error_messages = {
        "invalid": "must be a whole number",
        "null": "must be a whole number",
        "required": "is required",
        "max_value": "must be at most {max_value}",
        "min_value": "must be at least {min_value}",
    }

    def to_internal_value(self, data: Any) -> int:
        """Numbers without a fraction."""
        if (
            isinstance(data, bool)
            or not isinstance(data, (int, float))
            or (isinstance(data, float) and not data.is_integer())
        ):
            self.fail("invalid")
        return int(data)


class Number(serializers.FloatField):
    """A number that is finite; "0.5" and true are none."""

    default_error_messages = {
        "invalid": "must be a number",
        "null": "must be a number",
        "required": "is required",
        "max_value": "must be at most {max_value}",
        "min_value": "must be at least {min_value}",
    }

    def to_internal_value(self, data: Any) -> float:
        """Only numbers of JSON."""
        try:
            number = float(data) if isinstance(data, (int, float)) and not isinstance(data, bool) else math.nan
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.fail("invalid")
        return number


class Choice(serializers.ChoiceField):
    """One of a few texts; the refusal names them. An empty text is "not set" where null is allowed."""

    default_error_messages = {"null": "must not be null", "required": "is required"}

    def to_internal_value(self, data: Any) -> Any:
        """Only ``str``."""
        if data == "" and self.allow_null:
            return None
        if not isinstance(data, str) or data not in self.choices:
            *others, last = map(str, self.choices)
            raise serializers.ValidationError(f"must be {', '.join(others)}{' or ' if others else ''}{last}")
        return data


@extend_schema_field(OpenApiTypes.INT64)
class Moment(serializers.DateTimeField):
    """A time, as milliseconds since 1970."""

    default_error_messages = {
        "invalid": "must be a time in milliseconds",
        "null": "must be a time in milliseconds",
        "required": "is required",
    }

    def to_representation(self, value: datetime) -> int:  # type: ignore[override]  # the stubs know texts only
        """Whole milliseconds."""
        return math.floor(value.timestamp() * 1000)

    def to_internal_value(self, data: Any) -> datetime:
        """Milliseconds in, an aware time out."""
        try:
            if isinstance(data, bool) or not isinstance(data, (int, float)):
                raise ValueError
            return datetime.fromtimestamp(data / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            self.fail("invalid")


@extend_schema_field(OpenApiTypes.OBJECT)
class Meta(serializers.Field):
    """The operator's own data: an object. Values that are null say that their key goes; ``merge_meta`` does it."""

    default_error_messages = {"null": "must be an object", "required": "is required"}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Checked here, so that a bad value is named before anything is merged."""
        try:
            validate_meta(data)
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages) from None
        return data

    def to_representation(self, value: Any) -> Any:
        """As stored."""
        return value


@extend_schema_field(OpenApiTypes.STR)
class Reference(serializers.Field):
    """The id of another object of the same owner; an alias is taken too. Foreign and missing are the same refusal."""

    default_error_messages = {
        "invalid": "must be an id",
        "missing": "no such {kind}",
        "null": "must be an id",
        "required": "is required",
    }

    def __init__(self, model: type[Model], **options: Any) -> None:
        self.model = model
        super().__init__(**options)

    def get_attribute(self, instance: Any) -> Any:
        """The id alone: the other row need not be loaded."""
        return getattr(instance, f"{self.source}_id")

    def to_representation(self, value: Any) -> str:
        """An id is an opaque string."""
        return str(value)

    def to_internal_value(self, data: Any) -> Any:
        """The object itself, for the services."""
        if not isinstance(data, str):
            self.fail("invalid")
        item = find(owned(self.model, self.context["request"].user), data)
        if item is None:
            self.fail("missing", kind=self.model._meta.verbose_name)
        return item


def merge_meta(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """``new`` over ``old`` one level deep; a null value removes its key."""
    return {key: value for key, value in {**old, **new}.items() if value is not None}
