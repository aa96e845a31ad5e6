"""One error shape below /api/, Django's pages elsewhere."""

import json

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions

from widgetplatform.api import handlers
from widgetplatform.api.errors import ApiError, json_error, problem_of
from widgetplatform.api.validation import validation_message


def test_unknown_routes(db, client):
    response = client.get("/api/v1/nothing/here")
    assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")
    assert client.get("/nothing").headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("handler", "arguments", "status", "code"),
    [
        (handlers.bad_request, [SuspiciousOperation("x")], 400, "BAD_REQUEST"), (handlers.permission_denied, [PermissionDenied()], 403, "NOT_AUTHORIZED"),
        (handlers.page_not_found, [Http404("x")], 404, "NOT_FOUND"), (handlers.server_error, [], 500, "INTERNAL_SERVER_ERROR"),
    ],
)  # fmt: skip
def test_djangos_own_pages(handler, arguments, status, code):
    response = handler(RequestFactory().get("/api/v1/bot/list"), *arguments)
    assert response.status_code == status
    assert set(json.loads(response.content)) == {"message", "code"}
    assert json.loads(response.content)["code"] == code
    assert handler(RequestFactory().get("/elsewhere"), *arguments)["Content-Type"].startswith("text/html")


def test_a_bug_is_a_500_that_tells_nothing(olive, monkeypatch):
    def broken(*_args: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("widgetplatform.api.lists.page_of", broken)
    olive.client.raise_request_exception = False
    response = olive.get("bot/list")
    assert (response.status_code, response.json()["code"]) == (500, "INTERNAL_SERVER_ERROR")
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ApiError(409, "no bot"), 409, "CONFLICT"), (ApiError(422, "x"), 422, "UNPROCESSABLE_ENTITY"), (ApiError(503, "x"), 503, "SERVICE_UNAVAILABLE"),
        (ApiError(429, "x", "LIMITS_REACHED", 2.2), 429, "LIMITS_REACHED"), (exceptions.Throttled(), 429, "TOO_MANY_REQUESTS"),
        (exceptions.PermissionDenied("scope"), 403, "NOT_AUTHORIZED"), (ValidationError({"name": ["bad"]}), 400, "BAD_REQUEST"),
        (ValidationError({"alias": [ValidationError("taken", code="unique")]}), 409, "CONFLICT"), (ValidationError("whole"), 400, "BAD_REQUEST"),
    ],
)  # fmt: skip
def test_codes(error, status, code):
    problem = problem_of(error)
    assert problem is not None
    assert (problem.status, problem.body["code"]) == (status, code)
    assert ("Retry-After" in problem.headers) == (status == 429)


def test_a_bug_is_no_problem_of_the_caller():
    assert problem_of(RuntimeError("x")) is None
    assert problem_of(KeyError("x")) is None


def test_plain_responses():
    response = json_error(429, "slow down", "LIMITS_REACHED", retry_after=0.2)
    assert response["Retry-After"] == "1"
    assert json.loads(response.content) == {"message": "slow down", "code": "LIMITS_REACHED"}


def test_messages_name_fields_as_the_api_does():
    detail = {
        "auto_scroll": ["must be true or false"],
        "items": [{}, {"first_name": ["a", "b"]}],
        "non_field_errors": ["whole"],
    }
    assert validation_message(detail) == "autoScroll: must be true or false; items[1].firstName: a, b; whole"
