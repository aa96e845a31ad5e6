"""A message in, its reply out: ``send`` stores, ``receive`` answers, ``complete`` does both, ``initiate`` lets the bot begin."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from sessions_api import chat
from sessions_api.api import schemas
from sessions_api.api.asked import asked_of
from sessions_api.api.caller import caller_of
from sessions_api.api.plain import api_view
from sessions_api.api.streaming import Answering, Line, Lines, stream, wants_lines
from sessions_api.models import Message
from sessions_api.threads import in_thread
from widgetplatform.api.described import described
from widgetplatform.api.errors import ApiError
from widgets.config import aeffective_of


@described(
    "POST", request=schemas.CompleteInput, responses=schemas.streamed(schemas.ReplyOutput), parameters=schemas.SEND_HEADERS,
    operation_id="completeConversationMessage",
)  # fmt: skip
@api_view("POST")
async def complete(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """Send ``text`` and receive the reply; without ``text`` as ``receive``.

    A retry with the same ``Idempotency-Key`` attaches to the reply that is there. As JSON lines: ``sendResult``, the engine's events,
    ``receiveResult``, ``result``.
    """
    caller = await caller_of(request, conversation_id)
    asked = await asked_of(request, caller)
    answering = Answering(request, caller)
    if asked.text is None:
        return await answering.of(await chat.answer(caller.access, asked.options, answering.tap))
    accepted = await chat.send(
        caller.access, asked.cid, asked.text, entities=asked.entities, options=asked.options, tap=answering.tap
    )
    if accepted.reply is None:
        raise ApiError(409, "This message was stored without asking for a reply")
    sent = _sent(accepted.message)
    return await answering.of(accepted.reply, ("sendResult", {**sent, "text": accepted.message.text}))


@described(
    "POST", request=schemas.SendInput, responses=schemas.streamed(schemas.SentOutput), parameters=schemas.SEND_HEADERS,
    operation_id="sendConversationMessage",
)  # fmt: skip
@api_view("POST")
async def send(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """Store a message of the visitor; ``receive`` answers it, with the options that are given here or there."""
    caller = await caller_of(request, conversation_id)
    asked = await asked_of(request, caller, needs_text=True)
    text = asked.text or ""
    accepted = await chat.send(caller.access, asked.cid, text, respond=False, entities=asked.entities, options=asked.options)
    sent = _sent(accepted.message)
    return stream(_lines(("sendResult", sent), ("result", sent))) if wants_lines(request) else JsonResponse(sent)


@described(
    "POST", request=schemas.ReceiveInput, responses=schemas.streamed(schemas.ReplyOutput), parameters=schemas.TIME_ZONE_HEADERS,
    operation_id="receiveConversationMessage",
)  # fmt: skip
@api_view("POST")
async def receive(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """The reply to the last message of the visitor: the one that is there or being made, else a new one. 409 where nothing was asked."""
    caller = await caller_of(request, conversation_id)
    asked = await asked_of(request, caller)
    answering = Answering(request, caller)
    return await answering.of(await chat.answer(caller.access, asked.options, answering.tap))


@described(
    "POST", request=schemas.ReceiveInput, responses=schemas.streamed(schemas.ReplyOutput), parameters=schemas.TIME_ZONE_HEADERS,
    operation_id="initiateConversation",
)  # fmt: skip
@api_view("POST")
async def initiate(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """The bot speaks first: the widget's ``initial`` in the conversation's language, else a reply to nothing. Asked again it answers the same; 409 where somebody spoke."""
    caller = await caller_of(request, conversation_id)
    asked = await asked_of(request, caller)
    widget = await aeffective_of(caller.access.widget_id) if caller.access.widget_id else None
    if not caller.operator and widget is not None and not widget.start_first:
        raise ApiError(409, "startFirst: the bot of this widget does not begin")
    answering = Answering(request, caller)
    rows = await chat.start(caller.access, asked.options, answering.tap)
    reply = rows[0] if rows else await in_thread(_opening)(caller.access.conversation_id)
    if reply is None:
        raise ApiError(409, "This conversation has begun already")
    return await answering.of(reply)


def _sent(message: Message) -> dict[str, Any]:
    return {"id": str(message.pk), "entities": message.entities}


async def _lines(*lines: Line) -> Lines:
    for line in lines:
        yield line


def _opening(conversation_id: Any) -> Message | None:
    """What the bot began the conversation with, if it did."""
    first = Message.objects.filter(conversation_id=conversation_id, deleted=False).order_by("position").first()
    return first if first is not None and first.type == Message.Type.BOT and first.question_id is None else None
