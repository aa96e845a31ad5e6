"""What a server does under visitors: sessions, replies, CPU, bytes, memory."""

import json
import subprocess
import sys
from typing import Any

import psutil

from tests.support.environment import ROOT
from tests.support.processes import Server

BURST = "burst/tokens=200"
PACED = "burst/tokens=200/delay=0.02"
SESSIONS = 400
IDLE = 400
ROUNDS = {1: 40, 10: 20, 50: 8}
PACED_ROUNDS = 2


class Visitors:
    """The visitors' process; it reports its progress by lines and goes on when told."""

    def __init__(self, server: Server, widget: str, **order: int) -> None:
        command = [sys.executable, "-m", "benchmarks.visitors", json.dumps({"url": server.url, "widget": widget, **order})]
        self._child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def expect(self, line: str) -> None:
        """Wait for a line of its progress."""
        assert self._child.stdout is not None
        said = self._child.stdout.readline().strip()
        if said != line:
            raise RuntimeError(f"The visitors said {said!r} instead of {line!r}")

    def go(self) -> None:
        """Let it go on."""
        assert self._child.stdin is not None
        self._child.stdin.write("\n")
        self._child.stdin.flush()

    def result(self) -> dict[str, Any]:
        """What it measured."""
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.close()
        output = self._child.stdout.read()  # communicate() would miss what came together with the last line
        if self._child.wait():
            raise RuntimeError("The visitors' process failed")
        return json.loads(output.splitlines()[-1])


def cpu_seconds(server: Server) -> float:
    """CPU time of the server process so far, user and system."""
    times = psutil.Process(server.child.pid).cpu_times()
    return times.user + times.system


def rss_mb(server: Server) -> float:
    """Resident memory."""
    return psutil.Process(server.child.pid).memory_info().rss / 1e6


def replies(server: Server, script: str, visitors: int, rounds: int) -> dict[str, Any]:
    """Replies of one script at one number of visitors."""
    process = Visitors(server, server.scripted_widget(script), visitors=visitors, rounds=rounds)
    process.expect("warm")
    before = cpu_seconds(server)
    process.go()
    process.expect("asked")
    spent = cpu_seconds(server) - before
    figures = process.result()
    return {"script": script, **figures, "cpu_ms_per_reply": round(spent * 1000 / figures["replies"], 2)}


def sessions(server: Server) -> dict[str, Any]:
    """Session creations a second."""
    return Visitors(server, server.scripted_widget(BURST), sessions=SESSIONS).result()


def idle_sockets(server: Server) -> dict[str, Any]:
    """Memory that an idle socket costs."""
    process = Visitors(server, server.scripted_widget(BURST), idle=IDLE)
    process.expect("sessions")
    before = rss_mb(server)
    process.go()
    process.expect("open")
    held = rss_mb(server) - before
    process.go()
    process.result()
    return {"sockets": IDLE, "kb_per_idle_socket": round(held * 1000 / IDLE, 1)}
