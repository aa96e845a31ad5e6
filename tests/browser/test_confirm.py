"""What the bot may only do when the visitor says yes: a card in the log, calm, by keyboard, answered once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chat import Chat, full_page, words
from tests.browser.line import Line
from tests.browser.test_accessibility import problems, quiet_page  # noqa: F401 (a fixture)
from tests.support.processes import Server

ORDER = {"product": "Core 10", "quantity": 2, "address": {"city": "Porto"}, "note": "<b>ring twice</b>"}


@pytest.fixture
def ask(server: Server) -> Callable[[Page], tuple[Chat, Line]]:
    """An answer is being written, and the bot asks whether it may order."""

    def asked(page: Page) -> tuple[Chat, Line]:
        line = Line(page, kept_back=("result",))
        chat = full_page(page, server, server.scripted_widget("echo/delay=0.05", tools=True, theme="auto"))
        chat.say(words(400))
        chat.growing()
        line.say(type="call", call="c1", name="order", args=ORDER, text="Place an order", timeoutMs=60000, confirm=True)
        return chat, line

    return asked


def card(chat: Chat) -> Locator:
    """The question."""
    return chat.frame.get_by_role("region", name="May Scripted do this?")


def test_the_visitor_reads_what_is_to_be_done_and_allows_it(page: Page, ask: Callable[[Page], tuple[Chat, Line]]) -> None:
    chat, line = ask(page)
    expect(card(chat)).to_be_in_viewport()
    expect(card(chat)).to_contain_text("Place an order")
    expect(card(chat).locator("dd")).to_contain_text(["Core 10", "2", "Porto", "<b>ring twice</b>"])
    expect(chat.field).to_be_focused()  # nothing takes the focus from somebody who writes
    expect(chat.frame.locator("#said")).to_contain_text("May Scripted do this? Place an order")
    card(chat).get_by_role("button", name="Allow").click()
    expect(card(chat)).to_have_count(0)
    expect(chat.field).to_be_focused()
    assert line.of("result") == [{"type": "result", "call": "c1", "result": True}]
    with page.expect_console_message(lambda message: "sent result" in message.text):
        line.say(type="call", call="c1", name="order", args=ORDER, text="Place an order", timeoutMs=60000, confirm=True)
    expect(card(chat)).to_have_count(0)
    assert [frame["result"] for frame in line.of("result")] == [True, True]


def test_long_values_leave_the_question_in_sight(page: Page, ask: Callable[[Page], tuple[Chat, Line]]) -> None:
    chat, line = ask(page)
    card(chat).get_by_role("button", name="Not now").click()
    long = {"note": "ring twice " * 500}
    line.say(type="call", call="c2", name="order", args=long, text="Place an order", timeoutMs=60000, confirm=True)
    expect(card(chat).get_by_role("heading")).to_be_in_viewport()
    expect(card(chat).get_by_role("button", name="Allow")).to_be_in_viewport(ratio=1)
    expect(card(chat).locator("dl")).to_have_attribute("tabindex", "0")


def test_the_visitor_says_no_by_keyboard(page: Page, ask: Callable[[Page], tuple[Chat, Line]]) -> None:
    chat, line = ask(page)
    expect(card(chat)).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(card(chat).get_by_role("button", name="Allow")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(card(chat).get_by_role("button", name="Not now")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card(chat)).to_have_count(0)
    expect(chat.field).to_be_focused()
    assert line.of("result") == [{"type": "result", "call": "c1", "result": False}]


def test_it_goes_when_it_is_over(page: Page, ask: Callable[[Page], tuple[Chat, Line]]) -> None:
    chat, line = ask(page)
    expect(card(chat)).to_be_visible()
    line.say(type="call", call="c2", name="other", args={}, timeoutMs=60000, confirm=True)
    expect(chat.frame.get_by_role("button", name="Allow")).to_have_count(2)
    line.say(type="callEnd", call="c1")
    expect(chat.frame.get_by_role("button", name="Allow")).to_have_count(1)
    expect(card(chat)).to_contain_text("other")
    chat.button.click()  # stop
    expect(card(chat)).to_have_count(0)
    assert line.of("result") == []


def test_axe_finds_nothing_in_the_question(quiet_page: Page, ask: Callable[[Page], tuple[Chat, Line]]) -> None:  # noqa: F811
    chat, _ = ask(quiet_page)
    expect(card(chat)).to_be_visible()
    assert problems(quiet_page) == []


@pytest.mark.parametrize(("button", "outcome"), [("Allow", "Ordered."), ("Not now", None)])
def test_an_ability_that_writes_waits_for_the_visitor(server: Server, page: Page, button: str, outcome: str | None) -> None:
    with server.operator() as api:
        skillset = api.post("skillset/create", json={"name": "Shop"}).raise_for_status().json()["id"]
        ability = {"name": "order", "description": "Place an order", "instruction": "Ordered.", "writes": True}
        api.post(f"skillset/{skillset}/ability/create", json=ability).raise_for_status()
        bot = api.post("bot/create", json={"name": "Scripted", "model": "scripted:calls", "skillsetId": skillset}).raise_for_status().json()["id"]
        widget = api.post("integration/widget/create", json={"botId": bot, "tools": True}).raise_for_status().json()["id"]
    chat = full_page(page, server, widget)
    chat.say("Go")
    expect(card(chat)).to_contain_text("Place an order")
    page.reload()
    card(chat).get_by_role("button", name=button).click()
    answer = chat.answered()
    expect(answer).to_contain_text("order: ")
    if outcome:
        expect(answer).to_contain_text(outcome)
    else:
        expect(answer).not_to_contain_text("Ordered.")
    expect(card(chat)).to_have_count(0)
