"""What is done to a stored message: an operator changes or deletes it; its reply is stopped or asked for again."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from rest_framework.exceptions import ParseError

from accounts.ids import parse_id
from sessions_api import chat, reading
from sessions_api.api import schemas
from sessions_api.api.asked import entities_in, idempotency_key
from sessions_api.api.caller import Caller, caller_of, not_found
from sessions_api.api.messages import NO_MESSAGE, said_of
from sessions_api.api.plain import api_view, body_of
from sessions_api.chat import Access
from sessions_api.models import Message
from sessions_api.replies import rendered_blocks
from sessions_api.threads import in_thread
from widgetplatform.api.described import described
from widgetplatform.api.fields import merge_meta
from widgetplatform.api.serializers import IdSerializer


@described("POST", request=schemas.MessageUpdate, responses=IdSerializer, operation_id="updateConversationMessage")
@api_view("POST")
async def update(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """Change what is given; ``meta`` is merged. Every open widget shows it. Operators only."""
    caller = await _operator(request, conversation_id)
    body = body_of(request)
    pk = _id(message_id)
    message = await in_thread(_load)(caller, pk)
    if message is None:
        raise Http404(NO_MESSAGE)
    values: dict[str, Any] = dict(said_of(body))
    if body.get("meta") is not None:
        values["meta"] = merge_meta(message.meta, reading.meta(body["meta"], "meta"))
    kind = reading.optional(body, "type", "", reading.choice, message.type, allowed=Message.Type.values)
    text = reading.optional(body, "text", "", _text, message.text)
    if kind != message.type:
        values["type"] = kind
    if text != message.text:
        values["text"] = text
    if values.keys() & {"type", "text"}:
        values["blocks"] = rendered_blocks(text, await chat.features_of(caller.access)) if kind == Message.Type.BOT else []
    if "entities" in body or values.keys() & {"type", "text"}:
        values["entities"] = await chat.entities_of(caller.access, kind, text, entities_in(body, text))
    await chat.change(caller.access, pk, values)
    return JsonResponse({"id": str(pk)})


@described("POST", responses=IdSerializer, operation_id="deleteConversationMessage")
@api_view("POST")
async def delete(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """Remove a message; what is left is that something was there. A reply that is being written ends. Operators only."""
    caller = await _operator(request, conversation_id)
    body_of(request)
    message = await chat.delete(caller.access, _id(message_id))
    return JsonResponse({"id": str(message.pk)})


@described("POST", responses=IdSerializer, operation_id="stopConversationMessage")
@api_view("POST")
async def stop(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """End a reply that is being written; what is there stays. The same as the socket's ``stop``."""
    return await _of_reply(chat.stop, request, conversation_id, message_id)


@described("POST", responses=IdSerializer, operation_id="retryConversationMessage")
@api_view("POST")
async def retry(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """Ask again for a reply that failed or was stopped; ``receive`` waits for it. The same as the socket's ``retry``."""
    return await _of_reply(chat.retry, request, conversation_id, message_id)


@described("POST", responses=IdSerializer, operation_id="regenerateConversationMessage")
@api_view("POST")
async def regenerate(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """Ask once more for the last reply, whatever it says; ``receive`` waits for it. The same as the socket's ``regenerate``."""
    return await _of_reply(chat.regenerate, request, conversation_id, message_id)


@described(
    "POST", request=schemas.MessageEdit, responses=IdSerializer, parameters=schemas.KEY_HEADERS, operation_id="editConversationMessage"
)
@api_view("POST")
async def edit(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """Other words for the last message of the visitor, and a reply to those; ``receive`` waits for it. The same as the socket's ``edit``."""
    caller = await caller_of(request, conversation_id)
    text = _text(body_of(request).get("text"), "text")
    message = await chat.edit(caller.access, _id(message_id), idempotency_key(request), text)
    return JsonResponse({"id": str(message.pk)})


async def _of_reply(
    act: Callable[[Access, uuid.UUID], Awaitable[Message]], request: HttpRequest, conversation_id: str, message_id: str
) -> HttpResponseBase:
    """What visitors may do to a reply too; its body is read, though nothing of it is wanted."""
    caller = await caller_of(request, conversation_id)
    body_of(request)
    reply = await act(caller.access, _id(message_id))
    return JsonResponse({"id": str(reply.pk)})


async def _operator(request: HttpRequest, conversation_id: str) -> Caller:
    """Visitors have no such route."""
    caller = await caller_of(request, conversation_id)
    if not caller.operator:
        raise not_found()
    return caller


def _id(message_id: str) -> uuid.UUID:
    pk = parse_id(message_id)
    if pk is None:
        raise Http404(NO_MESSAGE)
    return pk


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise ParseError(f"{path}: must be a text")
    return chat.checked_text(value)


def _load(caller: Caller, pk: uuid.UUID) -> Message | None:
    return Message.objects.filter(pk=pk, conversation_id=caller.access.conversation_id, deleted=False).first()
