"""``make bench``: measure, print a table with the goals beside it, then one JSON object. Names as arguments choose measurements."""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import api, changes, install, load, page, providers, public, setup
from benchmarks.report import table
from benchmarks.retrieval import bench as retrieval
from tests.support.processes import GENEROUS, Server, run_embedded


def memory(server: Server) -> dict[str, Any]:
    """Resident memory of the idle server, after the embedder has embedded the demo."""
    server.settle()
    return {"rss_mb": round(load.rss_mb(server))}


def replies(server: Server) -> list[dict[str, Any]]:
    """Both scripts at every number of visitors."""
    burst = [load.replies(server, load.BURST, visitors, rounds) for visitors, rounds in load.ROUNDS.items()]
    return burst + [load.replies(server, load.PACED, visitors, load.PACED_ROUNDS) for visitors in load.ROUNDS]


MEASUREMENTS: dict[str, Callable[[Server], Any]] = {
    "memory": memory,
    "page": lambda server: page.sizes(server, server.scripted_widget()) | page.requests(server, server.scripted_widget()),
    "public": public.measure,
    "sessions": load.sessions,
    "replies": replies,
    "sockets": load.idle_sockets,
}
# These start what they measure themselves.
ALONE: dict[str, Callable[[], Any]] = {
    "api": api.measure, "providers": providers.measure, "install": install.fresh_clone, "changes": changes.measure, "retrieval": retrieval.measure,
    "setup": setup.measure,
}  # fmt: skip


def main(names: list[str]) -> int:
    """Measure what ``names`` say, everything without; 2 for an unknown name."""
    known = [*MEASUREMENTS, *ALONE]
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"Unknown measurement {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    chosen = names or known
    results: dict[str, Any] = {}
    if set(chosen) & set(MEASUREMENTS):
        with tempfile.TemporaryDirectory(prefix="chatwidget-bench-") as folder:
            server = run_embedded(Path(folder), **GENEROUS)
            try:
                server.settle()  # until the demo is embedded, everything else would measure that too
                for name, measure in MEASUREMENTS.items():
                    if name in chosen:
                        print(f"{name} …", file=sys.stderr, flush=True)
                        results[name] = measure(server)
            finally:
                server.stop()
    for name, measure_alone in ALONE.items():
        if name in chosen:
            print(f"{name} …", file=sys.stderr, flush=True)
            results[name] = measure_alone()
    print(table(results))
    print(json.dumps(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
