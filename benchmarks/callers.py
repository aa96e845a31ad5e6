"""Callers of the API, in a process of their own so that their CPU is not the server's.

``python -m benchmarks.callers JSON`` with url, token, and jobs: each a name, a method, a path and perhaps a body, done ``requests`` times
over ``connections`` connections, after a tenth of that to warm up. Prints one line of JSON: a second, p50 and p99 in milliseconds by name.
"""

import asyncio
import json
import sys
import time
from statistics import quantiles
from typing import Any

from benchmarks.http import Http


async def call(url: str, job: dict[str, Any], requests: int, connections: int, token: str) -> list[float]:
    """Seconds of each request."""
    waiting = list(range(requests))
    took: list[float] = []

    async def caller() -> None:
        http = Http(url, token if job.get("token", True) else "")
        while waiting:
            waiting.pop()
            began = time.perf_counter()
            await http.send(job["method"], job["path"], job.get("body"))
            took.append(time.perf_counter() - began)
        http.close()

    await asyncio.gather(*[caller() for _ in range(connections)])
    return took


async def measure(order: dict[str, Any], job: dict[str, Any]) -> dict[str, float]:
    """The figures of one job."""
    requests = job.get("requests", order["requests"])
    await call(order["url"], job, max(requests // 10, 1), order["connections"], order["token"])
    began = time.perf_counter()
    took = await call(order["url"], job, requests, order["connections"], order["token"])
    cuts = quantiles(took, n=100)
    return {
        "per_s": round(len(took) / (time.perf_counter() - began), 1),
        "p50_ms": round(cuts[49] * 1000, 2),
        "p99_ms": round(cuts[98] * 1000, 2),
    }


async def main(order: dict[str, Any]) -> dict[str, Any]:
    """Every job, one after the other."""
    return {job["name"]: await measure(order, job) for job in order["jobs"]}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))), flush=True)
