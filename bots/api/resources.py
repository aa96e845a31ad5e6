"""The resources of the bots app; each operation calls one service."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from bots import blueprints, services
from bots.api.serializers import (
    SEARCH_TAKE,
    BlueprintSerializer,
    BotSerializer,
    ClonedBlueprintSerializer,
    DatasetSerializer,
    DeleteBlueprintSerializer,
    RecordSerializer,
    SearchResultSerializer,
    SearchSerializer,
)
from bots.copies import clone_bot
from bots.filters import Condition, matches, parse_filter
from bots.models import Dataset, DatasetRecord
from bots.retrieval.result import Passage
from bots.search import search
from widgetplatform.api.serializers import IdSerializer
from widgetplatform.api.views import ChildResource, Resource

SHARED = frozenset(("fetch", "clone"))


class BlueprintResource(Resource):
    """Groups of objects, and what their widgets inherit."""

    serializer_class = BlueprintSerializer
    lookup = "blueprint_id"
    shared_verbs = SHARED
    create_item = staticmethod(services.create_blueprint)
    update_item = staticmethod(services.update_blueprint)

    @extend_schema(request=None, responses=ClonedBlueprintSerializer)
    def clone(self, request: Request, **_: Any) -> Response:
        """POST …/clone: copies of the blueprint and of everything that belongs to it."""
        item = self.get_item()
        copy, resources = blueprints.clone_blueprint(item, request.user)
        return Response({"id": str(copy.pk), "resources": resources})

    @extend_schema(request=DeleteBlueprintSerializer, responses=IdSerializer)
    def delete(self, _request: Request, **_: Any) -> Response:
        """POST …/delete: its objects stay, unless ``deleteResources`` says that they go too."""
        item = self.get_item()
        asked = DeleteBlueprintSerializer(data=self.request.data)
        asked.is_valid(raise_exception=True)
        everything = bool(asked.validated_data.get("deleteResources"))
        pk = item.pk
        self._call(blueprints.delete_blueprint, item, everything=everything)
        return Response({"id": str(pk)})


class BotResource(Resource):
    """Who answers."""

    serializer_class = BotSerializer
    lookup = "bot_id"
    shared_verbs = SHARED
    create_item = staticmethod(services.create_bot)
    update_item = staticmethod(services.update_bot)
    delete_item = staticmethod(services.delete_bot)
    clone_item = staticmethod(clone_bot)


class DatasetResource(Resource):
    """Knowledge, and its search."""

    reads = {"search"}
    serializer_class = DatasetSerializer
    lookup = "dataset_id"
    shared_verbs = frozenset(("fetch", "search"))
    create_item = staticmethod(services.create_dataset)
    update_item = staticmethod(services.update_dataset)
    delete_item = staticmethod(services.delete_dataset)

    @extend_schema(request=SearchSerializer, responses=SearchResultSerializer)
    def search(self, request: Request, **_: Any) -> Response:
        """POST …/search: the records that fit best."""
        dataset = self.get_item()
        asked = SearchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        take = wanted.get("take") or dataset.search_max_records or SEARCH_TAKE
        conditions = _conditions(wanted.get("filter", {}))
        among = _matching(dataset, conditions) if conditions else None
        passages = search(dataset, wanted["search"], take, among=among).passages
        return Response({"id": str(dataset.pk), "records": _found(passages)})


class RecordResource(ChildResource):
    """The records of one dataset."""

    serializer_class = RecordSerializer
    lookup = "record_id"
    parent = Dataset
    parent_lookup = "dataset_id"
    parent_field = "dataset"
    create_item = staticmethod(services.create_record)
    update_item = staticmethod(services.update_record)
    delete_item = staticmethod(services.delete_record)

    def get_queryset(self) -> QuerySet[DatasetRecord]:
        """Records of the caller's dataset, without their vectors."""
        return super().get_queryset().defer("vectors")


def _conditions(conditions: dict[str, Any]) -> list[Condition]:
    try:
        return parse_filter(conditions)
    except ValueError as error:
        raise ValidationError({"filter": [str(error)]}) from None


def _matching(dataset: Dataset, conditions: list[Condition]) -> set[str]:
    metas = dataset.records.values_list("pk", "meta").iterator()
    return {str(pk) for pk, meta in metas if matches(meta, conditions)}


def _found(passages: tuple[Passage, ...]) -> list[dict[str, Any]]:
    found = DatasetRecord.objects.filter(pk__in=[passage.record_id for passage in passages])
    metas = {str(pk): meta for pk, meta in found.values_list("pk", "meta")}
    return [
        {
            "id": passage.record_id,
            "text": passage.text,
            **({"source": passage.url} if passage.url else {}),
            **({"meta": metas[passage.record_id]} if metas[passage.record_id] else {}),
            "score": passage.score,
        }
        for passage in passages
        if passage.record_id in metas  # else it was deleted at this moment
    ]
