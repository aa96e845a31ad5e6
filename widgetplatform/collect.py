"""collectstatic, skipped where no static file changed since the last time."""

import hashlib
import subprocess  # nosec
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

STAMP = "static.stamp"
UNUSED = ["rest_framework"]  # pages of its browsable API, which is off; compressing them took as long as all the rest


def fingerprint() -> str:
    """Changes with any static file, with Django's version and with how files are stored."""
    digest = hashlib.sha256(f"{django.__version__} {settings.STORAGES['staticfiles']} {settings.STATIC_ROOT}".encode())
    digest.update((Path(__file__).parent / "static.py").read_bytes())
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_changed() -> bool:
    """Collect into ``STATIC_ROOT`` where needed; True when it did."""
    stamp = Path(settings.DATA_DIR) / STAMP
    now = fingerprint()
    if stamp.exists() and stamp.read_text() == now and Path(settings.STATIC_ROOT).is_dir():
        return False
    stamp.unlink(missing_ok=True)
    # In a process of its own, or what compressing and minifying took (60 MB) would stay with the server.
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--clear", "--verbosity=0"]
    subprocess.run([*command, *(f"--ignore={name}" for name in UNUSED)], cwd=settings.BASE_DIR, check=True)  # noqa: S603 # nosec
    stamp.write_text(now)
    return True
