"""Chromium, as visitors have it: with partitioned storage and the back-forward cache that Playwright switches off."""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

SYSTEM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
UNWANTED = ("--disable-back-forward-cache", "--disable-features=")


def _options() -> dict[str, object]:
    path = os.environ.get("CHROMIUM", str(SYSTEM) if SYSTEM.exists() else "")
    return {"args": ARGUMENTS, **({"executable_path": path} if path else {})}


_unwanted: list[str] = []


def _find_unwanted(playwright: Playwright) -> list[str]:
    """Their exact text differs by version, so it is read off a running browser's command line."""
    if not _unwanted:
        before = {child.pid for child in psutil.Process().children(recursive=True)}
        probe = playwright.chromium.launch(**_options())  # type: ignore[arg-type]
        for child in psutil.Process().children(recursive=True):
            line = child.cmdline() if child.pid not in before and child.is_running() else []
            if any("chrom" in part for part in line[:1]) and not any(part.startswith("--type=") for part in line):
                _unwanted.extend(part for part in line if part.startswith(UNWANTED))
        probe.close()
    return _unwanted


def launch(playwright: Playwright, *, as_shipped: bool = False) -> Browser:
    """A browser; ``as_shipped`` keeps Playwright's own switches, which deny storage in third-party frames."""
    unwanted = [] if as_shipped else _find_unwanted(playwright)
    return playwright.chromium.launch(ignore_default_args=unwanted, **_options())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's loop runs in this thread while it is open, so it lives no longer than a module, and that has no async test."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A browser for the tests of a module."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a fresh context, 1280 x 800."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()
