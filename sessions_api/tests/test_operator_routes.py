"""A visitor's session token on operators' routes, and operators' limits on conversation routes."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import create_api_token
from sessions_api.models import Session
from tests.support.actors import Operator
from tests.support.inprocess import InProcess
from tests.support.world import Ids, forget_objects, make_session, make_world

MISSING = {"message": "There is no such object or route", "code": "NOT_FOUND"}
ROUTES = [("get", "bot/list"), ("post", "bot/create"), ("get", "integration/widget/list"), ("post", "dataset/create")]


@pytest.fixture
def ids(olive: Operator) -> Ids:
    """Olive's objects."""
    return make_world(olive.user)


def ask(method: str, path: str, token: str) -> Any:
    client = Client(headers={"authorization": f"Bearer {token}"})
    return client.generic(method.upper(), f"/api/v1/{path}", b"{}" if method == "post" else b"", "application/json")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_good_session_token_finds_nothing(ids: Ids, method: str, path: str) -> None:
    token = make_session(ids["conversation_id"])
    answer = ask(method, path, token)
    assert (answer.status_code, answer.json()) == (404, MISSING)
    assert answer.json() == Client().get("/api/v1/no/such/route").json()
    forget_objects(ids["conversation_id"])
    gone = ask(method, path, token)
    assert (gone.status_code, gone.content) == (404, answer.content)


def test_a_bad_session_token_is_refused_with_the_reason(ids: Ids) -> None:
    now = timezone.now()
    ended = make_session(ids["conversation_id"], expires_at=now - timedelta(minutes=1))
    revoked = make_session(ids["conversation_id"], revoked_at=now)
    unknown = make_session(ids["conversation_id"])
    Session.objects.filter(revoked_at=None).delete()
    good = make_session(ids["conversation_id"])
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    for token, message in [
        (ended, "The session has ended"), (revoked, "The session was ended"), (unknown, "The session was ended"),
        (forged, "The session token is not valid"), ("a.b.c", "The session token is not valid"), ("..", "The session token is not valid"),
    ]:  # fmt: skip
        answer = ask("get", "bot/list", token)
        assert (answer.status_code, answer.json()) == (401, {"message": message, "code": "NOT_AUTHENTICATED"})
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_good_session_token_is_no_failed_try(ids: Ids, settings: Any) -> None:
    settings.AUTH_FAILURES_PER_MINUTE = 2
    token = make_session(ids["conversation_id"])
    assert [ask("get", "bot/list", token).status_code for _ in range(4)] == [404] * 4
    assert [ask("get", "bot/list", "a.b.c").status_code for _ in range(3)] == [401, 401, 429]


def test_conversation_routes_count_operators_and_failed_tries(app: InProcess, olive: Operator, settings: Any) -> None:
    settings.TRUSTED_PROXIES, settings.AUTH_FAILURES_PER_MINUTE, settings.TOKEN_REQUESTS_PER_MINUTE = 1, 2, 3
    ids = make_world(olive.user)
    path = f"/api/v1/conversation/{ids['conversation_id']}/fetch"
    sessions = f"/api/v1/integration/widget/{ids['widget_integration_id']}/session/create"

    def get(token: str | None, address: str) -> Any:
        return app.request("GET", path, token=token, headers={"x-forwarded-for": address})

    assert [get(olive.token, "192.0.2.1").status for _ in range(4)] == [200, 200, 200, 429]
    assert int(get(olive.token, "192.0.2.2").headers["retry-after"]) in range(1, 21)
    assert [get("sk-guess", "192.0.2.3").status for _ in range(3)] == [401, 401, 429]
    made = app.request("POST", sessions, token="sk-guess", body={}, headers={"x-forwarded-for": "192.0.2.3"})
    assert (made.status, made.json()["code"]) == (429, "TOO_MANY_REQUESTS")
    assert get(make_session(ids["conversation_id"]), "192.0.2.3").status == 200, "visitors behind the same address go on"
    nobody = get(None, "192.0.2.3")
    assert (nobody.status, nobody.json()["code"]) == (401, "NOT_AUTHENTICATED")
    assert nobody.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("change", ["revoked", "expired", "inactive"])
def test_operators_that_are_no_more(app: InProcess, olive: Operator, change: str) -> None:
    ids = make_world(olive.user)
    row, token = create_api_token(olive.user)
    path = f"/api/v1/conversation/{ids['conversation_id']}/fetch"
    assert app.request("GET", path, token=token).status == 200
    if change == "inactive":
        type(olive.user).objects.update(is_active=False)
    else:
        field = {"revoked": "revoked_at", "expired": "expires_at"}[change]
        type(row).objects.filter(pk=row.pk).update(**{field: timezone.now()})
    assert app.request("GET", path, token=token).status == 401


def test_sessions_are_limited_by_address_without_a_token(app: InProcess, olive: Operator, settings: Any) -> None:
    settings.TRUSTED_PROXIES, settings.ADDRESS_REQUESTS_PER_MINUTE = 1, 2
    sessions = f"/api/v1/integration/widget/{make_world(olive.user)['widget_integration_id']}/session/create"
    headers = {"origin": "http://testserver", "x-forwarded-for": "192.0.2.1"}
    answers = [app.request("POST", sessions, body={}, headers=headers) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["message"] == "Too many requests from this address: at most 2 a minute"
