"""The browser that the tests drive is the one that visitors have."""

import psutil


def command_line():
    for child in psutil.Process().children(recursive=True):
        line = child.cmdline()
        if any(part.startswith("--remote-debugging") for part in line) and not any(part.startswith("--type=") for part in line):
            return line
    raise AssertionError("no browser runs")


def test_storage_partitioning_and_page_cache_are_not_switched_off(chromium):
    line = command_line()
    assert "--disable-back-forward-cache" not in line
    assert not [part for part in line if part.startswith("--disable-features=") and "ThirdPartyStoragePartitioning" in part]


def test_a_page_of_the_server_opens_without_errors(server, page):
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(server.url + "/")
    page.wait_for_load_state("networkidle")
    assert page.title()
    assert problems == []
