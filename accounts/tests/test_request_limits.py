"""Requests beyond a limit: 429 with the time to wait, by token, by address, and by failed tries."""

from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import limits
from accounts.counts import counts
from accounts.models import ApiToken, create_api_token
from accounts.request_limits import RequestLimits
from files.services import create_file
from tests.support.actors import Operator

URL = "/api/v1/bot/list"
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def public(olive: Operator) -> str:
    """A route that needs no token here: the download of a public file, which has no content yet (204)."""
    return f"/api/v1/file/{create_file(olive.user, visibility='public').pk}/download"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that buckets see: it stands still."""
    now = [1_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    return now


@pytest.fixture(autouse=True)
def small(settings: Any) -> None:
    """Limits that a test reaches."""
    settings.TOKEN_REQUESTS_PER_MINUTE, settings.ADDRESS_REQUESTS_PER_MINUTE, settings.AUTH_FAILURES_PER_MINUTE = 6, 12, 3


def ask(token: str | None, address: str = HERE, path: str = URL, **headers: str) -> Any:
    bearer = {} if token is None else {"authorization": f"Bearer {token}"}
    return Client(REMOTE_ADDR=address, headers={"accept": "application/json", **bearer, **headers}).get(path)


def statuses(times: int, *arguments: Any, **options: Any) -> list[int]:
    return [ask(*arguments, **options).status_code for _ in range(times)]


def refusal(answer: Any) -> tuple[str, int]:
    """The message and the seconds to wait of a 429."""
    assert answer.status_code == 429
    assert answer.json()["code"] == "TOO_MANY_REQUESTS"
    return answer.json()["message"], int(answer["Retry-After"])


def test_a_token_has_so_many_requests_a_minute(olive: Operator, clock: list[float]) -> None:
    assert statuses(6, olive.token) == [200] * 6
    assert refusal(ask(olive.token)) == ("Too many requests with this API token: at most 6 a minute", 10)
    assert refusal(ask(olive.token, THERE))[1] == 10, "from everywhere together"
    assert refusal(Client(REMOTE_ADDR=HERE, headers={"authorization": f"bearer   {olive.token} "}).get(URL)), "however it is spelled"
    assert ask(create_api_token(olive.user)[1]).status_code == 200, "another token has its own"
    clock[0] += 10
    assert statuses(2, olive.token) == [200, 429]


def test_an_address_has_so_many_requests_a_minute(olive: Operator, otto: Operator, public: str, clock: list[float]) -> None:
    assert statuses(6, olive.token) == statuses(6, otto.token) == [200] * 6
    third = create_api_token(olive.user)[1]
    assert refusal(ask(third)) == ("Too many requests from this address: at most 12 a minute", 5)
    assert refusal(ask(None)), "without a token too"
    assert refusal(ask(None, path=public)), "and where none is needed"
    assert ask(third, THERE).status_code == 200
    clock[0] += 5
    assert statuses(2, third) == [200, 429]


def test_public_requests_count_by_address(public: str) -> None:
    assert statuses(12, None, path=public) == [204] * 12
    assert refusal(ask(None, path=public))[1] == 5
    assert ask(None, THERE, public).status_code == 204


def test_failed_tries_are_limited_before_the_database_is_asked(olive: Operator, clock: list[float]) -> None:
    assert statuses(3, "sk-guess") == [401] * 3
    with CaptureQueriesContext(connection) as queries:
        for guess in ("sk-guess", "sk-other", "a.b.c", "Bearer x"):
            assert refusal(ask(guess)) == ("Too many failed tries from this address: at most 3 a minute", 20)
    assert len(queries) == 0
    assert ask("sk-guess", THERE).status_code == 401
    clock[0] += 20
    assert statuses(2, "sk-guess") == [401, 429]


def test_each_kind_of_failure_counts(olive: Operator) -> None:
    expired = create_api_token(olive.user, expires_at=timezone.now())[1]
    assert [ask(expired).status_code, ask("a.b.c").status_code, ask("not a token").status_code] == [401] * 3
    assert ask("sk-guess").status_code == 429


def test_a_good_token_is_not_locked_out_by_its_neighbors(olive: Operator, otto: Operator, public: str) -> None:
    assert ask(olive.token).status_code == 200
    assert statuses(4, "sk-guess") == [401, 401, 401, 429]
    assert ask(olive.token).status_code == 200
    assert ask(None, path=public).status_code == 204
    assert ask(otto.token).status_code == 429, "a token that was not seen good might be a guess"
    assert ask(otto.token, THERE).status_code == 200
    assert ask(otto.token).status_code == 200, "now it was"


def test_a_good_token_costs_no_try(olive: Operator) -> None:
    for number in range(5):
        assert ask(create_api_token(olive.user, str(number))[1]).status_code == 200
    assert statuses(4, "sk-guess") == [401, 401, 401, 429]


def test_a_new_token_may_begin_with_many_requests_at_once(olive: Operator) -> None:
    at_once = [RequestLimits(HERE, "new") for _ in range(10)]
    for request in at_once:
        request.enter()
    for request in at_once:
        request.succeed()
    assert statuses(4, "sk-guess") == [401, 401, 401, 429]


def test_a_revoked_token_is_a_failure_from_then_on(olive: Operator) -> None:
    assert ask(olive.token).status_code == 200
    ApiToken.objects.update(revoked_at=timezone.now())
    assert statuses(4, olive.token) == [401, 401, 401, 429]


def test_a_forged_address_is_not_believed(olive: Operator, settings: Any) -> None:
    forged = [ask("sk-guess", **{"x-forwarded-for": f"203.0.113.{number}"}).status_code for number in range(4)]
    assert forged == [401, 401, 401, 429]
    settings.TRUSTED_PROXIES = 1
    forged = [
        ask("sk-guess", THERE, **{"x-forwarded-for": f"203.0.113.{number}, 198.51.100.1"}).status_code for number in range(4)
    ]
    assert forged == [401, 401, 401, 429]
    assert ask("sk-guess", THERE, **{"x-forwarded-for": "198.51.100.2"}).status_code == 401


def test_ipv6_counts_by_its_network(db: None) -> None:
    assert [ask("sk-guess", f"2001:db8:1:2::{number}").status_code for number in range(4)] == [401, 401, 401, 429]
    assert ask("sk-guess", "2001:db8:1:3::1").status_code == 401


def test_without_the_cache_a_process_counts_alone(olive: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "_cache", RedisCache("redis://127.0.0.1:1/0", {}))
    monkeypatch.setattr(counts, "_local", {})
    monkeypatch.setattr(counts, "_away_until", 0.0)
    assert statuses(7, olive.token) == [200] * 6 + [429]
    assert statuses(4, "sk-guess") == [401, 401, 401, 429]
