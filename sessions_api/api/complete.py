"""POST conversation/{id}/complete: a message in, its reply out, whole or as JSON lines. A client that goes away stops nothing."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from rest_framework.exceptions import ParseError

from bots.engines.base import Activity, Text, Usage
from sessions_api import chat
from sessions_api.api import schemas
from sessions_api.api.caller import caller_of
from sessions_api.api.messages import idempotency_key
from sessions_api.api.plain import api_view, body_of
from sessions_api.api.shapes import reply_result
from sessions_api.follow import events_of, wait_for_reply
from sessions_api.models import Message
from sessions_api.operations import Accepted
from widgetplatform.api.described import described
from widgetplatform.api.errors import ApiError
from widgetplatform.api.streams import JSONL, json_line, wanted_type

PING_SECONDS = 10.0


@described(
    "POST", request=schemas.TextInput, responses=schemas.ReplyOutput, operation_id="completeConversationMessage"
)
@api_view("POST")
async def complete(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """Send ``text`` and receive the reply; a retry with the same ``Idempotency-Key`` attaches to the reply that is there."""
    caller = await caller_of(request, conversation_id)
    text = body_of(request).get("text")
    if not isinstance(text, str):
        raise ParseError("text: must be a text")
    accepted = await chat.send(caller.access, idempotency_key(request), text)
    if accepted.reply is None:
        raise ApiError(409, "This message was stored without asking for a reply")
    if wanted_type(request) == JSONL:
        lines = _stream(caller.access.conversation_id, accepted, accepted.reply.pk)
        return StreamingHttpResponse(lines, content_type=JSONL, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
    reply = await wait_for_reply(caller.access.conversation_id, accepted.reply.pk, settings.REPLY_SECONDS + 60)
    if reply is None:
        raise ApiError(504, "The reply takes too long; it is kept and can be fetched")
    return JsonResponse(reply_result(reply))


async def _stream(conversation_id: uuid.UUID, accepted: Accepted, reply_id: uuid.UUID) -> AsyncIterator[str]:
    await sync_to_async(connections.close_all)()  # an open stream must not hold what others need
    yield _line("sendResult", {"id": str(accepted.message.pk), "text": accepted.message.text})
    last = time.monotonic()
    shown = False
    async for event in events_of(reply_id):
        for kind, data in _lines_of(event):
            shown = shown or kind == "token"
            yield _line(kind, data)
            last = time.monotonic()
        if time.monotonic() - last > PING_SECONDS:
            yield _line("ping", {})
            last = time.monotonic()
    waiting = asyncio.ensure_future(wait_for_reply(conversation_id, reply_id, settings.REPLY_SECONDS + 60))
    while not waiting.done():
        await asyncio.wait({waiting}, timeout=PING_SECONDS)
        if not waiting.done():
            yield _line("ping", {})
    reply: Message | None = waiting.result()
    if reply is None:
        yield _line("error", {"message": "The reply takes too long; it is kept and can be fetched", "code": "timeout"})
        return
    if not shown and reply.text:
        yield _line("token", {"token": reply.text})  # made by another process, or before this stream began
    result = reply_result(reply)
    if reply.status == Message.Status.FAILED:
        yield _line("error", {"message": "The answer broke off", "code": reply.code})
    yield _line("receiveResult", result)
    yield _line("result", result)


def _lines_of(event: Any) -> list[tuple[str, dict[str, Any]]]:
    match event:
        case Text(text):
            return [("token", {"token": text})]
        case Activity(kind, name, text, done):
            return [("activity", {"kind": kind, "name": name, "text": text, "done": done})]
        case Usage(input_tokens, output_tokens):
            return [("usage", {"model": "", "inputTokensUsed": input_tokens, "outputTokensUsed": output_tokens})]
    return []


def _line(kind: str, data: dict[str, Any]) -> str:
    return json_line({"type": kind, "data": data, "createdAt": int(time.time() * 1000)})
