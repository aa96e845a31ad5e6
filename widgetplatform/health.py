"""``/healthz``: the process answers. ``/readyz``: it can also reach what it needs, by name. ``/metrics``: see metrics.py."""

import logging
import secrets
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from widgetplatform.celery import app
from widgetplatform.metrics import metrics
from widgetplatform.worker import embedded

logger = logging.getLogger(__name__)

BROKER_SECONDS = 2


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    token = secrets.token_hex(8)
    cache.set(f"readyz:{token}", token, 10)
    if cache.get(f"readyz:{token}") != token:
        raise RuntimeError("the cache lost a value")


def _broker() -> None:
    if settings.EMBEDDED_WORKER:
        if not embedded.alive:
            raise RuntimeError("the embedded worker does not run")
        return
    with app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)


CHECKS: dict[str, Callable[[], None]] = {"database": _database, "cache": _cache, "broker": _broker}


def healthz(_request: HttpRequest) -> JsonResponse:
    """Answers 200 as long as the process can answer at all."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """200, or 503 with the names of what cannot be reached; the reasons go to the log only."""
    failing = []
    for name, check in CHECKS.items():
        try:
            check()
        except Exception:
            logger.exception("Not ready: %s", name)
            failing.append(name)
    return JsonResponse({"status": "unavailable" if failing else "ok", "failing": failing}, status=503 if failing else 200)


VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


class HealthMiddleware:
    """Answers the three ahead of everything else: a probe speaks to an address, not to a host of ``ALLOWED_HOSTS``."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponse]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        view = VIEWS.get(request.path)
        if view is None:
            return await self.get_response(request)
        return await sync_to_async(view)(request)
