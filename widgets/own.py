"""This installation as a request reached it: scheme and host of an ASGI scope, checked as Django checks them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

DEBUG_HOSTS = [".localhost", "127.0.0.1", "[::1]"]


def own_address(scope: Mapping[str, Any]) -> tuple[str, str] | None:
    """``http`` or ``https`` (also for sockets), and the Host header as sent; None for a host that is not ours.

    Behind trusted proxies the first value of ``X-Forwarded-Proto`` decides, as with SECURE_PROXY_SSL_HEADER.
    """
    headers = dict(scope["headers"])
    secure = scope.get("scheme") in ("https", "wss")
    if settings.TRUSTED_PROXIES and b"x-forwarded-proto" in headers:
        secure = headers[b"x-forwarded-proto"].decode("latin-1").split(",")[0].strip() == "https"
    host = headers.get(b"host", b"").decode("latin-1")
    if not _is_ours(host, tuple(settings.ALLOWED_HOSTS), settings.DEBUG):
        return None
    return "https" if secure else "http", host


@lru_cache(maxsize=256)
def _is_ours(host: str, allowed: tuple[str, ...], debug: bool) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed or (DEBUG_HOSTS if debug else ()))
