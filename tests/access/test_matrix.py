"""Every route × every method × every kind of credential: exactly the answer that its row says, and refusals that change nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import ApiToken, create_api_token
from tests.access.rows import ROWS, Kind, Row, bare
from tests.support.inprocess import Answer, InProcess
from tests.support.world import (
    Ids,
    everything,
    fill,
    forget_objects,
    make_session,
    make_user,
    make_world,
    path_of,
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
UNKNOWN = ("nobody", "garbage", "expired", "revoked", "ended session", "revoked session")
BAD = (*UNKNOWN[1:], "deleted session")  # on a public route a bad token is worse than none
NOT_LOOKED_AT = -1  # what has tests of its own
VOLATILE = {"x-request-id", "date"}


def routes() -> dict[str, str]:
    """Every route below /api/v1/: its bare form, and its path with the names of the ids in braces."""
    found = [route for route in _walk(get_resolver()) if route.startswith("api/v1/")]
    return {bare(route): "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route) for route in found}


def _walk(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, here)
        elif isinstance(entry, URLPattern):
            yield here


ROUTES = routes()


def test_every_route_has_a_row() -> None:
    assert ROUTES.keys() - ROWS.keys() == set()


@dataclass
class Cast:
    """Olive's objects, Otto's objects, and a credential of each kind."""

    olive: Any
    ids: Ids
    foreign: Ids
    tokens: dict[str, str | None]


@pytest.fixture
def cast(app: InProcess, outside: str) -> Cast:
    """Two operators; the sessions are of Olive's conversation and of others of hers."""
    olive, otto = make_user(), make_user()
    ids, foreign, other = make_world(olive, outside), make_world(otto, outside), make_world(olive)
    gone = make_world(olive)
    deleted = make_session(gone["conversation_id"])
    forget_objects(gone["conversation_id"])
    now = timezone.now()
    tokens = {
        "nobody": None, "garbage": "sk-garbage", "expired": api_token(olive, expires_at=now - timedelta(seconds=1)),
        "revoked": api_token(olive, revoked_at=now), "operator": api_token(olive), "other operator": api_token(otto),
        "read-only": api_token(olive, scopes=["read"]), "session": make_session(ids["conversation_id"]),
        "other session": make_session(other["conversation_id"]), "deleted session": deleted,
        "ended session": make_session(ids["conversation_id"], expires_at=now - timedelta(minutes=5)),
        "revoked session": make_session(ids["conversation_id"], revoked_at=now),
    }  # fmt: skip
    return Cast(olive, ids, foreign, tokens)


def api_token(owner: Any, **changes: Any) -> str:
    """A token of an operator, as changed."""
    row, token = create_api_token(owner)
    ApiToken.objects.filter(pk=row.pk).update(**changes)
    return token


def expected(row: Row, method: str, who: str) -> int:
    """The status that this credential gets."""
    if method != row.method and not (method == "HEAD" and row.method == "GET"):
        return 405
    if row.kind is Kind.PUBLIC:
        return row.ok if who == "nobody" else NOT_LOOKED_AT
    if row.kind is Kind.WIDGET:
        return 401 if who in BAD else 403 if who == "read-only" else 200
    if who in UNKNOWN:
        return NOT_LOOKED_AT if row.outlives and who == "ended session" else 401
    if who == "operator":
        return row.ok
    if who == "read-only":
        return row.ok if row.reads else 403
    if who == "other operator":
        return row.ok if row.kind in (Kind.COLLECTION, Kind.CHANNEL) else 404
    return row.ok if who == "session" and row.kind in (Kind.CONVERSATION, Kind.CHANNEL) else 404


@pytest.mark.parametrize("route", ROUTES)
def test_refusals_are_as_the_row_says_and_change_nothing(app: InProcess, cast: Cast, route: str) -> None:
    row, path = ROWS[route], ROUTES[route]
    before, wrong = everything(), []
    for method in METHODS:
        for who, token in cast.tokens.items():
            status = expected(row, method, who)
            if status in (row.ok, NOT_LOOKED_AT):
                continue
            answer = ask(app, row, method, path, cast.ids, token)
            if fault := fault_of(answer, status, method):
                wrong.append(f"{method} {who}: {fault}")
    assert not wrong, "\n".join(wrong)
    assert everything() == before


@pytest.mark.parametrize("route", ROUTES)
def test_it_opens_to_whom_the_row_says(app: InProcess, cast: Cast, route: str) -> None:
    row, wrong = ROWS[route], []
    for method in (row.method, "HEAD") if row.method == "GET" else (row.method,):
        for who in cast.tokens:
            if expected(row, method, who) != row.ok:
                continue
            ids, token = fresh(cast, who)
            answer = ask(app, row, method, ROUTES[route], ids, token)
            if answer.status != row.ok:
                wrong.append(f"{method} {who}: {answer.status} {answer.content[:120]!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", [route for route in ROUTES if "{}" in route])
def test_foreign_and_missing_are_the_same(app: InProcess, cast: Cast, route: str) -> None:
    row, path = ROWS[route], ROUTES[route]
    if row.kind in (Kind.CHANNEL, Kind.COLLECTION, Kind.WIDGET):
        return  # these name nothing that somebody else could have
    callers = {"operator": cast.ids}
    if row.kind is Kind.CONVERSATION:
        callers["session"] = cast.ids
    for name in re.findall(r"{(\w+)}", path):
        for who, own in callers.items():
            answers = []
            foreign = "fr" if name == "language" else cast.foreign[name]
            for other in (foreign, str(new_id()), "nothing-here"):
                named = {**own, name: other} | ({"image_id": other} if name == "file_id" else {})
                answer = ask(app, row, row.method, path, named, cast.tokens[who])
                headers = {key: value for key, value in answer.headers.items() if key not in VOLATILE}
                answers.append((answer.status, headers, answer.content))
            assert answers[0][0] == 404, (name, who, answers[0])
            assert answers[0] == answers[1] == answers[2], (name, who)


def fresh(cast: Cast, who: str) -> tuple[Ids, str | None]:
    """Objects that the call may use up, and the credential for them."""
    owner = cast.olive
    if who == "other operator":
        owner = make_user()
        return make_world(owner, cast.ids["outside"]), api_token(owner)
    ids = make_world(owner, cast.ids["outside"])
    return ids, make_session(ids["conversation_id"]) if who == "session" else cast.tokens[who]


def ask(app: InProcess, row: Row, method: str, path: str, ids: Ids, token: str | None) -> Answer:
    """Call it with a body that is allowed."""
    body = fill(row.body, ids) if method in ("POST", "PUT", "PATCH") else None
    return app.request(method, path_of(path, ids), token=token, body=body, enough_lines=row.enough_lines)


def fault_of(answer: Answer, status: int, method: str) -> str:
    """What is wrong with a refusal; empty where nothing is."""
    if answer.status != status:
        return f"{answer.status} instead of {status} {answer.content[:120]!r}"
    if method == "HEAD":
        return ""  # the server leaves the body out
    if answer.media_type != "application/json" or set(answer.json()) != {"message", "code"}:
        return f"not an error's body: {answer.content[:120]!r}"
    if status == 401 and not answer.headers.get("www-authenticate", "").startswith("Bearer"):
        return "no challenge"
    if status == 405 and not answer.headers.get("allow"):
        return "no Allow"
    return ""
