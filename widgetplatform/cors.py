"""CORS for what a page of somebody else may call: a widget's own origins decide, never ``*``, never credentials.

Own pages need no CORS, and operator tokens have no business in a browser.
"""

import re
from collections.abc import Awaitable
from functools import lru_cache
from typing import Any

from asgiref.sync import sync_to_async
from corsheaders.middleware import CorsMiddleware
from corsheaders.signals import check_request_enabled
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.ids import parse_id
from sessions_api.models import Conversation
from widgets.config import effective_of
from widgets.origins import allows

SESSION_CREATE = re.compile(r"/api/v1/integration/widget/(?P<widget>[^/]+)/session/create")
CONVERSATION = re.compile(r"/api/v1/conversation/(?P<conversation>[^/]+)/.+")


class WidgetCorsMiddleware(CorsMiddleware):
    """Decides before django-cors-headers asks, because its signal is synchronous and the decision may read the database."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Django's entry."""
        if not self.async_mode:
            request.cors_allowed = is_allowed(request)  # type: ignore[attr-defined]
        return super().__call__(request)

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        """The same in an async stack."""
        concerned = request.headers.get("Origin") and _concerned(request)
        request.cors_allowed = bool(concerned) and await sync_to_async(is_allowed)(request)  # type: ignore[attr-defined]
        return await super().__acall__(request)


@receiver(check_request_enabled, dispatch_uid="widgetplatform.cors")
def decided(request: HttpRequest, **_: Any) -> bool:
    """What the middleware found."""
    return bool(getattr(request, "cors_allowed", False))


def is_allowed(request: HttpRequest) -> bool:
    """Whether the request's Origin may read the answer: the widget of the path, or of the path's conversation, names it."""
    origin = request.headers.get("Origin")
    match = _concerned(request)
    if not origin or match is None:
        return False
    found = match.groupdict()
    widget_id = found["widget"] if "widget" in found else _widget_of(found["conversation"])
    effective = effective_of(widget_id) if widget_id else None
    return effective is not None and allows(effective.origins, origin, own=None)


def _concerned(request: HttpRequest) -> re.Match[str] | None:
    return SESSION_CREATE.fullmatch(request.path_info) or CONVERSATION.fullmatch(request.path_info)


@lru_cache(maxsize=4096)
def _widget_of(conversation: str) -> str | None:
    """The id of the conversation's widget, which never changes."""
    pk = parse_id(conversation)
    found = Conversation.objects.filter(pk=pk).values_list("widget_id", flat=True).first() if pk else None
    return str(found) if found else None
