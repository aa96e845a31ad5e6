"""A Celery worker inside the web process, for installations without Redis: broker ``memory://``, four threads, beat too.

Tasks waiting in memory are lost with the process; what must not be lost is a row that the beat schedule queues again.
"""

import logging
import os
import threading
from typing import Any

from django.conf import settings

from widgetplatform.background import register
from widgetplatform.celery import app

logger = logging.getLogger(__name__)

THREADS = 4
START_SECONDS = 10.0
STOP_SECONDS = 1.0


@app.task(name="widgetplatform.wake")
def wake() -> None:
    """Nothing: its message ends the two-second wait of Celery's consumer, which looks at its stop flag between messages."""


class EmbeddedWorker:
    """One worker thread and one beat thread; ``start`` and ``stop`` may be called again."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._beat: Any = None

    @property
    def alive(self) -> bool:
        """Whether the worker thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start both threads and wait until the worker consumes; raises ``RuntimeError`` where it does not."""
        if self.alive:
            return
        # Half a dozen megabytes that processes without an embedded worker need not load.
        from celery.beat import EmbeddedService, Scheduler
        from celery.worker import WorkController, state

        # The process ran the system checks itself; Celery would repeat them while the first visitor waits.
        os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
        state.should_stop = None
        ready = threading.Event()

        def work() -> None:  # made in its own thread, because Celery closes the database connections of the maker's
            WorkController(
                app=app,
                pool_cls="threads",
                concurrency=THREADS,
                without_heartbeat=True,
                without_mingle=True,
                without_gossip=True,
                ready_callback=lambda _consumer: ready.set(),
            ).start()

        self._thread = threading.Thread(target=work, name="celery-worker", daemon=True)
        self._thread.start()
        if not ready.wait(START_SECONDS):
            raise RuntimeError(f"The embedded Celery worker did not start within {START_SECONDS} s")
        self._beat = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)
        self._beat.start()

    def stop(self) -> None:
        """Let running tasks end, at most ``STOP_SECONDS``; later ones die with the process."""
        if not self.alive or self._thread is None:
            return
        from celery.worker import state

        self._beat.service.stop()
        state.should_stop = 0
        for _ in range(2):  # the consumer waits once more after it saw the flag
            wake.delay()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            logger.info("Tasks were still running at the stop; they are queued again at the next start")
        self._thread, self._beat = None, None


embedded = EmbeddedWorker()
start_embedded_worker = embedded.start
stop_embedded_worker = embedded.stop


def register_embedded_worker() -> None:
    """Have the web process start a worker of its own where the settings ask for it (``EMBEDDED_WORKER``)."""
    if settings.EMBEDDED_WORKER:
        register(start_embedded_worker, stop_embedded_worker)
