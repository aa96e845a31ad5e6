"""A text that the server does not take stays, says why, and can be sent again or deleted."""

from playwright.sync_api import Page, expect

from tests.browser.chat import WAIT_MS, full_page, stored
from tests.support.processes import GENEROUS, Server
from tests.support.servers import Serve


def test_not_sent_offers_retry_and_delete(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    with server.operator() as api:
        bot = api.get(f"integration/widget/{widget}/fetch").json()["botId"]
        chat = full_page(page, server, widget)
        api.post(f"integration/widget/{widget}/update", json={"botId": None}).raise_for_status()
        chat.say("Nobody answers")
        state = chat.questions.first.locator(".meta")
        expect(state).to_contain_text("This chat takes no messages at the moment")
        page.reload()
        expect(state).to_contain_text("This chat takes no messages at the moment")
        state.get_by_role("button", name="Retry").click()
        expect(state).to_contain_text("This chat takes no messages at the moment")
        state.get_by_role("button", name="Delete").click()
        expect(chat.questions).to_have_count(0)
        expect(chat.field).to_be_focused()
        chat.say("Now somebody does")
        expect(state).to_contain_text("This chat takes no messages at the moment")
        api.post(f"integration/widget/{widget}/update", json={"botId": bot}).raise_for_status()
    state.get_by_role("button", name="Retry").click()
    expect(state).to_have_text("Sent")
    expect(chat.answered()).to_have_text("Now somebody does")
    assert [row["text"] for row in stored(server, page)] == ["Now somebody does"] * 2


def test_more_than_the_rate_waits_and_is_sent(serve: Serve, page: Page) -> None:
    server = serve(**GENEROUS | {"SENDS_BURST": "1", "SENDS_PER_MINUTE": "30", "EMBEDDED_WORKER": "0"})
    chat = full_page(page, server, server.scripted_widget("echo"))
    chat.say("One")
    chat.answered()
    chat.say("Two")
    state = chat.questions.nth(1).locator(".meta")
    expect(state).to_contain_text("Many messages at once")
    expect(state).to_have_text("Sent", timeout=WAIT_MS)
    expect(chat.answered(1)).to_have_text("Two")
    assert [row["text"] for row in stored(server, page)] == ["One", "One", "Two", "Two"]


def test_a_widget_that_is_gone_is_told(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    chat = full_page(page, server, widget)
    with server.operator() as api:
        api.post(f"integration/widget/{widget}/delete").raise_for_status()
    chat.say("Gone")
    expect(chat.questions.first.locator(".meta")).to_contain_text("Not sent")
    expect(chat.questions.first).to_contain_text("Gone")
