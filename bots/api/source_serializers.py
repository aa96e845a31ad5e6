"""Sources of datasets on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bots import sources
from bots.models import DatasetSource, SourcePage
from widgetplatform.api.serializers import ResourceSerializer


class PageCountsSerializer(serializers.Serializer[Any]):
    """How many pages are in each state."""

    pending = serializers.IntegerField()
    ready = serializers.IntegerField()
    skipped = serializers.IntegerField()
    failed = serializers.IntegerField()


class PageProblemSerializer(serializers.Serializer[Any]):
    """A page that gave no records, and why."""

    url = serializers.CharField()
    state = serializers.ChoiceField(choices=[SourcePage.State.SKIPPED.value, SourcePage.State.FAILED.value])
    error = serializers.CharField()


class SourceSerializer(ResourceSerializer):
    """A page or a sitemap. ``state`` is pending, running, ready or failed; ``error`` says why, or what was left out.

    Without ``kind`` the address says what it is.
    """

    pages = serializers.SerializerMethodField()

    class Meta:
        model = DatasetSource
        fields = ("id", "url", "kind", "state", "error", "pages", "synced_at", "created_at")

    @extend_schema_field(PageCountsSerializer)
    def get_pages(self, source: Any) -> dict[str, int]:
        """The counts that the list was made with."""
        return {state: getattr(source, f"pages_{state}") for state in sources.STATES}


class SourceDetailSerializer(SourceSerializer):
    """With ``problems``: the first 50 pages that gave no records, failed ones first."""

    problems = PageProblemSerializer(many=True, required=False)

    class Meta:
        model = DatasetSource
        fields = (*SourceSerializer.Meta.fields, "problems")
