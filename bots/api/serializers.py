"""Blueprints, bots, datasets and records on the wire."""

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import SkipField, empty

from bots.models import TITLE_CHARACTERS, Blueprint, Bot, Dataset, DatasetRecord
from bots.retrieval.vectors import MAX_TITLES
from files.models import File
from widgetplatform.api.fields import Choice, Flag, Moment, Text, Whole
from widgetplatform.api.serializers import OWNED_FIELDS, IdSerializer, ResourceSerializer

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
        fields = (*OWNED_FIELDS, "visibility", "widget_defaults")


class BotSerializer(ResourceSerializer):
    """``model`` is ``knowledge`` where none is given; any well-formed name is kept, and answers once its engine is here."""

    class Meta:
        model = Bot
        fields = (
            *OWNED_FIELDS,
            "blueprint",
            "model",
            "backstory",
            "dataset",
            "skillset",
            "privacy",
            "moderation",
            "moderation_words",
            "visibility",
        )


class Store(Text):
    """Where the vectors are kept: always here, whatever is wanted."""

    def get_attribute(self, _dataset: Any) -> str:
        """The one that there is."""
        return STORE

    def run_validation(self, data: Any = empty) -> Any:
        """A text, as in every field; it goes no further."""
        super().run_validation(data)
        raise SkipField


class DatasetSerializer(ResourceSerializer):
    """``store`` says where the vectors are kept: with the records. One that is sent is ignored."""

    store = Store(required=False, allow_null=True, allow_blank=True, help_text="Where the vectors are kept.")

    class Meta:
        model = Dataset
        fields = (
            *OWNED_FIELDS,
            "blueprint",
            "store",
            "reranker",
            "record_max_tokens",
            "search_min_score",
            "search_max_records",
            "search_max_tokens",
            "match_instruction",
            "mismatch_instruction",
            "separators",
            "visibility",
        )


class RecordSerializer(ResourceSerializer):
    """``source`` is the address where a visitor can read the record in full, ``fileId`` the file whose text it is."""

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
        fields = ("id", "title", "text", "url", "alternatives", "meta", "file", "created_at", "updated_at")
        read_only_fields = ("file",)
        wire_names = {"url": "source"}


class SearchSerializer(serializers.Serializer[Any]):
    """What to search for. ``filter`` compares the records' meta: ``{"lang": "de", "year": {"$gte": 2020}}``."""

    search = Text(max_length=settings.MESSAGE_BYTES)
    filter = serializers.DictField(required=False, error_messages={"not_a_dict": "must be an object"})
    take = Whole(
        required=False,
        min_value=1,
        max_value=SEARCH_TAKE_MAX,
        help_text=f"How many. Without it the dataset's searchMaxRecords, else {SEARCH_TAKE}.",
    )


class FoundRecordSerializer(serializers.Serializer[Any]):
    """A record as found; ``score`` is 0 to 1."""

    id = serializers.CharField()
    text = serializers.CharField()
    source = serializers.CharField(required=False)  # type: ignore[assignment]  # a field of that name
    meta = serializers.DictField(required=False)
    score = serializers.FloatField()


class SearchResultSerializer(serializers.Serializer[Any]):
    """Best first."""

    id = serializers.CharField()
    records = FoundRecordSerializer(many=True)


class DatasetFileSerializer(ResourceSerializer):
    """A file of a dataset. ``state`` is pending, ready or failed; ``error`` says why it failed, or what of it was left out."""

    state = serializers.CharField(read_only=True)
    error = serializers.CharField(required=False)
    synced_at = Moment(required=False)

    class Meta:
        model = File
        fields = (*OWNED_FIELDS, "blueprint", "visibility", "state", "error", "synced_at")


class AttachSerializer(serializers.Serializer[Any]):
    """How a file belongs to a dataset: its text is the source of records."""

    type = Choice(choices=["source"], required=False, allow_null=True)


class DetachSerializer(serializers.Serializer[Any]):
    """What becomes of the file's records. Without it they stay, as records like any other."""

    deleteRecords = Flag(required=False, allow_null=True)  # noqa: N815 (wire names)


class DeleteBlueprintSerializer(serializers.Serializer[Any]):
    """Whether everything that belongs to the blueprint goes too."""

    deleteResources = Flag(required=False, allow_null=True)  # noqa: N815 (wire names)


class ClonedBlueprintSerializer(IdSerializer):
    """``resources`` has the new id of every object that was copied, by its old id."""

    resources = serializers.DictField(child=serializers.CharField())
