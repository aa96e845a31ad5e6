"""Structured logs: one JSON object a line, with a request id, without content or tokens."""

import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse

request_id: ContextVar[str] = ContextVar("request_id", default="")
TOKENS = re.compile(
    r"\b(sk-[\w-]{8,}|eyJ[\w-]+\.[\w-]+\.[\w-]+|[\w-]+:\w{6}:[\w-]{43})"
)  # of operators, of sessions, of signed links


class RequestIdFilter(logging.Filter):
    """Adds the current request's id to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message and request id; whatever looks like a token is cut out."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": TOKENS.sub("[token]", record.getMessage()),
        }
        if getattr(record, "request_id", ""):
            entry["requestId"] = record.request_id  # type: ignore[attr-defined]
        if record.exc_info:
            entry["exception"] = TOKENS.sub("[token]", self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


class RequestIdMiddleware:
    """Gives every request an id and answers it in ``X-Request-Id``."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponse]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(uuid.uuid4().hex)
        try:
            response = await self.get_response(request)
            response["X-Request-Id"] = request_id.get()
            return response
        finally:
            request_id.reset(token)
