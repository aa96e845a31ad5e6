"""After an answer that did not help: a form for an address, sent once, refused with words."""

import re

from playwright.sync_api import Page, expect

from tests.browser.chat import Chat, full_page
from tests.browser.line import Line
from tests.browser.test_accessibility import problems, quiet_page  # noqa: F401 (a fixture)
from tests.support.processes import Server


def asked(server: Server, page: Page, *, collects: bool = True) -> tuple[Chat, Line]:
    """A conversation whose bot does not know."""
    line = Line(page)
    line.change = {"code": "unknown"}
    chat = full_page(page, server, server.scripted_widget("echo", contactCollection=collects, theme="auto"))
    chat.say("What is the meaning of life?")
    chat.answered()
    return chat, line


def test_the_address_reaches_the_operator_once(server: Server, page: Page) -> None:
    chat, _ = asked(server, page)
    form = chat.frame.get_by_role("form", name="Leave your email")
    expect(form).to_be_visible()
    expect(chat.field).to_be_focused()
    email = form.get_by_role("textbox", name="Email")
    form.get_by_role("button", name="Send").click()
    expect(email).to_be_focused()
    expect(form.get_by_role("alert")).to_contain_text("Please enter an address")
    email.fill("ines@")
    email.press("Enter")
    expect(email).to_have_attribute("aria-invalid", "true")
    email.fill("ines@duarte.example")
    expect(form.get_by_role("alert")).to_be_hidden()
    form.get_by_role("textbox", name="Name").fill("Ines Duarte")
    chat.field.fill("One more thing")
    chat.field.press("Enter")
    chat.answered(1)
    expect(email).to_have_value("ines@duarte.example")  # nothing that was typed is lost
    email.press("Enter")
    expect(chat.frame.locator("#log > .note")).to_have_text("Thank you. Your address ines@duarte.example is passed on.")
    expect(form).to_have_count(0)
    expect(chat.field).to_be_focused()
    with server.operator() as api:
        contacts = api.get("contact/list").raise_for_status().json()["items"]
    assert ("Ines Duarte", "ines@duarte.example") in [(one.get("name"), one.get("email")) for one in contacts]
    chat.say("And the next?")
    chat.answered(2)
    expect(form).to_have_count(0)
    page.reload()
    expect(chat.answers).to_have_count(3)
    expect(form).to_have_count(0)


def test_not_now_is_kept(server: Server, page: Page) -> None:
    chat, _ = asked(server, page)
    form = chat.frame.get_by_role("form", name="Leave your email")
    form.get_by_role("button", name="Not now").click()
    expect(form).to_have_count(0)
    expect(chat.field).to_be_focused()
    page.reload()
    chat.say("Again")
    chat.answered(1)
    expect(form).to_have_count(0)


def test_it_goes_with_the_next_question_where_nothing_was_typed(server: Server, page: Page) -> None:
    chat, line = asked(server, page)
    form = chat.frame.get_by_role("form", name="Leave your email")
    expect(form).to_be_visible()
    line.change = {}
    chat.say("Something else")
    chat.answered(1)
    expect(form).to_have_count(0)


def test_a_form_that_was_not_sent_says_so_and_can_be_sent_again(server: Server, page: Page) -> None:
    chat, _ = asked(server, page)
    form = chat.frame.get_by_role("form", name="Leave your email")
    form.get_by_role("textbox", name="Email").fill("ines@duarte.example")
    page.route(re.compile("contact/upsert"), lambda route: route.abort())
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("alert")).to_contain_text("Not sent. Please try again.")
    page.unroute(re.compile("contact/upsert"))
    form.get_by_role("button", name="Send").click()
    expect(chat.frame.locator("#log > .note")).to_contain_text("Thank you.")


def test_a_widget_that_collects_nothing_does_not_ask(server: Server, page: Page) -> None:
    chat, _ = asked(server, page, collects=False)
    expect(chat.frame.get_by_role("form", name="Leave your email")).to_have_count(0)


def test_axe_finds_nothing_in_the_form(server: Server, quiet_page: Page) -> None:  # noqa: F811
    chat, _ = asked(server, quiet_page)
    form = chat.frame.get_by_role("form", name="Leave your email")
    expect(form).to_be_visible()
    assert problems(quiet_page) == []
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("alert")).to_be_visible()
    assert problems(quiet_page) == []
