"""``/healthz``, ``/readyz`` and ``/metrics``."""

import logging

import pytest
from django.db import OperationalError
from kombu import Connection

from widgetplatform import health, metrics


def test_the_process_is_healthy_without_a_database(client):
    answer = client.get("/healthz", headers={"host": "10.1.2.3:8000"})
    assert answer.status_code == 200 and answer.json() == {"status": "ok"}


@pytest.fixture
def running_worker(settings):
    settings.EMBEDDED_WORKER = True
    health.embedded.start()
    yield
    health.embedded.stop()


def test_it_is_ready_when_everything_answers(db, client, running_worker):
    answer = client.get("/readyz", headers={"host": "10.1.2.3:8000"})
    assert answer.status_code == 200 and answer.json() == {"status": "ok", "failing": []}


def broken():
    raise OperationalError("password of the database is hunter2")


@pytest.mark.parametrize("name", ["database", "cache", "broker"])
def test_what_fails_is_named_and_nothing_else_told(db, client, monkeypatch, running_worker, name, caplog):
    monkeypatch.setitem(health.CHECKS, name, broken)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json() == {"status": "unavailable", "failing": [name]}
    assert "hunter2" in caplog.text


def test_it_is_not_ready_without_its_worker(db, client, settings):
    settings.EMBEDDED_WORKER = True
    health.embedded.stop()
    assert client.get("/readyz").json()["failing"] == ["broker"]


def test_it_is_not_ready_without_its_broker(db, client, settings, monkeypatch):
    settings.EMBEDDED_WORKER = False
    monkeypatch.setattr(health.app, "connection_for_write", lambda **options: Connection("redis://127.0.0.1:1/0", **options))
    assert client.get("/readyz").json()["failing"] == ["broker"]


def sample(client, name):
    for line in client.get("/metrics").content.decode().splitlines():
        if line.startswith(name):
            return float(line.rsplit(" ", 1)[1])
    return 0.0


def test_counters_and_gauges_are_shown(client):
    before = sample(client, 'chatwidget_sends_total{result="sent"}'), sample(client, "chatwidget_open_sockets")
    metrics.count("sends", result="sent")
    metrics.gauge("sockets", 1)
    assert sample(client, 'chatwidget_sends_total{result="sent"}') == before[0] + 1
    assert sample(client, "chatwidget_open_sockets") == before[1] + 1
    metrics.gauge("sockets", -1)
    assert sample(client, "chatwidget_open_sockets") == before[1]


def test_an_unknown_counter_is_an_error():
    with pytest.raises(KeyError):
        metrics.count("send")


def test_production_shows_metrics_to_the_bearer_only(client, settings):
    settings.PRODUCTION = True
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-token-of-the-operator"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer a-token-of-the-operator"}).status_code == 200
