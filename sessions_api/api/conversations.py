"""Conversations: an operator makes, lists and changes them; a visitor's token reaches its own."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from bots.models import Bot
from sessions_api import conversations
from sessions_api.api.caller import Caller, caller_of
from sessions_api.api.conversation_serializers import (
    ConversationSerializer,
    NewConversationOutput,
    NewConversationSerializer,
    read_seeds,
)
from sessions_api.api.narrowing import Narrowing
from sessions_api.api.plain import api_view, body_of
from sessions_api.api.shapes import message_item
from sessions_api.deletion import delete_conversation
from sessions_api.models import Contact, Conversation
from sessions_api.threads import in_thread
from sessions_api.transcript import FORMATS, transcript
from sessions_api.wire import ms
from widgetplatform.api.described import described
from widgetplatform.api.errors import ApiError
from widgetplatform.api.fields import merge_meta
from widgetplatform.api.serializers import IdSerializer
from widgetplatform.api.streams import streaming
from widgetplatform.api.views import Resource
from widgets.config import aeffective_of
from widgets.models import WidgetIntegration

NARROWING = Narrowing({"botId": ("bot", Bot), "contactId": ("contact", Contact), "widgetId": ("widget", WidgetIntegration)})
LIST = extend_schema(parameters=NARROWING.parameters)


@extend_schema_view(list=LIST)
class ConversationResource(Resource):
    """What only operators do with conversations."""

    serializer_class = ConversationSerializer
    lookup = "conversation_id"
    update_item = staticmethod(conversations.update_conversation)

    def filter_list(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By meta, bot, contact and widget."""
        return super().filter_list(NARROWING.of(queryset, self.request.user, self.request.query_params))

    @LIST
    def export(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """GET conversation/export: what the list answers, in every form that it has."""
        return super().export(request, **kwargs)

    @extend_schema(request=NewConversationSerializer, responses=NewConversationOutput)
    def create(self, _request: Request, **_: Any) -> Response:
        """POST conversation/create: ``{id, messages}``. The messages are stored as they are; ``receive`` or ``complete`` answers them."""
        serializer = NewConversationSerializer(data=self.request.data, context={"request": self.request})
        serializer.is_valid(raise_exception=True)
        fields = dict(serializer.validated_data)
        seeds = read_seeds(fields)
        if "meta" in fields:
            fields["meta"] = merge_meta({}, fields["meta"])
        made: Conversation = self._call(conversations.create_conversation, self.request.user, seeds, **fields)
        rows = made.messages.order_by("position")
        return Response({"id": str(made.pk), "messages": [message_item(row) for row in rows]})


@described("GET", responses=ConversationSerializer)
@api_view("GET")
async def fetch(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """The conversation: what is set on it; a session token gets its id and times."""
    caller = await caller_of(request, conversation_id)
    return JsonResponse(await in_thread(_shape)(caller))


@described("POST", request=None, responses=IdSerializer)
@api_view("POST")
async def delete(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """The conversation with its messages, sessions and attachments. Open replies end, open sockets are closed."""
    caller = await caller_of(request, conversation_id)
    body_of(request)  # what is no call of this API deletes nothing
    await delete_conversation(caller.access.conversation_id)
    return JsonResponse({"id": str(caller.access.conversation_id)})


@described(
    "GET",
    parameters=[OpenApiParameter("format", str, enum=list(FORMATS), default="markdown", description="Of the file.")],
    responses={
        ("200", kind.content_type): OpenApiTypes.OBJECT if kind.suffix == "json" else OpenApiTypes.STR for kind in FORMATS.values()
    },
    operation_id="exportConversation",
)
@api_view("GET")
async def export(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """The conversation as a file to keep: ``format`` is markdown, text or json. Visitors get what they see in the widget."""
    caller = await caller_of(request, conversation_id)
    kind = FORMATS.get(request.GET.get("format") or "markdown")
    if kind is None:
        raise ParseError(f"format: must be one of {', '.join(FORMATS)}")
    access = caller.access
    widget = await aeffective_of(access.widget_id) if access.widget_id else None
    if not caller.operator and widget is not None and not widget.export_conversation:
        raise ApiError(409, "exportConversation: this widget does not hand out conversations")
    conversation = await in_thread(_load)(caller)
    chunks = transcript(conversation, kind, everything=caller.operator)
    return streaming(request, chunks, kind.content_type, f"conversation-{conversation.pk}.{kind.suffix}")


def _load(caller: Caller) -> Conversation:
    found = Conversation.objects.select_related("bot").filter(pk=caller.access.conversation_id).first()
    if found is None:
        raise Http404("There is no such conversation")
    return found


def _shape(caller: Caller) -> dict[str, Any]:
    found = _load(caller)
    if caller.operator:
        return dict(ConversationSerializer(found).data)
    return {"id": str(found.pk), "createdAt": ms(found.created_at), "updatedAt": ms(found.updated_at)}
