"""One error shape for the whole API: ``{message, code}`` (contract/README, "Rules for every operation")."""

from http import HTTPStatus
from math import ceil
from typing import Any, NamedTuple

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from widgetplatform.api.validation import django_detail, is_conflict, validation_message

AS_DRF = {"ensure_ascii": False, "separators": (",", ":")}  # the same bytes whoever answers
CODES = {
    400: "BAD_REQUEST",
    401: "NOT_AUTHENTICATED",
    403: "NOT_AUTHORIZED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    413: "CONTENT_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "UNPROCESSABLE_ENTITY",
    429: "TOO_MANY_REQUESTS",
}
MESSAGES = {
    400: "The request is malformed",
    401: "Authorization: must be “Bearer” and a token",
    403: "This is not allowed",
    404: "There is no such object or route",
    405: "This method is not allowed here: reads are GET, everything else is POST",
    413: "The body is too large",
    415: "Content-Type: must be application/json",
    429: "Too many requests: try again later",
    500: "Something went wrong on our side",
}


class ApiError(exceptions.APIException):
    """An error with any status: ``ApiError(409, "There is no bot")``; ``code`` and ``retry_after`` (seconds) where they differ."""

    def __init__(
        self, status: int, message: str, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status_code = status
        self.code = code or error_code(status)
        self.retry_after = retry_after


class Problem(NamedTuple):
    """What an exception means to the caller. ``code`` and ``message`` None: those of the status."""

    status: int
    message: str | None = None
    code: str | None = None
    retry_after: float | None = None

    @property
    def body(self) -> dict[str, str]:
        """What goes over the wire."""
        text = self.message or MESSAGES.get(self.status) or HTTPStatus(self.status).phrase
        text = text.encode("utf-8", "replace").decode()  # it may quote half of a surrogate pair
        return {"message": text, "code": self.code or error_code(self.status)}

    @property
    def headers(self) -> dict[str, str]:
        """``Retry-After``, where there is something to wait for."""
        return {} if self.retry_after is None else {"Retry-After": str(max(1, ceil(self.retry_after)))}


def error_code(status: int) -> str:
    """The ``code`` of a status; those the contract does not list go by their HTTP names."""
    return CODES.get(status) or HTTPStatus(status).name


def json_error(
    status: int, message: str | None = None, code: str | None = None, retry_after: float | None = None
) -> JsonResponse:
    """The error body as a plain Django response, for views and middleware outside DRF."""
    problem = Problem(status, message, code, retry_after)
    return JsonResponse(problem.body, status=status, headers=problem.headers, json_dumps_params=AS_DRF)


def method_not_allowed(*allowed: str) -> JsonResponse:
    """The 405 that names in ``Allow`` what there is."""
    answer = json_error(405)
    answer["Allow"] = ", ".join(allowed)
    return answer


def problem_of(error: BaseException) -> Problem | None:
    """What an exception means to the caller, or None for one that is a bug."""
    match error:
        case ApiError():
            return Problem(error.status_code, str(error.detail), error.code, error.retry_after)
        case exceptions.ValidationError():
            return Problem(400, validation_message(error.detail))
        case ValidationError():
            return Problem(409 if is_conflict(error) else 400, validation_message(django_detail(error)))
        case exceptions.Throttled():
            return Problem(429, retry_after=getattr(error, "wait", None) or 1)
        case (
            exceptions.NotAuthenticated() | exceptions.MethodNotAllowed() | exceptions.UnsupportedMediaType()
        ):
            return Problem(error.status_code)
        case exceptions.APIException():
            return Problem(error.status_code, str(error.detail))
        case Http404():
            return Problem(404, next((text for text in error.args if isinstance(text, str)), None))
        case PermissionDenied():
            return Problem(403)
        case RequestDataTooBig():
            return Problem(413)
        case SuspiciousOperation() | BadRequest():
            return Problem(400)
    return None


def exception_handler(error: Exception, _context: dict[str, Any]) -> HttpResponse | None:
    """DRF's hook; None lets a bug through to Django, which logs it and answers with ``handlers.server_error``."""
    problem = problem_of(error)
    if problem is None:
        return None
    headers = problem.headers
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return Response(problem.body, status=problem.status, headers=headers)
