"""The files of a dataset; each operation calls one domain function."""

from typing import Any

from django.db.models import F, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from bots import dataset_files
from bots.api.serializers import AttachSerializer, DatasetFileSerializer, DetachSerializer
from bots.models import Dataset, DatasetFile
from files.models import File
from widgetplatform.api.lookup import find_or_404, owned
from widgetplatform.api.serializers import IdSerializer
from widgetplatform.api.views import ChildResource, Resource


class DatasetFileResource(ChildResource):
    """The files whose text is records of a dataset; ids are the files' own."""

    serializer_class = DatasetFileSerializer
    lookup = "file_id"
    parent = Dataset
    parent_lookup = "dataset_id"
    filter_list = Resource.filter_list

    def get_queryset(self) -> QuerySet[File]:
        """The caller's files that are attached to the caller's dataset, and how far they are."""
        attached = owned(File, self.request.user).filter(dataset_links__dataset=self.get_parent())
        return attached.annotate(
            state=F("dataset_links__state"),
            error=F("dataset_links__error"),
            synced_at=F("dataset_links__synced_at"),
        )

    @extend_schema(request=AttachSerializer, responses=IdSerializer)
    def attach(self, request: Request, **_: Any) -> Response:
        """POST …/attach: the file's text becomes records in the background. Once more changes nothing."""
        dataset = self.get_parent()
        file = find_or_404(owned(File, request.user), self.kwargs[self.lookup])
        AttachSerializer(data=request.data).is_valid(raise_exception=True)
        dataset_files.attach(dataset, file)
        return Response({"id": str(file.pk)})

    @extend_schema(request=DetachSerializer, responses=IdSerializer)
    def detach(self, request: Request, **_: Any) -> Response:
        """POST …/detach: the file stays, and with it its records, unless ``deleteRecords`` is true."""
        link = self._link()
        asked = DetachSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        dataset_files.detach(link, delete_records=bool(asked.validated_data.get("deleteRecords")))
        return Response({"id": str(link.file_id)})

    @extend_schema(request=None, responses=IdSerializer)
    def sync(self, _request: Request, **_: Any) -> Response:
        """POST …/sync: the records are made again from the file as it is now, in the background."""
        link = self._link()
        dataset_files.request_sync(link)
        return Response({"id": str(link.file_id)})

    def _link(self) -> DatasetFile:
        return DatasetFile.objects.get(dataset=self.get_parent(), file=self.get_item())
