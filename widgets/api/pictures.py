"""``integration/widget/<id>/file/<id>/attach`` and ``detach``: the pictures of a widget."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from files.models import File
from files.uploads import adopt
from widgetplatform.api.fields import Choice
from widgetplatform.api.lookup import find_or_404, owned
from widgets import services
from widgets.api.resources import WidgetResource
from widgets.models import WidgetFile, WidgetIntegration


class AttachPictureSerializer(serializers.Serializer[Any]):
    """Where the picture belongs."""

    type = Choice(choices=WidgetFile.Type.values)


class DetachPictureSerializer(serializers.Serializer[Any]):
    """Which picture goes; without it every one that the file is."""

    type = Choice(choices=WidgetFile.Type.values, required=False, allow_null=True)


class AttachedPictureSerializer(serializers.Serializer[Any]):
    """The file, and where it belongs or belonged."""

    id = serializers.CharField()
    type = serializers.ChoiceField(choices=WidgetFile.Type.values)
    widgetIntegrationId = serializers.CharField()  # noqa: N815 (wire names)


class PictureResource(WidgetResource):
    """Files of the caller as pictures of the caller's widgets."""

    @extend_schema(request=AttachPictureSerializer, responses=AttachedPictureSerializer)
    def attach(self, request: Request, **_: Any) -> Response:
        """POST …/attach: an image of yours becomes the widget's picture of that type; another of that type gives way."""
        widget, file = self.get_item(), self._file()
        asked = AttachPictureSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        adopt(file)  # it may have come to the storage by a link meanwhile
        link = self._call(services.attach_file, widget, file, asked.validated_data["type"])
        return _answer(widget, file, link.type)

    @extend_schema(request=DetachPictureSerializer, responses=AttachedPictureSerializer)
    def detach(self, request: Request, **_: Any) -> Response:
        """POST …/detach: the widget goes without it again; 404 where it is none of its pictures."""
        widget, file = self.get_item(), self._file()
        asked = DetachPictureSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        gone = services.detach_file(widget, file, asked.validated_data.get("type"))
        if not gone:
            raise Http404("This file is not attached to the widget")
        return _answer(widget, file, gone[0])

    def _file(self) -> File:
        return find_or_404(owned(File, self.request.user), self.kwargs["file_id"])


def _answer(widget: WidgetIntegration, file: File, kind: str) -> Response:
    return Response({"id": str(file.pk), "type": kind, "widgetIntegrationId": str(widget.pk)})
