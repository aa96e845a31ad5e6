"""A worker that is killed while it translates: a real process, which gets no chance to say goodbye."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from bots.models import Bot
from tests.support.actors import Operator
from tests.support.environment import clean_environment
from tests.support.processes import POLL_SECONDS, START_SECONDS, Process
from tests.support.translators import TranslatorServer
from widgets.models import LanguageMap
from widgets.services import create_widget, setup_widget
from widgets.setup import waiting
from widgets.tasks import requeue_setups

WORKER = """
import sys, django
django.setup()
from widgets import setup_claims, tasks
setup_claims.CLAIM_SECONDS = 1.0
tasks.translate_language(sys.argv[1])
"""


@pytest.mark.django_db(transaction=True)
def test_another_worker_takes_over(
    olive: Operator, bot: Bot, deepl: TranslatorServer, run_tasks: Callable[[], int], settings: Any, tmp_path: Path
) -> None:
    setup_widget(create_widget(olive.user, bot=bot, title="Halden", language="en, de"))
    row = LanguageMap.objects.get()
    deepl.gate.clear()
    environment = clean_environment(
        DJANGO_SETTINGS_MODULE="widgetplatform.settings", DATA_DIR=str(settings.DATA_DIR), TRANSLATOR="deepl", DEEPL_URL=deepl.url,
        DEEPL_API_KEY=deepl.key, DATABASE_URL=f"sqlite:///{connection.settings_dict['NAME']}",
    )  # fmt: skip
    worker = Process([sys.executable, "-c", WORKER, str(row.pk)], environment, tmp_path / "worker.log")
    worker.wait_for(lambda: deepl.requests)
    assert worker.stop(signal.SIGKILL) == -signal.SIGKILL
    deepl.gate.set()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("pending", 1)
    assert row.claimed_until is not None, "it began"
    until(lambda: waiting(timezone.now()).exists())
    requeue_setups.delay()
    run_tasks()
    row.refresh_from_db()
    assert (row.state, row.texts, row.attempts) == ("ready", {"title": "de Halden"}, 2)


def until(reached: Callable[[], bool]) -> None:
    """Poll it."""
    deadline = time.monotonic() + START_SECONDS
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)
