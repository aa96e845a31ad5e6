"""Replies over HTTP: whole as JSON, or as JSON lines while they are made. A client that goes away stops nothing."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse

from bots.engines.base import Activity, Note, Reasoning, Text, Usage, Waiting
from sessions_api import follow
from sessions_api.api.caller import Caller
from sessions_api.api.shapes import reply_result
from sessions_api.models import Message
from widgetplatform.api.errors import ApiError
from widgetplatform.api.streams import JSONL, json_line, wanted_type
from widgets.config import aeffective_of

TOO_LONG = "The reply takes too long; it is kept and can be fetched"
GRACE_SECONDS = 60  # for replies that wait their turn

Line = tuple[str, dict[str, Any]]
Lines = AsyncGenerator[Line]
PING: Line = ("ping", {})


@dataclass(frozen=True)
class Eyes:
    """What a caller may see of a reply that is being made: ``inside`` is for operators."""

    inside: bool = True
    text: bool = True
    activity: bool = True


async def eyes_of(caller: Caller) -> Eyes:
    """A visitor's are those of the widget's settings now."""
    if caller.operator:
        return Eyes()
    widget = await aeffective_of(caller.access.widget_id) if caller.access.widget_id else None
    return Eyes(inside=False, text=widget is None or widget.stream, activity=widget is None or widget.verbose)


def wants_lines(request: HttpRequest) -> bool:
    """Whether the caller asked for JSON lines."""
    return wanted_type(request) == JSONL


def stream(lines: Lines) -> StreamingHttpResponse:
    """Lines as they come, each a chunk of its own."""
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingHttpResponse(_written(lines), content_type=JSONL, headers=headers)


async def reply_answer(request: HttpRequest, caller: Caller, reply: Message, before: Line | None = None) -> HttpResponseBase:
    """The reply, made already or being made: as the caller wants it. ``before`` is the first line."""
    if wants_lines(request):
        return stream(reply_lines(reply, await eyes_of(caller), before))
    if reply.status not in follow.FINAL:
        found = await follow.wait_for_reply(reply.conversation_id, reply.pk, settings.REPLY_SECONDS + GRACE_SECONDS)
        if found is None:
            raise ApiError(504, TOO_LONG)
        reply = found
    return JsonResponse(reply_result(reply))


async def reply_lines(reply: Message, eyes: Eyes, before: Line | None = None) -> Lines:
    """``before``, the engine's events, ``message``, ``receiveResult`` and ``result``; ``error`` before those where it failed."""
    if before:
        yield before
    said = ""
    ended: Message | None = reply if reply.status in follow.FINAL else None
    if ended is None:
        items = follow.follow(reply.conversation_id, reply.pk, settings.REPLY_SECONDS + GRACE_SECONDS, follow.BEAT_SECONDS)
        async with aclosing(items):
            async for item in items:
                if isinstance(item, Message):
                    ended = item
                    break
                for kind, data in event_lines(item, eyes) if item is not None else [PING]:
                    said += data["token"] if kind == "token" else ""
                    yield kind, data
    if ended is None:
        yield "error", {"message": TOO_LONG, "code": "timeout"}
        return
    if len(ended.text) > len(said) and ended.text.startswith(said):
        yield "token", {"token": ended.text[len(said) :]}  # made by another process, or before this stream began
    result = reply_result(ended)
    if ended.status == Message.Status.FAILED:
        yield "error", {"message": "The answer broke off", "code": ended.code}
    elif ended.text:
        yield "message", {"type": "bot", "text": ended.text}
    yield "receiveResult", result
    yield "result", result


def event_lines(event: Any, eyes: Eyes) -> list[Line]:
    """The lines of an engine's event, as far as the caller may see them."""
    match event:
        case Text(text) if eyes.text:
            return [("token", {"token": text})]
        case Activity(kind, name, text, done) if eyes.activity:
            return [("activity", {"kind": kind, "name": name, "text": text, "done": done})]
        case Usage(input_tokens, output_tokens, model):
            used = {"inputTokensUsed": input_tokens, "outputTokensUsed": output_tokens}
            return [("usage", {"model": model if eyes.inside else "", **used})]
        case Reasoning(text) if eyes.inside:
            return [("reasoningToken", {"token": text})]
        case Note(kind, text, meta) if eyes.inside:
            return [("message", {"type": kind, "text": text, "meta": dict(meta)})]
        case Waiting(channel, function, arguments, done) if eyes.inside or eyes.activity:
            name = "waitForChannelMessageEnd" if done else "waitForChannelMessageBegin"
            return [(name, {"channel": channel, "functionName": function, "arguments": dict(arguments)})]
    return []


async def _written(lines: Lines) -> AsyncGenerator[str]:
    await sync_to_async(connections.close_all)()  # an open stream must not hold what others need
    async with aclosing(lines):
        async for kind, data in lines:
            yield json_line({"type": kind, "data": data, "createdAt": int(time.time() * 1000)})
