"""Rate limits: how many a minute, and who is counted."""

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.counts import Count, counts


@dataclass(frozen=True)
class Bucket:
    """A token bucket: ``per_minute`` tokens flow in, at most ``burst`` are kept."""

    per_minute: int
    burst: int

    def take(self, key: str) -> float:
        """Seconds until a token is there; 0.0 where one was taken now."""
        wait, count = self.spend(counts.load([key]).get(key))
        if not wait:
            counts.store({key: count})
        return wait

    def spend(self, count: Count | None) -> tuple[float, Count]:
        """The same on a count that was loaded (None: nothing was taken yet): the seconds to wait, and the count that is then to be stored."""
        now, rate = time.time(), self.per_minute / 60
        tokens, since = count or (float(self.burst), now)
        tokens = min(self.burst, tokens + max(0.0, now - since) * rate)
        if tokens < 1:
            return (1 - tokens) / rate, (tokens, now)
        return 0.0, (tokens - 1, max(now, since))  # clocks of two servers differ: no moment is credited twice


def client_address(scope: Mapping[str, Any]) -> str:
    """Who is counted: the peer's address, or what the trusted proxies say of it; IPv6 by its /64. ``scope`` is that of a connection."""
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for") if settings.TRUSTED_PROXIES else b""
    return _counted((scope.get("client") or ("", 0))[0], forwarded.decode("latin-1"))


def request_address(request: HttpRequest) -> str:
    """The same of a request. Its scope is asked first, because in META ``x_forwarded_for`` would look like the real header."""
    scope = getattr(request, "scope", None)
    if scope is not None:
        return client_address(scope)
    return _counted(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def _counted(peer: str, forwarded: str) -> str:
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            peer = hops[-settings.TRUSTED_PROXIES]
    return _network(peer)


@lru_cache(maxsize=4096)
def _network(peer: str) -> str:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
