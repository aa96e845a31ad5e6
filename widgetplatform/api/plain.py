"""Plain async views with the API's manners. Streams are these, not DRF: they must not hold a database connection."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from widgetplatform.api.errors import ApiError, json_error, method_not_allowed, problem_of
from widgetplatform.api.parsers import check_length, parse_object, too_large

View = Callable[..., Awaitable[HttpResponseBase]]


def api_view(method: str) -> Callable[[View], Any]:
    """A view of one method: errors in the API's shape, no cookies looked at."""
    allowed = ("GET", "HEAD") if method == "GET" else (method,)

    def decorate(view: View) -> Any:
        @csrf_exempt
        @wraps(view)
        async def handled(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return method_not_allowed(*allowed)
            try:
                return await view(request, *args, **kwargs)
            except Exception as error:
                problem = problem_of(error)
                if problem is None:
                    raise
                answer = json_error(problem.status, problem.message, problem.code, problem.retry_after)
                if problem.status == 401:
                    answer["WWW-Authenticate"] = 'Bearer realm="api"'
                return answer

        return handled

    return decorate


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request. Raises ``ApiError`` (413, 415) and ParseError (400)."""
    check_length(request.META)
    raw = request.body
    if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise too_large()
    if raw.strip() and (request.content_type or "").lower() != "application/json":
        raise ApiError(415, "Content-Type: must be application/json")
    return parse_object(raw)
