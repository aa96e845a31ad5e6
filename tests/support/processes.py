"""Real processes for tests and benchmarks: started with a log file, waited for by what they say, stopped by their own id."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx

from tests.support.environment import ROOT, SCRIPTED, clean_environment

START_SECONDS = 60.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05
GENEROUS = {  # limits that a test of something else must not meet
    "SENDS_PER_MINUTE": "100000",
    "SENDS_BURST": "100000",
    "SESSIONS_PER_MINUTE": "100000",
    "SOCKETS_PER_ADDRESS": "100000",
}
UNEMBEDDED = "from bots.models import DatasetRecord as R; print(R.objects.filter(vectors=None).count())"
SETTLE_SECONDS = 300.0
ADDRESS = re.compile(r"runs at (http://\S+)/")


class Process:
    """A child process with its output in ``log``."""

    def __init__(self, command: Iterable[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        self.environment = environment
        self._begins = log.stat().st_size if log.exists() else 0  # an earlier process may have written there
        with log.open("ab") as output:
            self.child = subprocess.Popen(
                list(command), cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def output(self) -> str:
        """What it has said so far."""
        return self.log.read_bytes()[self._begins :].decode(errors="replace")

    def wait_for(self, ready: Callable[[], Any], seconds: float = START_SECONDS, every: float = POLL_SECONDS) -> Any:
        """Poll ``every`` so many seconds until ``ready`` answers something true; ends early, with the output, where the process ends."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = ready()
            if answer:
                return answer
            if self.child.poll() is not None:
                raise RuntimeError(f"The process ended with {self.child.returncode}:\n{self.output}")
            time.sleep(every)
        raise TimeoutError(f"Not ready within {seconds} s:\n{self.output}")

    def stop(self, how: int = signal.SIGTERM, seconds: float = STOP_SECONDS) -> int:
        """Signal it and wait; killed where that is not enough. The exit code, negative for a signal."""
        if self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)  # its own session: it and its children
                self.child.wait(seconds)
        return self.child.returncode


class Server(Process):
    """A web process that answers at ``url``."""

    url: str

    def __init__(self, command: Iterable[str], environment: dict[str, str], log: Path) -> None:
        super().__init__(command, environment, log)
        self._tokens: dict[str, str] = {}

    def manage(self, *arguments: str) -> str:
        """Run a management command with the server's settings; what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=START_SECONDS)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout.strip()

    def api_token(self, username: str = "demo") -> str:
        """A new API token of a user of this server."""
        return self.manage("create_api_token", username).split()[-1]

    def operator(self, username: str = "demo") -> httpx.Client:
        """A client for its API with a token of this user, made once: each needs a process of its own."""
        if username not in self._tokens:
            self._tokens[username] = self.api_token(username)
        headers = {"authorization": f"Bearer {self._tokens[username]}"}
        return httpx.Client(base_url=f"{self.url}/api/v1/", headers=headers, timeout=30)

    def scripted_widget(self, script: str = "sample/tokens=200", **fields: Any) -> str:
        """The id of a new widget whose bot is the scripted engine."""
        with self.operator() as api:
            bot = api.post("bot/create", json={"name": "Scripted", "model": f"scripted:{script}"}).raise_for_status().json()["id"]
            answer = api.post("integration/widget/create", json={"botId": bot, **fields})
            return answer.raise_for_status().json()["id"]

    def settle(self) -> None:
        """Wait until everything is embedded; asked seldom, because each question costs a process start."""
        self.wait_for(lambda: self.manage("shell", "-v", "0", "-c", UNEMBEDDED) == "0", SETTLE_SECONDS, every=3)

    def answers(self, path: str = "/healthz") -> bool:
        """Whether a GET succeeds now."""
        try:
            return httpx.get(self.url + path, timeout=5).is_success
        except httpx.TransportError:
            return False


def free_port() -> int:
    """A port that nobody listens at now; for servers that do not report the one they took."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def run_embedded(folder: Path, **extra: str) -> Server:
    """``make run``'s process on a free port, with ``folder`` as its DATA_DIR, ready to answer."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = clean_environment(**{"DATA_DIR": str(folder), "PORT": "0", "EXTRA_ENGINES": SCRIPTED} | extra)
    server = Server([sys.executable, "-m", "widgetplatform.run"], environment, folder / "server.log")
    try:
        server.url = server.wait_for(lambda: ADDRESS.search(server.output)).group(1)
        server.wait_for(server.answers)
    except BaseException:
        server.stop()
        raise
    return server
