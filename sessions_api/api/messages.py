"""Messages of a conversation: list, one by client id, create, votes; and the conversation itself."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError

from accounts.ids import new_id, parse_id
from accounts.names import validate_meta
from sessions_api import chat
from sessions_api.api import schemas
from sessions_api.api.caller import Caller, caller_of, expired_caller
from sessions_api.api.plain import api_view, body_of
from sessions_api.api.shapes import message_item
from sessions_api.models import Conversation, Message
from sessions_api.ratings import rate
from sessions_api.threads import in_thread
from sessions_api.wire import ms
from widgetplatform.api.described import described
from widgetplatform.api.lists import Page, page_of
from widgetplatform.api.serializers import IdSerializer
from widgetplatform.api.streams import JSONL, json_line, streaming, wanted_type

AFTER = OpenApiParameter("after", int, description="Only what changed since this number of the log, in its order")
LIST_PARAMETERS = [
    OpenApiParameter("take", int, description="1 to 100 messages, 100 by default"),
    OpenApiParameter("order", str, enum=["asc", "desc"], description="By creation; desc by default"),
    OpenApiParameter("cursor", str, description="The id of the last message of the page before"),
]
REASON_CHARACTERS = 2000


@described("GET", responses=schemas.ConversationOutput)
@api_view("GET")
async def fetch(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """The conversation: what is set on it."""
    caller = await caller_of(request, conversation_id)
    return JsonResponse(await in_thread(_conversation)(caller))


@described("GET", responses=schemas.MessageListOutput, parameters=[*LIST_PARAMETERS, AFTER])
@api_view("GET")
async def message_list(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """A page of messages by cursor, or with ``after`` what changed since a number, with the log's ``head`` and ``epoch``."""
    caller = await caller_of(request, conversation_id)
    after = request.GET.get("after")
    if after is not None:
        if not after.isascii() or not after.isdigit() or len(after) > 15:
            raise ParseError("after: must be a number of the log, 0 or more")
        return JsonResponse(await in_thread(_since)(caller, int(after)))
    page = page_of(request.GET)
    if wanted_type(request) == JSONL:
        pages = page.pages(_visible(caller))
        lines = ("".join(json_line({"type": "item", "data": message_item(item)}) for item in items) for items in pages)
        return streaming(request, lines, JSONL)
    return JsonResponse(await in_thread(_page)(caller, page))


@described("GET", responses=schemas.RowOutput)
@api_view("GET")
async def by_cid(request: HttpRequest, conversation_id: str, cid: str) -> HttpResponseBase:
    """Whether a client id was stored; the one thing that a token may still do for a day after its expiry."""
    token = request.META.get("HTTP_AUTHORIZATION", "")
    if token.count(".") == 2:
        pk = await expired_caller(request, conversation_id)
    else:
        pk = (await caller_of(request, conversation_id)).access.conversation_id
    found = await in_thread(_by_cid)(pk, cid)
    if found is None:
        raise Http404("There is no such message")
    return JsonResponse(found)


@described("POST", request=schemas.MessageInput, responses=IdSerializer)
@api_view("POST")
async def create(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """Store a message without asking for a reply; ``Idempotency-Key`` is its client id. Visitors write type ``user`` only."""
    caller = await caller_of(request, conversation_id)
    body = body_of(request)
    kind, text = body.get("type"), body.get("text")
    allowed = Message.Type.values if caller.operator else [Message.Type.USER]
    if not isinstance(kind, str) or kind not in allowed:
        raise ParseError(f"type: must be one of {', '.join(allowed)}")
    if not isinstance(text, str):
        raise ParseError("text: must be a text")
    meta = body.get("meta") or {}
    validate_meta(meta)
    if kind != Message.Type.USER:
        stored = await chat.append(caller.access, kind, text, meta)
        return JsonResponse({"id": str(stored.pk)})
    accepted = await chat.send(caller.access, idempotency_key(request), text, respond=False, meta=meta)
    return JsonResponse({"id": str(accepted.message.pk)})


@described("POST", request=schemas.VoteInput, responses=IdSerializer)
@api_view("POST")
async def upvote(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """A good answer."""
    return await _vote(request, conversation_id, message_id, 1)


@described("POST", request=schemas.VoteInput, responses=IdSerializer)
@api_view("POST")
async def downvote(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """A bad answer, with a ``reason`` if the visitor gave one."""
    return await _vote(request, conversation_id, message_id, -1)


def idempotency_key(request: HttpRequest) -> uuid.UUID:
    """The client id of a message; a new one where the caller sends none. Raises ParseError (400)."""
    key = request.headers.get("Idempotency-Key")
    if not key:
        return new_id()
    cid = parse_id(key)
    if cid is None:
        raise ParseError("Idempotency-Key: must be a UUID")
    return cid


async def _vote(request: HttpRequest, conversation_id: str, message_id: str, value: int) -> HttpResponseBase:
    caller = await caller_of(request, conversation_id)
    reason = body_of(request).get("reason") or ""
    if not isinstance(reason, str) or len(reason) > REASON_CHARACTERS:
        raise ParseError(f"reason: must be a text of at most {REASON_CHARACTERS} characters")
    pk = parse_id(message_id)
    if pk is None:
        raise Http404("There is no such message")
    await rate(caller.access, pk, value, chat.clean_text(reason))
    return JsonResponse({"id": str(pk)})


def _visible(caller: Caller) -> Any:
    rows = Message.objects.filter(conversation_id=caller.access.conversation_id, deleted=False)
    return rows if caller.operator else rows.filter(type__in=Message.VISIBLE_TYPES, hidden=False)


def _page(caller: Caller, page: Page) -> dict[str, Any]:
    items = page.of(_visible(caller))
    answer: dict[str, Any] = {"items": [message_item(item) for item in items]}
    return {**answer, "cursor": str(items[-1].pk)} if items else answer


def _since(caller: Caller, after: int) -> dict[str, Any]:
    epoch, head = Conversation.objects.values_list("epoch", "last_seq").get(pk=caller.access.conversation_id)
    rows = Message.objects.filter(conversation_id=caller.access.conversation_id, seq__gt=after)
    if not caller.operator:
        rows = rows.filter(type__in=Message.VISIBLE_TYPES, hidden=False)
    items = list(rows.order_by("seq")[: Page().take])
    full = len(items) == Page().take
    answer: dict[str, Any] = {"items": [message_item(item) for item in items], "epoch": epoch, "more": full}
    answer["head"] = items[-1].seq if full else max([head, *(item.seq for item in items)])
    return {**answer, "cursor": str(items[-1].pk)} if items else answer


def _by_cid(conversation_id: uuid.UUID, cid: str) -> dict[str, Any] | None:
    key = parse_id(cid)
    found = Message.objects.filter(conversation_id=conversation_id, cid=key).first() if key else None
    return message_item(found) if found else None


def _conversation(caller: Caller) -> dict[str, Any]:
    item = Conversation.objects.get(pk=caller.access.conversation_id)
    shape: dict[str, Any] = {"id": str(item.pk), "createdAt": ms(item.created_at), "updatedAt": ms(item.updated_at)}
    if not caller.operator:
        return shape
    optional = {
        "alias": item.alias, "name": item.name, "description": item.description, "meta": item.meta,
        "botId": item.bot_id and str(item.bot_id), "contactId": item.contact_id and str(item.contact_id),
    }
    return {**shape, **{name: value for name, value in optional.items() if value}}
