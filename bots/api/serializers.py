"""Blueprints, bots, datasets and records on the wire."""

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bots.models import TITLE_CHARACTERS, Blueprint, Bot, Dataset, DatasetRecord
from bots.retrieval.vectors import MAX_TITLES
from widgetplatform.api.fields import Text, Whole
from widgetplatform.api.serializers import OWNED_FIELDS, ResourceSerializer

SEARCH_TAKE = 5
SEARCH_TAKE_MAX = 20
STORE = "embedded"


@extend_schema_field(OpenApiTypes.OBJECT)
class WidgetDefaults(serializers.JSONField):
    """Widget settings by their API names; the service knows what is allowed in it."""


class BlueprintSerializer(ResourceSerializer):
    """``widgetDefaults`` is replaced as a whole."""

    widget_defaults = WidgetDefaults(
        required=False, allow_null=True, help_text="Widget settings that this blueprint's widgets inherit."
    )

    class Meta:
        model = Blueprint
        fields = (*OWNED_FIELDS, "widget_defaults")


class BotSerializer(ResourceSerializer):
    """``model`` is ``knowledge`` where none is given."""

    class Meta:
        model = Bot
        fields = (*OWNED_FIELDS, "blueprint", "model", "backstory", "dataset")


class DatasetSerializer(ResourceSerializer):
    """``store`` says where the vectors are kept: with the records."""

    store = serializers.SerializerMethodField(help_text="Where the vectors are kept.")

    class Meta:
        model = Dataset
        fields = (*OWNED_FIELDS, "blueprint", "store")

    def get_store(self, _dataset: Dataset) -> str:
        """Always the embedded one."""
        return STORE


class RecordSerializer(ResourceSerializer):
    """``source`` is the address where a visitor can read the record in full."""

    alternatives = serializers.ListField(
        child=Text(max_length=TITLE_CHARACTERS),
        max_length=MAX_TITLES - 2,
        required=False,
        allow_null=True,
        error_messages={
            "not_a_list": "must be a list of texts",
            "max_length": "must have at most {max_length} texts",
        },
        help_text="Other ways to ask for it.",
    )

    class Meta:
        model = DatasetRecord
        fields = ("id", "title", "text", "url", "alternatives", "meta", "created_at", "updated_at")
        wire_names = {"url": "source"}


class SearchSerializer(serializers.Serializer[Any]):
    """What to search for. ``filter`` compares the records' meta: ``{"lang": "de", "year": {"$gte": 2020}}``."""

    search = Text(max_length=settings.MESSAGE_BYTES)
    filter = serializers.DictField(required=False, error_messages={"not_a_dict": "must be an object"})
    take = Whole(required=False, default=SEARCH_TAKE, min_value=1, max_value=SEARCH_TAKE_MAX)


class FoundRecordSerializer(serializers.Serializer[Any]):
    """A record as found; scores of one search compare with each other only."""

    id = serializers.CharField()
    text = serializers.CharField()
    source = serializers.CharField(required=False)  # type: ignore[assignment]  # a field of that name
    meta = serializers.DictField(required=False)
    score = serializers.FloatField()


class SearchResultSerializer(serializers.Serializer[Any]):
    """Best first."""

    id = serializers.CharField()
    records = FoundRecordSerializer(many=True)
