"""Fixtures for every test; see tests/support for what they do."""

import os
from collections.abc import Iterator
from typing import Any

import django
import pytest

django.setup()  # the plugins below import models; tests.support.early has prepared the environment

pytest_plugins = ["tests.support.scheduling", "tests.support.isolation", "tests.support.actors", "tests.support.seeded", "tests.support.servers", "tests.support.browser", "tests.support.inprocess", "tests.support.outside", "tests.support.website", "tests.support.provider", "tests.support.translators"]
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


def _refuse_skip(report: Any) -> None:
    """In CI a skipped test is a hole that nobody sees."""
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but REQUIRE_ALL=1: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    _refuse_skip(report)
    return report
