"""What axe finds in every state that a visitor can meet: nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.chat import Chat, full_page, rescript
from tests.support.processes import Server


def problems(page: Page) -> list[dict[str, Any]]:
    """What axe finds, short."""
    found = json.loads(json.dumps(Axe().run(page).response["violations"]))
    return [{"id": one["id"], "nodes": [node["html"][:160] for node in one["nodes"]]} for one in found]


@pytest.fixture(params=["light", "dark"])
def quiet_page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page without motion; axe is put into it as a script, which the frame's policy would refuse."""
    context = chromium.new_context(
        bypass_csp=True, reduced_motion="reduce", color_scheme=request.param, viewport={"width": 400, "height": 680}
    )
    yield context.new_page()
    context.close()


def test_axe_finds_nothing(server: Server, quiet_page: Page) -> None:
    widget = server.scripted_widget("sample/tokens=400/delay=0.05", theme="auto", intro="# Hello\n\n[What is this?]()")
    chat: Chat = full_page(quiet_page, server, widget)
    expect(chat.field).to_be_visible()
    assert problems(quiet_page) == [], "empty"
    chat.say("Go")
    expect(chat.answers.first.locator(".md p").first).to_be_visible()
    assert problems(quiet_page) == [], "streaming"
    chat.button.click()
    expect(chat.answers.first.locator(".act.end")).to_be_visible()
    assert problems(quiet_page) == [], "stopped"
    rescript(server, widget, "sample/tokens=200")
    chat.say("All of it")
    chat.answered(1)
    assert problems(quiet_page) == [], "talking"
    chat.frame.get_by_role("button", name="Menu").click()
    expect(chat.frame.locator("#download")).to_be_focused()
    assert problems(quiet_page) == [], "menu"
    chat.frame.locator("#restart").click()
    expect(chat.frame.get_by_role("alertdialog")).to_be_visible()
    assert problems(quiet_page) == [], "dialog"
    chat.frame.get_by_role("button", name="Keep it").click()
    rescript(server, widget, "echo/fail_at=0")
    chat.say("Break off")
    expect(chat.answers.nth(2).get_by_role("alert")).to_be_visible()
    chat.field.fill("x" * 40_000)
    expect(chat.frame.locator("#too-long")).to_be_visible()
    quiet_page.context.set_offline(True)
    expect(chat.frame.locator("#bar")).to_be_visible()
    chat.field.fill("Later")
    chat.field.press("Enter")
    expect(chat.questions.nth(3).locator(".meta")).to_contain_text("Waiting for the network")
    assert problems(quiet_page) == [], "offline, broken off"
