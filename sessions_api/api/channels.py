"""POST channel/{id}/publish and channel/{id}/subscribe. A channel is its operator's: another's of the same name is another channel."""

import time
from contextlib import aclosing
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from rest_framework.exceptions import ParseError

from accounts.authentication import session_token
from accounts.names import META_BYTES
from sessions_api import channels, reading
from sessions_api.api import schemas
from sessions_api.api.caller import caller_of
from sessions_api.api.plain import api_view, body_of
from sessions_api.models import Conversation
from sessions_api.options import channel_name
from sessions_api.threads import in_thread
from sessions_api.wire import ms
from widgetplatform.api.described import described
from widgetplatform.api.operators import operator_of
from widgetplatform.api.parsers import too_large
from widgetplatform.api.serializers import IdSerializer
from widgetplatform.api.streams import JSONL, json_line

ID_CHARACTERS = 36
BEAT_SECONDS = 10.0


@described("POST", request=schemas.PublishInput, responses=IdSerializer, operation_id="publishChannelMessage")
@api_view("POST")
async def publish(request: HttpRequest, channel_id: str) -> HttpResponseBase:
    """Tell a ``message``, an object, to everybody who subscribed. A session token reaches channels whose id begins with its conversation's."""
    owner_id = await _owner(request, channel_id)
    name = channel_name(channel_id, "channelId")
    body = body_of(request)
    data = reading.storable(reading.mapping(body.get("message"), "message"), "message")
    if len(json_line(data)) > META_BYTES:
        raise too_large(META_BYTES)
    message = await channels.publish((owner_id, name), data)
    return JsonResponse({"id": str(message.pk)})


@described(
    "POST", request=schemas.SubscribeInput, responses={(200, JSONL): schemas.CHANNEL_LINE}, operation_id="subscribeChannelMessages"
)
@api_view("POST")
async def subscribe(request: HttpRequest, channel_id: str) -> HttpResponseBase:
    """What is published from now on, as JSON lines, after the last ``historyLength`` messages; ends when the client goes away."""
    operator = await in_thread(operator_of)(request, reads=True)
    name = channel_name(channel_id, "channelId")
    history = reading.optional(body_of(request), "historyLength", "", reading.whole, 0, low=0, high=channels.KEPT)
    messages = await channels.subscribe((operator.pk, name), history, BEAT_SECONDS)
    return StreamingHttpResponse(
        _lines(messages), content_type=JSONL, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    )


async def _lines(messages: Any) -> Any:
    async with aclosing(messages):
        async for message in messages:
            if message is None:
                yield json_line({"type": "ping", "data": {}, "createdAt": int(time.time() * 1000)})
            else:
                yield json_line({"type": "message", "data": message.data, "id": str(message.pk), "createdAt": ms(message.created_at)})


async def _owner(request: HttpRequest, channel_id: str) -> Any:
    if session_token(request) is None:
        return (await in_thread(operator_of)(request)).pk
    caller = await caller_of(request, channel_id[:ID_CHARACTERS])
    return await in_thread(_owner_of)(caller.access.conversation_id)


def _owner_of(conversation_id: Any) -> Any:
    owner_id = Conversation.objects.filter(pk=conversation_id).values_list("owner_id", flat=True).first()
    if owner_id is None:
        raise ParseError("channelId: must begin with the id of your conversation")
    return owner_id
