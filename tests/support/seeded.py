"""A data folder that is migrated and seeded, made once for all test processes, to start servers from."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import ROOT, SCRIPTED, clean_environment

# The demo knows nothing in it: embedding the documentation would keep a core busy beside the tests of every server.
PREPARE = """
from widgetplatform.run import prepare
prepare()
from bots.models import DatasetRecord
DatasetRecord.objects.all().delete()
from django.db import connection
connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
"""


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder; copied, never written to."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    folder = shared / "seeded"
    with (shared / "seeded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            made = shared / "seeding"
            made.mkdir()
            environment = clean_environment(DATA_DIR=str(made), EXTRA_ENGINES=SCRIPTED, DJANGO_SETTINGS_MODULE="widgetplatform.settings")
            subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=environment, check=True, timeout=100)
            made.rename(folder)
    return folder


def copy_of(seeded: Path, folder: Path) -> Path:
    """``folder`` with what ``seeded`` holds, where it does not exist or is empty."""
    if not folder.exists() or not any(folder.iterdir()):
        shutil.copytree(seeded, folder, dirs_exist_ok=True)
    return folder
