"""Counters and gauges for Prometheus. With ``PROMETHEUS_MULTIPROC_DIR`` the workers of one machine are added up."""

import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REGISTRY = CollectorRegistry()
COUNTERS = {
    "sessions": Counter("chatwidget_sessions_created", "Sessions created", registry=REGISTRY),
    "sends": Counter("chatwidget_sends", "Visitor messages by result", ["result"], registry=REGISTRY),
    "replies": Counter("chatwidget_replies", "Closed replies by status", ["status"], registry=REGISTRY),
    "tokens": Counter("chatwidget_tokens", "Tokens of models by direction", ["direction"], registry=REGISTRY),
}
GAUGES = {
    "sockets": Gauge("chatwidget_open_sockets", "Open sockets", multiprocess_mode="livesum", registry=REGISTRY),
}


def count(name: str, amount: float = 1, **labels: str) -> None:
    """Add to a counter of ``COUNTERS``: ``count("sends", result="sent")``. Raises ``KeyError`` for an unknown name."""
    counter = COUNTERS[name]
    (counter.labels(**labels) if labels else counter).inc(amount)


def gauge(name: str, change: float) -> None:
    """Move a gauge of ``GAUGES`` up or down: ``gauge("sockets", -1)``."""
    GAUGES[name].inc(change)


def _exposition() -> bytes:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)


def metrics(request: HttpRequest) -> HttpResponse:
    """``/metrics``: open on embedded defaults; with ``METRICS_TOKEN`` only to its bearer, in production never without one."""
    if settings.METRICS_TOKEN:
        if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
            return HttpResponseNotFound()
    elif settings.PRODUCTION:
        return HttpResponseNotFound()
    return HttpResponse(_exposition(), content_type=CONTENT_TYPE_LATEST)
