"""Rate limits of conversations; ``accounts.limits`` counts."""

import uuid

from django.conf import settings

from accounts.limits import Bucket
from sessions_api.errors import Refused


def take_send(session_id: uuid.UUID) -> None:
    """One message of a session; raises ``Refused("rate")`` with the time to wait."""
    wait = Bucket(settings.SENDS_PER_MINUTE, settings.SENDS_BURST).take(f"send:{session_id}")
    if wait:
        raise Refused("rate", "Too many messages in a short time", retry_ms=int(wait * 1000) + 1)


def take_session(address: str) -> None:
    """One new session from an address; raises ``Refused("rate")``."""
    wait = Bucket(settings.SESSIONS_PER_MINUTE, settings.SESSIONS_PER_MINUTE).take(f"session:{address}")
    if wait:
        raise Refused("rate", "Too many conversations were started from this address", retry_ms=int(wait * 1000) + 1)
