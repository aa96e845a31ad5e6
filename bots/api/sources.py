"""The sources of a dataset; each operation calls one domain function."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from bots import sources
from bots.api.source_serializers import SourceDetailSerializer, SourceSerializer
from bots.models import Dataset, DatasetSource
from widgetplatform.api.serializers import IdSerializer
from widgetplatform.api.views import ChildResource


class SourceResource(ChildResource):
    """Pages and sitemaps whose text is records of a dataset."""

    serializer_class = SourceSerializer
    lookup = "source_id"
    parent = Dataset
    parent_lookup = "dataset_id"
    parent_field = "dataset"
    create_item = staticmethod(sources.create_source)
    delete_item = staticmethod(sources.delete_source)

    def get_queryset(self) -> QuerySet[DatasetSource]:
        """Those of the caller's dataset, with how far they are."""
        return sources.with_progress(super().get_queryset())

    def perform_create(self, fields: dict[str, Any]) -> Any:
        """Null as a kind is none."""
        sent: Any = self.request.data
        return super().perform_create({**fields, "kind": sent.get("kind") or None})

    @extend_schema(responses=SourceDetailSerializer)
    def fetch(self, _request: Request, **_: Any) -> Response:
        """GET …/fetch: how far it is, and which pages gave no records."""
        source = self.get_item()
        source.problems = sources.problems(source)
        return Response(SourceDetailSerializer(source, context={"request": self.request}).data)

    @extend_schema(request=None, responses=IdSerializer)
    def sync(self, _request: Request, **_: Any) -> Response:
        """POST …/sync: its pages are read again in the background."""
        source = self.get_item()
        sources.sync_source(source)
        return Response({"id": str(source.pk)})
