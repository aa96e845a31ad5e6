"""Replies over HTTP: whole as JSON, or as JSON lines while they are made. A client that goes away stops nothing."""

import time
from collections.abc import AsyncGenerator, Iterator
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
from sessions_api.switchboard import Calling, CallOver
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


class Answering:
    """How the caller of one request wants a reply. Make it before the reply is asked for and hand its ``tap`` along."""

    def __init__(self, request: HttpRequest, caller: Caller) -> None:
        self._caller = caller
        self._following = follow.Following() if wants_lines(request) else None

    @property
    def tap(self) -> follow.Tap | None:
        """Takes the engine's events, where the caller wants them."""
        return self._following.tap if self._following else None

    async def of(self, reply: Message, before: Line | None = None) -> HttpResponseBase:
        """The reply, made already or being made. ``before`` is the first line."""
        if self._following is not None:
            self._following.attach(reply)
            return stream(reply_lines(self._following, await eyes_of(self._caller), before))
        if reply.status not in follow.FINAL:
            found = await follow.wait_for_reply(reply.conversation_id, reply.pk, settings.REPLY_SECONDS + GRACE_SECONDS)
            if found is None:
                raise ApiError(504, TOO_LONG)
            reply = found
        return JsonResponse(reply_result(reply))


async def reply_lines(following: follow.Following, eyes: Eyes, before: Line | None = None) -> Lines:
    """``before``, the engine's events, ``message``, ``receiveResult`` and ``result``; ``error`` before those where it failed."""
    if before:
        yield before
    said, counted = "", False
    ended: Message | None = None
    async with aclosing(following.items(settings.REPLY_SECONDS + GRACE_SECONDS, follow.BEAT_SECONDS)) as items:
        async for item in items:
            if isinstance(item, Message):
                ended = item
                break
            for kind, data in event_lines(item, eyes) if item is not None else [PING]:
                said += data["token"] if kind == "token" else ""
                counted = counted or kind == "usage"
                yield kind, data
    if ended is None:
        yield "error", {"message": TOO_LONG, "code": "timeout"}
        return
    for line in _rest(ended, eyes, said, counted):
        yield line


def _rest(ended: Message, eyes: Eyes, said: str, counted: bool) -> Iterator[Line]:
    """What a stream has not said yet when the reply has ended: made by another process, or before the stream began."""
    if len(ended.text) > len(said) and ended.text.startswith(said):
        yield "token", {"token": ended.text[len(said) :]}
    usage = ended.usage or {}
    if not counted and "model" in usage:
        yield from event_lines(Usage(usage["input"], usage["output"], usage["model"]), eyes)
    if ended.status == Message.Status.FAILED:
        yield "error", {"message": "The answer broke off", "code": ended.code}
    elif ended.text:
        yield "message", {"type": "bot", "text": ended.text}
    result = reply_result(ended)
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
        case Calling():
            return [("call", {name: value for name, value in event.frame().items() if name != "type"})]
        case CallOver(pk):
            return [("callEnd", {"call": str(pk)})]
    return []


async def _written(lines: Lines) -> AsyncGenerator[str]:
    await sync_to_async(connections.close_all)()  # an open stream must not hold what others need
    async with aclosing(lines):
        async for kind, data in lines:
            yield json_line({"type": kind, "data": data, "createdAt": int(time.time() * 1000)})
