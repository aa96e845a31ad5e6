"""Messages of a conversation: a list, one, one by its client id, and a new one that wants no answer."""

import uuid
from typing import Any

from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError

from accounts.ids import parse_id
from accounts.names import NAME_BYTES
from sessions_api import chat, reading
from sessions_api.api import schemas
from sessions_api.api.asked import entities_in, idempotency_key
from sessions_api.api.caller import Caller, caller_of, expired_caller
from sessions_api.api.plain import api_view, body_of
from sessions_api.api.shapes import message_item
from sessions_api.models import Conversation, Message
from sessions_api.threads import in_thread
from widgetplatform.api.described import described
from widgetplatform.api.lists import Page, page_of
from widgetplatform.api.streams import JSONL, json_line, streaming, wanted_type

AFTER = OpenApiParameter(
    "after", int,
    description="Only what changed since this number of the log, in its order, with the log's `head`; there is no `cursor` then. "
    "Where `more` is true, ask again with `head`.",
)  # fmt: skip
LIST_PARAMETERS = [
    OpenApiParameter("take", int, description="1 to 100 messages, 100 by default"),
    OpenApiParameter("order", str, enum=["asc", "desc"], description="By creation; desc by default"),
    OpenApiParameter("cursor", str, description="The id of the last message of the page before"),
]
DESCRIPTION_BYTES = 65_536


@described("GET", responses=schemas.itemized(schemas.MessageListOutput, schemas.RowOutput), parameters=[*LIST_PARAMETERS, AFTER])
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
        pages = page.pages(visible_to(caller))
        lines = (
            "".join(json_line({"type": "item", "data": message_item(item, caller.operator)}) for item in items) for items in pages
        )
        return streaming(request, lines, JSONL)
    return JsonResponse(await in_thread(_page)(caller, page))


@described("GET", responses=schemas.RowOutput, operation_id="fetchConversationMessage")
@api_view("GET")
async def fetch(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """One message; a visitor's token reads those that visitors see."""
    caller = await caller_of(request, conversation_id)
    found = await in_thread(_one)(caller, parse_id(message_id))
    if found is None:
        raise Http404(NO_MESSAGE)
    return JsonResponse(message_item(found, caller.operator))


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
        raise Http404(NO_MESSAGE)
    return JsonResponse(found)


@described(
    "POST", request=schemas.MessageInput, responses=schemas.SentOutput, parameters=schemas.KEY_HEADERS,
    operation_id="createConversationMessage",
)  # fmt: skip
@api_view("POST")
async def create(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """Store a message without asking for a reply; ``Idempotency-Key`` is its client id. Visitors write type ``user`` only."""
    caller = await caller_of(request, conversation_id)
    body = body_of(request)
    kind = reading.choice(body.get("type"), "type", Message.Type.values if caller.operator else [Message.Type.USER])
    text = body.get("text")
    if not isinstance(text, str):
        raise ParseError("text: must be a text")
    text = chat.clean_text(text)
    accepted = await chat.send(
        caller.access, idempotency_key(request), text, kind=kind, respond=False, entities=entities_in(body, text),
        meta=reading.optional(body, "meta", "", reading.meta, {}), said=said_of(body) if caller.operator else None,
    )  # fmt: skip
    return JsonResponse({"id": str(accepted.message.pk), "entities": accepted.message.entities})


NO_MESSAGE = "There is no such message"


def said_of(body: dict[str, Any]) -> dict[str, str]:
    """``name`` and ``description`` of a body, where it has them; null empties them."""
    lengths = {"name": NAME_BYTES, "description": DESCRIPTION_BYTES}
    return {key: reading.optional(body, key, "", reading.text, "", most=most) for key, most in lengths.items() if key in body}


def visible_to(caller: Caller) -> Any:
    """The messages that the caller may see."""
    rows = Message.objects.filter(conversation_id=caller.access.conversation_id, deleted=False)
    return rows if caller.operator else rows.filter(type__in=Message.VISIBLE_TYPES, hidden=False)


def _page(caller: Caller, page: Page) -> dict[str, Any]:
    items = page.of(visible_to(caller))
    answer: dict[str, Any] = {"items": [message_item(item, caller.operator) for item in items]}
    return {**answer, "cursor": str(items[-1].pk)} if items else answer


def _since(caller: Caller, after: int) -> dict[str, Any]:
    """A row that visitors must no longer see is a tombstone for them, so it is not filtered out."""
    epoch, head = Conversation.objects.values_list("epoch", "last_seq").get(pk=caller.access.conversation_id)
    rows = Message.objects.filter(conversation_id=caller.access.conversation_id, seq__gt=after)
    if not caller.operator:
        rows = rows.filter(Q(type__in=Message.VISIBLE_TYPES, hidden=False) | Q(deleted=True) | ~Q(seq=F("position")))
    items = list(rows.order_by("seq")[: Page().take])
    full = len(items) == Page().take
    answer = {"items": [message_item(item, caller.operator) for item in items], "epoch": epoch, "more": full}
    return {**answer, "head": items[-1].seq if full else max([head, *(item.seq for item in items)])}


def _one(caller: Caller, pk: uuid.UUID | None) -> Message | None:
    found: Message | None = visible_to(caller).filter(pk=pk).first() if pk else None
    return found


def _by_cid(conversation_id: uuid.UUID, cid: str) -> dict[str, Any] | None:
    key = parse_id(cid)
    found = Message.objects.filter(conversation_id=conversation_id, cid=key).first() if key else None
    return message_item(found) if found else None
