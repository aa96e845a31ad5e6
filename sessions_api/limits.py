"""Rate limits, counted in the shared cache. A cache that is away never stops a conversation: the limit is then this process's own."""

import ipaddress
import logging
import time
import uuid
from typing import Any

from django.conf import settings
from django.core.cache import cache

from sessions_api.errors import Refused

logger = logging.getLogger(__name__)
BUCKET_SECONDS = 3600
_local: dict[str, tuple[float, float]] = {}  # this process's own counts, while the cache is away


class Bucket:
    """A token bucket: ``per_minute`` tokens flow in, at most ``burst`` are kept."""

    def __init__(self, per_minute: int, burst: int) -> None:
        self.rate = per_minute / 60
        self.burst = burst

    def take(self, key: str) -> float:
        """Seconds until a token is there; 0.0 where one was taken now."""
        now = time.time()
        tokens, since = self._load(key) or (float(self.burst), now)
        tokens = min(self.burst, tokens + (now - since) * self.rate)
        if tokens < 1:
            return (1 - tokens) / self.rate
        self._store(key, (tokens - 1, now))
        return 0.0

    def _load(self, key: str) -> tuple[float, float] | None:
        try:
            return cache.get(key)
        except Exception as error:  # every cache backend has exceptions of its own
            logger.warning("limits: the cache does not answer (%s), counting in this process", type(error).__name__)
            return _local.get(key)

    def _store(self, key: str, value: tuple[float, float]) -> None:
        try:
            cache.set(key, value, BUCKET_SECONDS)
        except Exception:
            if len(_local) > 10_000:
                _local.clear()
            _local[key] = value


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


def client_address(scope: dict[str, Any]) -> str:
    """Who is counted: the peer's address, or what the trusted proxies say of it; IPv6 by its /64."""
    peer = (scope.get("client") or ("", 0))[0]
    if settings.TRUSTED_PROXIES:
        forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            peer = hops[-settings.TRUSTED_PROXIES]
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
