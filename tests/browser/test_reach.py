"""What a finger can hit and an eye can read, on every accent."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.chat import full_page
from tests.support.processes import Server

CONTRAST = {"runOnly": ["color-contrast"]}
# The area that reacts, not the drawn one: links inside of a sentence are free to be as high as their line.
SMALL = """
  () => [...document.querySelectorAll("button, a[href], textarea")].filter(node => node.checkVisibility({visibilityProperty: true}) && !node.closest(".md p, .powered")).flatMap(node => {
    const {width, height} = node.getBoundingClientRect()
    return width && height && Math.min(width, height) < 43.5 ? [`${node.id || node.ariaLabel || node.textContent} ${width} x ${height}`] : []
  })
"""


def test_every_control_can_be_hit_by_a_finger(chromium: Browser, server: Server) -> None:
    widget = server.scripted_widget("sample/tokens=200", intro="# Hello\n\n[What is this?]()")
    with chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce") as context:
        page = context.new_page()
        chat = full_page(page, server, widget)
        expect(chat.frame.get_by_role("button", name="What is this?")).to_be_visible()
        assert page.evaluate(SMALL) == [], "empty"
        chat.frame.get_by_role("button", name="What is this?").tap()
        chat.answered()
        assert page.evaluate(SMALL) == [], "answered"
        chat.frame.get_by_role("button", name="Menu").tap()
        expect(chat.frame.locator("#restart")).to_be_visible()
        assert page.evaluate(SMALL) == [], "menu"
        chat.frame.locator("#restart").tap()
        expect(chat.frame.get_by_role("alertdialog")).to_be_visible()
        assert page.evaluate(SMALL) == [], "dialog"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("accent", ["#ffd400", "#111111", "#7dd3fc"])
def test_everything_can_be_read_on_any_accent(chromium: Browser, server: Server, scheme: str, accent: str) -> None:
    widget = server.scripted_widget("sample/tokens=200", theme=f"{scheme}/accent={accent}", intro="[What is this?]()")
    with chromium.new_context(bypass_csp=True, reduced_motion="reduce", viewport={"width": 400, "height": 680}) as context:
        page = context.new_page()
        chat = full_page(page, server, widget)

        def unreadable() -> list[str]:
            found = Axe().run(page, options=CONTRAST).response["violations"]
            return [node["html"][:160] + node["failureSummary"] for one in found for node in one["nodes"]]

        expect(chat.frame.get_by_role("button", name="What is this?")).to_be_visible()
        assert unreadable() == [], "empty"
        chat.say("Everything")
        chat.answered()
        assert unreadable() == [], "answered"
        chat.menu("restart")
        expect(chat.frame.get_by_role("alertdialog")).to_be_visible()
        assert unreadable() == [], "dialog"
