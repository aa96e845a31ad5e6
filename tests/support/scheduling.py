"""Which worker runs which file: those that start PostgreSQL, Valkey or a cluster share one, so that it is started once."""

import re
from functools import cache
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.support.environment import ROOT

CONVERSATIONS = "tests/conversations/"  # every test there is asked of one process and of a cluster
STARTS = re.compile(r"def test_\w+\([^)]*\b(cluster|postgres|valkey)\b", re.DOTALL)
SHARED = "those with servers of their own"


class Scheduling(LoadFileScheduling):
    """A file at a time, as ``--dist loadfile``, but for those."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        return SHARED if _starts_servers(path) else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """xdist's hook."""
    return Scheduling(config, log)


@cache
def _starts_servers(path: str) -> bool:
    return path.startswith(CONVERSATIONS) or bool(STARTS.search((ROOT / path).read_text()))
