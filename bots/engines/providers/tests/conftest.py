"""What the tests of clients share."""

from typing import Any

import pytest

from bots.engines.providers import retrying


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repetitions come at once."""
    monkeypatch.setattr(retrying, "BACKOFF_SECONDS", 0.002)


@pytest.fixture
def impatient(settings: Any) -> None:
    """Silence is soon too long. For services that are silent only: a busy machine is slower than this."""
    settings.PROVIDER_FIRST_SECONDS = settings.PROVIDER_NEXT_SECONDS = 0.3
