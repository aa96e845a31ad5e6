"""Bytes and texts that something forgot."""

import os
import time
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from files import cleaning
from files.models import File
from files.storage import new_key
from files.tests.helpers import download, make_file, stored, upload
from files.tests.samples import PNG
from tests.support.actors import Operator

TWO_DAYS = 2 * 86_400


def age(path: Path) -> None:
    then = time.time() - TWO_DAYS
    os.utime(path, (then, then))


def test_bytes_that_no_row_holds_go_after_a_day(olive: Operator, media: Path) -> None:
    file = make_file(olive)
    upload(olive, file, PNG)
    lost = [new_key(file), new_key(File()), "files/file/zz/nonsense", "files/unknown/ab/x"]
    for key in lost:
        default_storage.save(key, ContentFile(b"x"))
    assert cleaning.remove_orphans() == 0
    for path in stored(media):
        age(path)
    assert cleaning.remove_orphans() == len(lost)
    assert download(olive, file) == PNG


def test_what_is_not_ours_stays(media: Path, db: None) -> None:
    default_storage.save("elsewhere/x", ContentFile(b"x"))
    age(media / "elsewhere/x")
    assert cleaning.remove_orphans() == 0 and stored(media)


def test_an_empty_storage(db: None) -> None:
    assert cleaning.remove_orphans() == 0


def test_an_upload_that_is_not_committed_yet_stays(olive: Operator, media: Path) -> None:
    default_storage.save(new_key(make_file(olive)), ContentFile(b"x"))
    assert cleaning.remove_orphans() == 0 and stored(media)


def test_the_owner_takes_everything_with_them(olive: Operator, media: Path) -> None:
    upload(olive, make_file(olive), PNG)
    olive.user.delete()
    for path in stored(media):
        age(path)
    assert cleaning.remove_orphans() == 1 and not stored(media)


def test_the_clock_runs_them(settings: Any) -> None:
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"files.tasks.remove_orphans", "files.tasks.settle_uploads"} <= tasks
