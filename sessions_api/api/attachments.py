"""Files of a conversation: list and upload, for its operator and, where the widget takes files, for its visitor."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from files.api.serializers import FormSerializer, UploadRequestSerializer, UploadSerializer
from files.links import download_link
from files.receiving import areceive_upload
from sessions_api import attachments
from sessions_api.api.caller import Caller, caller_of
from sessions_api.api.plain import api_view
from sessions_api.models import Attachment
from sessions_api.threads import in_thread
from sessions_api.wire import ms
from widgetplatform.api.described import described
from widgetplatform.api.errors import ApiError
from widgetplatform.api.lists import Page, page_of
from widgetplatform.api.names import camel
from widgetplatform.api.schema import PAGE_PARAMETERS


class AttachmentOutput(serializers.Serializer[None]):
    """An attachment; ``type``, ``size`` and ``url`` once its content is here. The address works for a few minutes."""

    id = serializers.CharField()
    name = serializers.CharField(required=False)
    description = serializers.CharField(required=False)
    meta = serializers.DictField(required=False)
    createdAt = serializers.IntegerField()  # noqa: N815 (wire names)
    updatedAt = serializers.IntegerField()  # noqa: N815
    type = serializers.CharField(required=False)
    size = serializers.IntegerField(required=False)
    url = serializers.CharField(required=False)


class AttachmentPage(serializers.Serializer[None]):
    """A page of attachments."""

    items = AttachmentOutput(many=True)
    cursor = serializers.CharField(required=False)


class AttachedOutput(serializers.Serializer[None]):
    """``uploadRequest`` where the bytes come later."""

    id = serializers.CharField()
    name = serializers.CharField(required=False)
    uploadRequest = UploadRequestSerializer(required=False)  # noqa: N815


@described("GET", responses=AttachmentPage, parameters=PAGE_PARAMETERS)
@api_view("GET")
async def attachment_list(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """The files of a conversation, each with an address that gives its content for a few minutes without a token."""
    caller = await caller_of(request, conversation_id)
    return JsonResponse(await in_thread(_page)(request, caller, page_of(request.GET)))


@described(
    "POST",
    request={
        "application/json": UploadSerializer,
        "multipart/form-data": FormSerializer,
        "*/*": OpenApiTypes.BINARY,
    },
    responses=AttachedOutput,
)
@api_view("POST")
async def attachment_upload(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """Add a file: JSON with an address or an announcement, a form, or the bytes themselves (``?name=``). Visitors may do so
    where the widget's ``attachments`` is on."""
    caller = await caller_of(request, conversation_id)
    allow(caller, "attachments", "this widget takes no files")
    row = await in_thread(attachments.new_attachment)(caller.access.conversation_id)
    try:
        answer = await areceive_upload(request, row)
    except BaseException:
        await in_thread(attachments.discard)(row)
        raise
    name = attachments.shown_name(row)
    return JsonResponse({**answer, "name": name} if name else answer)


def allow(caller: Caller, feature: str, refusal: str) -> None:
    """Operators may; a visitor where the token has the feature and the widget has it still (403)."""
    if not caller.operator and feature not in caller.access.features:
        raise ApiError(403, f"{camel(feature)}: {refusal}")


def _page(request: HttpRequest, caller: Caller, page: Page) -> dict[str, Any]:
    items = page.of(attachments.attachments_of(caller.access.conversation_id, caller.operator))
    attachments.settle(items)
    answer: dict[str, Any] = {"items": [_item(request, item) for item in items]}
    return {**answer, "cursor": str(items[-1].pk)} if items else answer


def _item(request: HttpRequest, item: Attachment) -> dict[str, Any]:
    optional = {
        "name": attachments.shown_name(item),
        "description": item.description,
        "meta": item.meta,
        "type": item.content_type,
        "size": item.size,
        "url": download_link(request, item) if item.key else None,
    }
    always = {"id": str(item.pk), "createdAt": ms(item.created_at), "updatedAt": ms(item.updated_at)}
    return {**always, **{name: value for name, value in optional.items() if value}}
