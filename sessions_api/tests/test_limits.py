import uuid
from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache

from sessions_api import limits
from sessions_api.errors import Refused
from sessions_api.limits import Bucket, client_address, take_send, take_session


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


def test_sends_and_sessions_are_refused_with_the_time_to_wait(settings: Any, clock: list[float]) -> None:
    settings.SENDS_PER_MINUTE, settings.SENDS_BURST, settings.SESSIONS_PER_MINUTE = 10, 1, 2
    session = uuid.uuid4()
    take_send(session)
    with pytest.raises(Refused) as send:
        take_send(session)
    assert (send.value.code, send.value.retry_ms) == ("rate", 6001)
    take_send(uuid.uuid4())
    for _ in range(2):
        take_session("192.0.2.1")
    with pytest.raises(Refused) as new:
        take_session("192.0.2.1")
    assert (new.value.code, new.value.retry_ms) == ("rate", 30_001)


def test_without_the_cache_a_process_counts_alone(
    settings: Any, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "cache", RedisCache("redis://127.0.0.1:1/0", {}))
    settings.SENDS_PER_MINUTE, settings.SENDS_BURST = 10, 2
    session = uuid.uuid4()
    take_send(session)
    take_send(session)
    with pytest.raises(Refused):
        take_send(session)


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
