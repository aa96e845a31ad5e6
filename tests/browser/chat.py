"""A visitor's hands and eyes: the launcher, and the frame behind it."""

import re
from html import unescape
from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.support.processes import Server

WAIT_MS = 20_000


class Chat:
    """The chat of a page: in its bubble, or on the full page where ``frame`` is the page itself."""

    def __init__(self, page: Page, frame: "FrameLocator | Page") -> None:
        self.page = page
        self.frame = frame

    @property
    def field(self) -> Locator:
        """Where the visitor writes."""
        return self.frame.locator("#field")

    @property
    def button(self) -> Locator:
        """Send, or stop."""
        return self.frame.locator("#send")

    @property
    def answers(self) -> Locator:
        """The bot's messages."""
        return self.frame.locator("article.bot")

    @property
    def questions(self) -> Locator:
        """The visitor's messages."""
        return self.frame.locator("article.user")

    def say(self, text: str) -> None:
        """Write and press Enter."""
        self.field.fill(text)
        self.field.press("Enter")

    def restart(self) -> None:
        """Menu, Start again, yes."""
        self.menu("restart")
        self.frame.locator("#start-again").click()

    def menu(self, entry: str) -> None:
        """Choose an entry of the menu by its id."""
        self.frame.get_by_role("button", name="Menu").click()
        self.frame.locator(f"#{entry}").click()

    def growing(self, number: int = 0, words: int = 8) -> None:
        """Wait until an answer has some words and is still being written."""
        expect(self.answers.nth(number).locator(".md")).to_contain_text(f"word{words}", timeout=WAIT_MS)
        expect(self.button).to_have_attribute("aria-label", "Stop the answer")

    def answered(self, number: int = 0) -> Locator:
        """Wait until an answer is whole; its text."""
        expect(self.answers.nth(number).locator(".acts")).to_be_visible(timeout=WAIT_MS)
        expect(self.button).to_have_attribute("aria-label", "Send", timeout=WAIT_MS)
        return self.answers.nth(number).locator(".md")


def full_page(page: Page, server: Server, widget: str) -> Chat:
    """The widget as a page of its own."""
    page.goto(f"{server.url}/integrations/widget/{widget}")
    return Chat(page, page)


def bubble(page: Page) -> Chat:
    """Open the launcher of the page that is shown."""
    page.locator("chat-widget").get_by_role("button").first.click()
    chat = Chat(page, page.frame_locator("iframe"))
    expect(chat.field).to_be_visible(timeout=WAIT_MS)
    return chat


def stored(server: Server, page: Page) -> list[dict[str, Any]]:
    """The conversation of this browser as the API tells it, in order."""
    keys = "Object.values(localStorage).map(text => { try { return JSON.parse(text) } catch { return null } })"
    session = page.evaluate(f"{keys}.find(one => one && one.token)")
    with server.operator() as api:
        answer = api.get(f"conversation/{session['conversationId']}/message/list", params={"order": "asc"})
        return answer.raise_for_status().json()["items"]


def rescript(server: Server, widget: str, script: str) -> None:
    """From now on the bot of a widget follows another script."""
    with server.operator() as api:
        bot = api.get(f"integration/widget/{widget}/fetch").raise_for_status().json()["botId"]
        api.post(f"bot/{bot}/update", json={"model": f"scripted:{script}"}).raise_for_status()


def letters(shown: Locator) -> str:
    """All that can be read in an answer, without white space and the words of copy buttons."""
    text = shown.evaluate(
        "node => [...node.querySelectorAll('[data-copy]')].reduce((text, copy) => text.replace(copy.textContent, ''), node.textContent)"
    )
    return "".join(text.split())


def letters_of(html: str) -> str:
    """The same of stored html."""
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def words(count: int) -> str:
    """A question that the echo engine answers word by word."""
    return " ".join(f"word{number}" for number in range(count))
