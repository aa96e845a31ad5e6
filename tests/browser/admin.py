"""The admin as its demo user sees it."""

from pathlib import Path

from playwright.sync_api import Page

from tests.support.processes import Server


def log_in(page: Page, server: Server) -> list[str]:
    """Log in; the errors of every page from then on, as they come."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(f"{server.url}/admin/")
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill((Path(server.environment["DATA_DIR"]) / "demo-password").read_text().strip())
    with page.expect_navigation():  # the login has the same address as what comes after it
        page.keyboard.press("Enter")
    return problems
