"""Files on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from files.models import URL_CHARACTERS, File
from widgetplatform.api.fields import Text
from widgetplatform.api.serializers import OWNED_FIELDS, ResourceSerializer

READ_ONLY = ("size", "content_type", "filename")
ADDRESS = {"type": "string", "format": "uri", "pattern": "^https?:", "maxLength": URL_CHARACTERS}
UPLOAD = {
    "oneOf": [
        {"type": "string", "pattern": "^(https?|data):", "description": "Where it is, or a data URL."},
        {
            "type": "object",
            "description": "What will come: answered with where to put it.",
            "properties": {
                "type": {"type": "string"},
                "size": {"type": "integer", "minimum": 1},
                "name": {"type": "string"},
            },
            "required": ["type", "size"],
        },
    ]
}


@extend_schema_field(ADDRESS)
class Address(Text):
    """An address to fetch; the service says which are allowed."""


@extend_schema_field(UPLOAD)
class UploadField(serializers.JSONField):
    """An address, a data URL, or what will come."""


class FileSerializer(ResourceSerializer):
    """``size``, ``type`` and ``filename`` say what is stored; ``source`` is the address that a sync fetches."""

    source_url = Address(
        required=False, allow_null=True, allow_blank=True, max_length=URL_CHARACTERS, help_text="Where a sync fetches it from."
    )

    class Meta:
        model = File
        fields = (*OWNED_FIELDS, "blueprint", "visibility", *READ_ONLY, "source_url")
        read_only_fields = READ_ONLY
        wire_names = {"content_type": "type", "source_url": "source"}


class UploadSerializer(serializers.Serializer[Any]):
    """``file`` is an http, https or data URL, or ``{type, size, name?}`` to be told where to put the bytes."""

    file = UploadField()


class FormSerializer(serializers.Serializer[Any]):
    """A multipart form."""

    file = serializers.FileField()


class UploadRequestSerializer(serializers.Serializer[Any]):
    """Send the bytes with this method and these headers to this address, once."""

    method = serializers.CharField()
    url = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField())


class UploadedSerializer(serializers.Serializer[Any]):
    """``uploadRequest`` where the bytes come later."""

    id = serializers.CharField()
    uploadRequest = UploadRequestSerializer(required=False)  # noqa: N815 (a wire name)


class LinkSerializer(serializers.Serializer[Any]):
    """Where the content is, for a few minutes, without a token."""

    url = Text()
