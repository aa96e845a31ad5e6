"""Plain async views of conversations: those of the API, where a refusal of the conversation has its status too."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from sessions_api.errors import Refused
from widgetplatform.api import plain
from widgetplatform.api.errors import ApiError
from widgetplatform.api.plain import View, body_of

__all__ = ["STATUS", "api_view", "body_of"]

# What a refusal of the conversation means over HTTP.
STATUS = {
    "not_found": 404, "too_long": 413, "empty": 400, "rate": 429, "closed": 409, "expired": 401, "bad_file": 400, "bad_form": 400,
    "cid_conflict": 409, "budget": 429, "unavailable": 503,
}


def api_view(method: str) -> Callable[[View], Any]:
    """A view of one method, as ``widgetplatform.api.plain.api_view``."""

    def decorate(view: View) -> Any:
        @wraps(view)
        async def translated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return await view(request, *args, **kwargs)
            except Refused as refusal:
                wait = refusal.retry_ms / 1000 if refusal.retry_ms is not None else None
                raise ApiError(STATUS[refusal.code], refusal.message, retry_after=wait) from None

        return plain.api_view(method)(translated)

    return decorate
