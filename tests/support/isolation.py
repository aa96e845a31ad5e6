"""What keeps tests apart: static files once a process, empty caches and queues, no thread left writing."""

import sys
from collections.abc import Callable, Iterator

import pytest
from asgiref.sync import SyncToAsync
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from kombu.transport.memory import Channel

from widgetplatform.celery import app
from widgetplatform.collect import collect_changed


@pytest.fixture(scope="session", autouse=True)
def fast_passwords() -> None:
    """Operators log in a hundred times; nobody attacks them here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def static_files() -> None:
    """Hashed names exist, as in production."""
    collect_changed()


@pytest.fixture(autouse=True)
def _pages_have_their_files(request: pytest.FixtureRequest) -> None:
    if {"db", "transactional_db", "client", "admin_client", "async_client"} & set(request.fixturenames):
        request.getfixturevalue("static_files")


@pytest.fixture(autouse=True)
def settled() -> Iterator[None]:
    """Start with empty caches and task queues; end with the journal written and its connections closed."""
    cache.clear()
    yield
    keeper = sys.modules.get("sessions_api.keeper")
    if keeper:
        keeper.keeper.journal.drain()
    _empty_queues()
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


def _empty_queues() -> None:
    for queue in Channel.queues.values():
        queue.queue.clear()


def _run_waiting_tasks() -> int:
    """Run tasks that wait on the broker, in order, here, also those that they queue; the number that ran."""
    ran = 0
    with app.connection_for_read() as connection, connection.SimpleQueue(app.conf.task_default_queue) as queue:
        while queue.qsize():
            message = queue.get_nowait()
            message.ack()
            args, kwargs, _ = message.payload
            app.tasks[message.headers["task"]](*args, **kwargs)
            ran += 1
    return ran


@pytest.fixture
def run_tasks() -> Callable[[], int]:
    """Call it to run the Celery tasks that were queued since the test began; answers how many ran."""
    app.loader.import_default_modules()
    return _run_waiting_tasks
