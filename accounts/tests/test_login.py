"""Failed log-ins to the admin are limited by address and name."""

from typing import Any

import pytest
from django.test import Client

from accounts import limits
from tests.support.actors import PASSWORD, Operator

URL = "/admin/login/"
REFUSAL = "Too many failed log-ins with this name. Try again in"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[float]:
    """The time that buckets see, and a limit that a test reaches."""
    settings.LOGIN_FAILURES_PER_MINUTE = 3
    now = [1_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    return now


def log_in(name: str, password: str, address: str = "192.0.2.1") -> Any:
    return Client(REMOTE_ADDR=address).post(URL, {"username": name, "password": password})


def test_who_fails_too_often_waits(olive: Operator, clock: list[float]) -> None:
    for _ in range(3):
        page = log_in("olive", "wrong").content.decode()
        assert "Please enter the correct username and password" in page
        assert REFUSAL not in page
    answer = log_in("olive", PASSWORD)
    assert answer.status_code == 200
    assert f"{REFUSAL} 20 seconds." in answer.content.decode()
    assert REFUSAL in log_in("Olive", "wrong").content.decode(), "in whatever case"
    clock[0] += 20
    assert log_in("olive", PASSWORD).status_code == 302


def test_others_are_not_locked_out(olive: Operator, otto: Operator) -> None:
    for _ in range(4):
        log_in("olive", "wrong")
    assert log_in("otto", PASSWORD).status_code == 302
    assert log_in("olive", PASSWORD, "192.0.2.2").status_code == 302


def test_a_success_forgets_the_failures(olive: Operator) -> None:
    for _ in range(3):
        log_in("olive", "wrong")
        log_in("olive", "wrong")
        assert log_in("olive", PASSWORD).status_code == 302


def test_unknown_names_are_limited_too(db: None) -> None:
    pages = [log_in("nobody\u2028\t €", "x").content.decode() for _ in range(4)]
    assert [REFUSAL in page for page in pages] == [False, False, False, True]


def test_an_empty_form_is_no_try(olive: Operator) -> None:
    for _ in range(5):
        assert REFUSAL not in log_in("olive", "").content.decode()
