"""What the first question needs, made ready in a thread of a web process that has just started."""

import logging
import threading
from typing import Any

from django.conf import settings
from django.db import connections

from bots.engines.knowledge.smalltalk import recognize
from bots.models import Dataset
from bots.retrieval.background import background_vectors
from bots.search import INDEXES, search
from bots.tasks import requeue_embedding

logger = logging.getLogger(__name__)

DELAY_SECONDS = 1.0  # the start itself, and the page that is opened first, go before
DATASETS = 3
QUESTION = "How do I begin?"


class WarmUp:
    """One thread, which ends by itself; ``stop`` keeps it from beginning the next step. May be started again."""

    def __init__(self, delay: float = DELAY_SECONDS) -> None:
        self._delay = delay
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Returns at once."""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(self._stopped,), name="warm-up", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Does not wait for a step that is under way: it only reads."""
        self._stopped.set()

    def join(self) -> None:
        """Wait until it has ended."""
        if self._thread:
            self._thread.join()

    def _run(self, stopped: threading.Event) -> None:
        try:
            if not stopped.wait(self._delay):
                warm(stopped)
        except Exception:
            logger.exception("The warm-up failed; the first question will take longer")
        finally:
            connections.close_all()


def warm(stopped: threading.Event) -> None:
    """Compile patterns, load the embedder, index the datasets that changed last; nothing where no bot has knowledge."""
    datasets: list[Any] = list(
        Dataset.objects.filter(bots__isnull=False, records__isnull=False)
        .distinct()
        .order_by("-updated_at")[:DATASETS]
    )
    if not datasets:
        return
    if settings.EMBEDDED_WORKER:
        requeue_embedding.delay()  # what waited in memory was lost with the last process
    recognize(QUESTION)
    background_vectors(INDEXES.embedder)
    for dataset in datasets:
        if stopped.is_set():
            return
        search(dataset, QUESTION)


warmup = WarmUp()
