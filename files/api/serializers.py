"""Files on the wire."""

from typing import Any

from rest_framework import serializers

from files.models import File
from widgetplatform.api.fields import Text
from widgetplatform.api.serializers import OWNED_FIELDS, ResourceSerializer

READ_ONLY = ("size", "content_type", "filename")


class FileSerializer(ResourceSerializer):
    """``size``, ``type`` and ``filename`` say what is stored; ``source`` is the address that a sync fetches."""

    class Meta:
        model = File
        fields = (*OWNED_FIELDS, "blueprint", "visibility", *READ_ONLY, "source_url")
        read_only_fields = READ_ONLY
        wire_names = {"content_type": "type", "source_url": "source"}


class UploadSerializer(serializers.Serializer[Any]):
    """``file`` is an http, https or data URL, or ``{type, size, name?}`` to be told where to put the bytes."""

    file = serializers.JSONField()


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
