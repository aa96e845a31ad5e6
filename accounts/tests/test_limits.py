"""Buckets, where they are counted, and who is counted."""

from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache
from django.test import RequestFactory

from accounts import limits
from accounts.counts import counts
from accounts.limits import Bucket, client_address, request_address


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that buckets see."""
    now = [1_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    return now


def test_a_bucket_gives_its_burst_and_then_its_rate(clock: list[float]) -> None:
    bucket = Bucket(per_minute=10, burst=3)
    assert [bucket.take("a") for _ in range(4)] == [0, 0, 0, 6]
    assert bucket.take("b") == 0, "another key has its own"
    clock[0] += 5.9
    assert bucket.take("a") == pytest.approx(0.1)
    clock[0] += 0.1001
    assert bucket.take("a") == 0
    clock[0] += 3600
    assert [bucket.take("a") > 0 for _ in range(4)] == [False, False, False, True], (
        "never more than the burst"
    )


def test_a_clock_that_goes_back_credits_nothing_twice(clock: list[float]) -> None:
    bucket = Bucket(per_minute=60, burst=1)
    assert bucket.take("a") == 0
    clock[0] -= 5
    assert bucket.take("a") == 1, "another server's clock is behind"
    clock[0] += 6
    assert bucket.take("a") == 0
    clock[0] -= 1
    assert bucket.take("a") == 1
    clock[0] += 1
    assert bucket.take("a") == 1


@pytest.fixture
def without_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shared cache is away."""
    monkeypatch.setattr(counts, "_cache", RedisCache("redis://127.0.0.1:1/0", {}))
    monkeypatch.setattr(counts, "_local", {})
    monkeypatch.setattr(counts, "_away_until", 0.0)


@pytest.mark.usefixtures("clock", "without_cache")
def test_without_the_cache_a_process_counts_alone(caplog: pytest.LogCaptureFixture) -> None:
    bucket = Bucket(per_minute=10, burst=2)
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 6]
    assert bucket.take("b") == 0
    assert [record.message for record in caplog.records] == [
        "limits: the cache does not answer (ConnectionError), counting in this process"
    ], "it is told once and not asked every time"
    counts.forget("a")
    assert bucket.take("a") == 0


@pytest.mark.usefixtures("without_cache")
def test_without_the_cache_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.counts.LOCAL_COUNTS", 3)
    bucket = Bucket(per_minute=10, burst=2)
    for number in range(20):
        bucket.take(str(number))
    assert len(counts._local) <= 4


def scope(peer: str, *forwarded: str) -> dict[str, Any]:
    """A connection from this peer with these X-Forwarded-For headers."""
    return {
        "client": (peer, 1234),
        "headers": [(b"host", b"x"), *((b"x-forwarded-for", value.encode()) for value in forwarded)],
    }


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("unix", "unknown"),
    ],
)
def test_who_is_counted(peer: str, address: str) -> None:
    assert client_address(scope(peer)) == address


def test_a_socket_without_a_peer_is_counted_too() -> None:
    assert client_address({"client": None, "headers": []}) == "unknown"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, ["198.51.100.1"], "192.0.2.7"),
        (1, [], "192.0.2.7"),
        (1, ["198.51.100.1"], "198.51.100.1"),
        (1, ["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
        (1, ["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
        (1, ["198.51.100.1, nonsense"], "unknown"),
        (2, ["203.0.113.9, 198.51.100.1, 10.0.0.1"], "198.51.100.1"),
        (2, ["203.0.113.9"], "192.0.2.7"),
        (2, [" , ,203.0.113.9 ,2001:db8::1, 10.0.0.1"], "2001:db8::"),
    ],
)
def test_only_our_own_proxies_are_believed(
    settings: Any, proxies: int, forwarded: list[str], address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client_address(scope("192.0.2.7", *forwarded)) == address


@pytest.mark.parametrize("forwarded", ["", "198.51.100.1", "203.0.113.9, 198.51.100.1"])
@pytest.mark.parametrize("proxies", [0, 1])
def test_a_request_counts_as_its_connection_does(settings: Any, proxies: int, forwarded: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7", **headers)
    assert request_address(request) == client_address(scope("192.0.2.7", *([forwarded] if forwarded else [])))


def test_a_header_that_only_looks_like_the_proxys_is_not_believed(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="198.51.100.1,203.0.113.9")  # joined with x_forwarded_for
    request.scope = scope("192.0.2.7", "198.51.100.1")
    assert request_address(request) == "198.51.100.1"
