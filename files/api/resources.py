"""The file resource; each operation calls one service."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ids import parse_id
from accounts.objects import Visibility
from files import services
from files.api.serializers import (
    FileSerializer,
    FormSerializer,
    LinkSerializer,
    UploadedSerializer,
    UploadSerializer,
)
from files.links import download_link, served
from files.models import File
from files.receiving import fetch_content, receive_upload
from files.uploads import adopt
from widgetplatform.api.errors import ApiError
from widgetplatform.api.permissions import HasScope
from widgetplatform.api.serializers import ErrorSerializer, IdSerializer
from widgetplatform.api.views import Resource

ANYTHING = "*/*"
NAME = OpenApiParameter("name", str, description="What the file is called, where the bytes are the body.")
JSON = "application/json"
NOT_FETCHED = OpenApiResponse(ErrorSerializer, "The address does not give a file.")


class PublicOrScope(HasScope):
    """Without a token the view decides; with one it must be good for reading."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the view may run."""
        return request.auth is None or super().has_permission(request, view)


class FileResource(Resource):
    """Files and their content."""

    serializer_class = FileSerializer
    lookup = "file_id"
    create_item = staticmethod(services.create_file)
    update_item = staticmethod(services.update_file)
    delete_item = staticmethod(services.delete_file)
    shared_verbs = frozenset({"download"})

    def get_queryset(self) -> QuerySet[File]:
        """Without their text, which may be long."""
        return super().get_queryset().defer("text")

    def get_item(self, lock: bool = False) -> File:
        """The object that the URL names; an upload that has arrived meanwhile is its content."""
        file: File = super().get_item(lock)
        if not lock and self.action in ("fetch", "download", "sync"):
            adopt(file)
        return file

    @extend_schema(
        request={JSON: UploadSerializer, "multipart/form-data": FormSerializer, ANYTHING: OpenApiTypes.BINARY},
        parameters=[NAME],
        responses={200: UploadedSerializer, 422: NOT_FETCHED},
    )
    def upload(self, request: Request, **_: Any) -> Response:
        """POST …/upload: JSON with an address or an announcement, a form, or the bytes themselves (``?name=``)."""
        return Response(receive_upload(request._request, self.get_item()))

    @extend_schema(
        auth=[{"bearer": []}, {}],  # type: ignore[list-item]  # it goes into the description as it is
        responses={("200", JSON): LinkSerializer, ("200", ANYTHING): OpenApiTypes.BINARY, "204": None},
    )
    def download(self, request: Request, **_: Any) -> HttpResponseBase:
        """GET …/download: ``{url}`` for a few minutes, or the content where ``Accept`` prefers something else than JSON."""
        file = self.get_item() if request.user else self._public()
        if not file.key:
            return Response(status=204)
        if _wants_content(request._request):
            return served(request._request, file)
        return Response({"url": download_link(request._request, file)})

    @extend_schema(request=None, responses={200: IdSerializer, 422: NOT_FETCHED})
    def sync(self, _request: Request, **_: Any) -> Response:
        """POST …/sync: fetch the source again; what was stored stays where that fails."""
        file = self.get_item()
        if not file.source_url:
            raise ApiError(409, "source: this file was not made from an address")
        fetch_content(file, file.source_url)
        return Response({"id": str(file.pk)})

    def _public(self) -> File:
        pk = parse_id(self.kwargs[self.lookup])
        file = File.objects.filter(pk=pk, visibility=Visibility.PUBLIC).defer("text").first() if pk else None
        if file is None:  # missing and not public are the same
            raise NotAuthenticated
        adopt(file)
        return file


def _wants_content(request: HttpRequest) -> bool:
    """Whether the first choice of ``Accept`` is neither JSON nor anything at all."""
    first = next(iter(request.accepted_types), None)
    return first is not None and bool(first.sub_type) and not first.match(JSON)
