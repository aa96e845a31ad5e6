"""``make screenshots``: the site, the widget and the admin of a fresh server, as PNG files in screenshots/."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import launch
from tests.support.environment import ROOT
from tests.support.processes import GENEROUS, Server, run_embedded

FOLDER = ROOT / "screenshots"
SIZES = {"1280": {"width": 1280, "height": 800}, "390": {"width": 390, "height": 844}}
SCHEMES = ("light", "dark")
QUESTION = "How do I put the widget on my site?"
REPLY_MS = 60_000


def _ask(page: Page) -> None:
    """Open the bubble, ask, and wait for the finished reply."""
    page.evaluate("document.querySelector('chat-widget').show()")
    frame = page.frame_locator("chat-widget iframe")
    box = frame.get_by_role("textbox")
    box.wait_for()
    page.screenshot(path=page_name(page, "widget-empty"))
    box.fill(QUESTION)
    box.press("Enter")
    frame.locator("a[href*='/docs/'], a[href*='docs']").first.wait_for(timeout=REPLY_MS)


def page_name(page: Page, name: str) -> str:
    """Where a picture of this page goes."""
    scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    return str(FOLDER / f"{name}-{page.evaluate('innerWidth')}-{scheme}.png")


def visit(browser: Browser, server: Server, password: str) -> None:
    """Every page in every size and scheme."""
    for size in SIZES.values():
        for scheme in SCHEMES:
            context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(server.url + "/")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=page_name(page, "site"))
            _ask(page)
            page.screenshot(path=page_name(page, "widget-conversation"))
            page.goto(server.url + "/docs/embedding")
            page.screenshot(path=page_name(page, "docs"))
            page.goto(server.url + "/admin/")
            page.get_by_label("Username").fill("demo")
            page.get_by_label("Password").fill(password)
            with page.expect_navigation():  # the login has the same address as what comes after it
                page.keyboard.press("Enter")
            page.get_by_role("link", name="Log out").or_(page.get_by_role("button", name="Log out")).wait_for()
            page.screenshot(path=page_name(page, "admin"))
            for path in ("widgets/widgetintegration", "bots/dataset", "sessions_api/conversation"):
                page.goto(f"{server.url}/admin/{path}/")
                with page.expect_navigation():
                    page.locator("#result_list tbody tr a").first.click()
                page.wait_for_load_state("networkidle")
                page.screenshot(path=page_name(page, f"admin-{path.split('/')[1]}"), full_page=True)
            context.close()


def main() -> None:
    """Start a server, wait until its demo is embedded, take the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = run_embedded(Path(folder), **GENEROUS)
        try:
            server.settle()
            password = (Path(folder) / "demo-password").read_text().strip()
            with sync_playwright() as playwright:
                browser = launch(playwright)
                visit(browser, server, password)
                browser.close()
        finally:
            server.stop()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")


if __name__ == "__main__":
    main()
