"""The resources of the bots app; each operation calls one service."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from bots import services
from bots.api.serializers import (
    BlueprintSerializer,
    BotSerializer,
    DatasetSerializer,
    RecordSerializer,
    SearchResultSerializer,
    SearchSerializer,
)
from bots.filters import Condition, matches, parse_filter
from bots.models import Dataset, DatasetRecord
from bots.retrieval.result import Passage
from bots.search import search
from widgetplatform.api.lookup import find_or_404, owned
from widgetplatform.api.views import Resource


class BlueprintResource(Resource):
    """Groups of objects, and what their widgets inherit."""

    serializer_class = BlueprintSerializer
    lookup = "blueprint_id"
    create_item = staticmethod(services.create_blueprint)
    update_item = staticmethod(services.update_blueprint)
    delete_item = staticmethod(services.delete_blueprint)


class BotResource(Resource):
    """Who answers."""

    serializer_class = BotSerializer
    lookup = "bot_id"
    create_item = staticmethod(services.create_bot)
    update_item = staticmethod(services.update_bot)
    delete_item = staticmethod(services.delete_bot)


class DatasetResource(Resource):
    """Knowledge, and its search."""

    serializer_class = DatasetSerializer
    lookup = "dataset_id"
    create_item = staticmethod(services.create_dataset)
    update_item = staticmethod(services.update_dataset)
    delete_item = staticmethod(services.delete_dataset)

    @extend_schema(request=SearchSerializer, responses=SearchResultSerializer)
    def search(self, request: Request, **_: Any) -> Response:
        """POST …/search: the records that fit best."""
        dataset = self.get_item()
        asked = SearchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted, take = asked.validated_data, asked.validated_data["take"]
        conditions = _conditions(wanted.get("filter", {}))
        # A filter cuts the ranking down, so everything is ranked first.
        passages = search(dataset, wanted["search"], dataset.records.count() if conditions else take).passages
        return Response({"id": str(dataset.pk), "records": _found(passages, conditions)[:take]})


class RecordResource(Resource):
    """The records of one dataset."""

    serializer_class = RecordSerializer
    lookup = "record_id"
    update_item = staticmethod(services.update_record)
    delete_item = staticmethod(services.delete_record)

    def get_queryset(self) -> QuerySet[DatasetRecord]:
        """Records of the caller's dataset, without their vectors."""
        return DatasetRecord.objects.filter(dataset=self._dataset()).defer("vectors")

    def filter_list(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A list of records has no filters."""
        return queryset

    def perform_create(self, fields: dict[str, Any]) -> DatasetRecord:
        """Into the dataset that the route names."""
        return services.create_record(self._dataset(), **fields)

    def _dataset(self) -> Dataset:
        return find_or_404(owned(Dataset, self.request.user), self.kwargs["dataset_id"])


def _conditions(conditions: dict[str, Any]) -> list[Condition]:
    try:
        return parse_filter(conditions)
    except ValueError as error:
        raise ValidationError({"filter": [str(error)]}) from None


def _found(passages: tuple[Passage, ...], conditions: list[Condition]) -> list[dict[str, Any]]:
    metas = dict(
        DatasetRecord.objects.filter(pk__in=[passage.record_id for passage in passages]).values_list(
            "pk", "meta"
        )
    )
    by_id = {str(pk): meta for pk, meta in metas.items()}
    return [
        {
            "id": passage.record_id,
            "text": passage.text,
            **({"source": passage.url} if passage.url else {}),
            **({"meta": meta} if meta else {}),
            "score": passage.score,
        }
        for passage in passages
        if (meta := by_id.get(passage.record_id)) is not None and matches(meta, conditions)
    ]
