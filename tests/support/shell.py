"""One Python that lives as long as a test session inside a server's settings: a management command a question costs seconds."""

import json
import subprocess
import sys
import threading

from tests.support.environment import ROOT

LOOP = """
import contextlib, io, json, sys, traceback
import django
django.setup()
for line in sys.stdin:
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(json.loads(line), {})
        print(json.dumps([True, out.getvalue().strip()]), flush=True)
    except Exception:
        print(json.dumps([False, traceback.format_exc()]), flush=True)
"""


class Shell:
    """``run(code)`` answers what the code printed; raises ``RuntimeError`` with its traceback."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment | {"DJANGO_SETTINGS_MODULE": "widgetplatform.settings"}
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def run(self, code: str) -> str:
        """Run it; any thread may ask."""
        with self._lock:
            if self._child is None:
                self._child = subprocess.Popen(
                    [sys.executable, "-c", LOOP],
                    cwd=ROOT,
                    env=self._environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            assert self._child.stdin
            assert self._child.stdout
            self._child.stdin.write(json.dumps(code) + "\n")
            self._child.stdin.flush()
            good, printed = json.loads(self._child.stdout.readline())
        if not good:
            raise RuntimeError(printed)
        return printed

    def close(self) -> None:
        """End it."""
        if self._child:
            self._child.communicate()
            self._child = None
