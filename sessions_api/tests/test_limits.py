import uuid
from typing import Any

import pytest

from accounts import limits
from sessions_api.errors import Refused
from sessions_api.limits import take_send, take_session


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that buckets see."""
    now = [1_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    return now


@pytest.mark.usefixtures("clock")
def test_sends_and_sessions_are_refused_with_the_time_to_wait(settings: Any) -> None:
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
