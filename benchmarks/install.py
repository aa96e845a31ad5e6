"""A fresh clone: how long until it serves, and how much it installs."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from tests.support.environment import ROOT, clean_environment
from tests.support.processes import ADDRESS, Process

LEFT_OUT = shutil.ignore_patterns(".venv", "var", ".git", "__pycache__", ".*_cache", "screenshots", "node_modules")
INSTALL_SECONDS = 300


def fresh_clone() -> dict[str, Any]:
    """``make run`` in a copy of the checkout, twice: from nothing but a package cache, and again."""
    with tempfile.TemporaryDirectory(prefix="chatwidget-clone-") as name:
        clone = Path(name) / "clone"
        shutil.copytree(ROOT, clone, ignore=LEFT_OUT)
        first = _serve(clone)
        second = _serve(clone)
        size = subprocess.run(["du", "-s", "--block-size=1MB", str(clone / ".venv")], capture_output=True, text=True, check=True)
        return {"make_run_first_s": first, "make_run_again_s": second, "installed_mb": int(size.stdout.split()[0])}


def _serve(clone: Path) -> float:
    """Seconds from the command to the first page."""
    environment = clean_environment(PORT="0", DATA_DIR=str(clone / "var"))
    environment.pop("PYTHONPATH")
    began = time.perf_counter()
    process = Process(["make", "-C", str(clone), "run"], environment, clone.parent / f"run-{time.time_ns()}.log")
    try:
        url = process.wait_for(lambda: ADDRESS.search(process.output), INSTALL_SECONDS).group(1)
        httpx.get(url + "/", timeout=30).raise_for_status()
        return round(time.perf_counter() - began, 1)
    finally:
        process.stop()
