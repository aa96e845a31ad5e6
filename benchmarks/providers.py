"""Language models: CPU of a token, what we add to the time to the first piece, and whether many streams at once keep their pace.

The model is the stand-in provider of the tests, in a process of its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from benchmarks.load import Visitors, cpu_seconds
from tests.support.environment import ROOT, clean_environment
from tests.support.processes import GENEROUS, Server, run_embedded

TOKENS = 200
PACE = 0.02  # seconds between two tokens
STREAMS = 50
ROUNDS = 3
FIRST_ROUNDS = 40
# No budget ends the talk, and nothing is embedded meanwhile.
ALONE = {"SESSION_TOKENS": "0", "WIDGET_TOKENS_PER_DAY": "0", "OWNER_TOKENS_PER_MONTH": "0", "EMBEDDED_WORKER": "0"}
WORDS = ["word "] * TOKENS


@contextmanager
def stand_in(**answer: Any) -> Iterator[dict[str, str]]:
    """The url and key of a provider that gives this answer to everybody."""
    command = [sys.executable, "-m", "tests.support.provider", json.dumps(answer)]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield json.loads(child.stdout.readline())
    finally:
        child.communicate()  # closes its standard input, which ends it


@contextmanager
def server_with(provider: dict[str, str]) -> Iterator[tuple[Server, str]]:
    """One process whose models are this provider's, and a widget whose bot has one."""
    with tempfile.TemporaryDirectory(prefix="chatwidget-bench-") as folder:
        access = {"OPENAI_BASE_URL": provider["url"], "OPENAI_API_KEY": provider["key"]}
        server = run_embedded(Path(folder), **GENEROUS, **ALONE, **access)
        try:
            with server.operator() as api:
                bot = api.post("bot/create", json={"name": "Model", "model": "openai:gpt-test"}).raise_for_status().json()["id"]
                yield server, api.post("integration/widget/create", json={"botId": bot}).raise_for_status().json()["id"]
        finally:
            server.stop()


def cpu_of_token(streams: int, delay: float) -> dict[str, float]:
    """Microseconds of CPU; see ``benchmarks.tokens``."""
    with stand_in(pieces=WORDS, delay=delay) as provider:
        order = {**provider, "streams": streams, "rounds": ROUNDS, "tokens": TOKENS}
        command = [sys.executable, "-m", "benchmarks.tokens", json.dumps(order)]
        done = subprocess.run(command, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def first_piece_ms(provider: dict[str, str]) -> float:
    """How long the stand-in itself takes to its first piece, over a connection that is open."""
    body = {"model": "gpt-test", "stream": True, "messages": [{"role": "user", "content": "How do I put the widget on my site?"}]}
    took = []
    with httpx.Client(base_url=provider["url"], headers={"authorization": f"Bearer {provider['key']}"}) as client:
        for _ in range(FIRST_ROUNDS + 1):
            began = time.perf_counter()
            with client.stream("POST", "/chat/completions", json=body) as answer:
                for line in answer.iter_lines():
                    if '"content":"word ' in line:
                        took.append(time.perf_counter() - began)
                        break
    return median(took[1:]) * 1000


def talk(server: Server, widget: str, visitors: int, rounds: int) -> tuple[dict[str, Any], float]:
    """What visitors saw, and the server's CPU seconds meanwhile."""
    process = Visitors(server, widget, visitors=visitors, rounds=rounds)
    process.expect("warm")
    before = cpu_seconds(server)
    process.go()
    process.expect("asked")
    spent = cpu_seconds(server) - before
    return process.result(), spent


def measure() -> dict[str, Any]:
    """Everything, as one flat object."""
    at_once, paced = cpu_of_token(1, 0), cpu_of_token(STREAMS, PACE)
    with stand_in(pieces=WORDS[:20], delay=PACE) as provider, server_with(provider) as (server, widget):
        alone, _ = talk(server, widget, 1, FIRST_ROUNDS)
        own_ms = first_piece_ms(provider)
    with stand_in(pieces=WORDS, delay=PACE) as provider, server_with(provider) as (server, widget):
        many, spent = talk(server, widget, STREAMS, ROUNDS)
    ideal_ms = (TOKENS - 1) * PACE * 1000  # from the first piece to the last
    return {
        "cpu_us_at_once": at_once["client"],
        "cpu_us_paced": paced["client"],
        "cpu_us_paced_socket": paced["socket"],
        "first_piece_added_ms": round(alone["first_piece_ms_median"] - own_ms, 1),
        "first_piece_own_ms": round(own_ms, 1),
        "streams_lag_ms_median": round(many["written_ms_median"] - ideal_ms, 1),
        "streams_lag_ms_max": round(many["written_ms_max"] - ideal_ms, 1),
        "streams_first_piece_ms_median": many["first_piece_ms_median"],
        "streams_server_cpu_us_per_token": round(spent * 1e6 / many["replies"] / TOKENS, 1),
    }
