"""How an answer ends that is not simply done: in words, with another try where one may help."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat import full_page
from tests.browser.line import Line
from tests.support.processes import Server
from widgets.strings import strings_of

CATALOG = strings_of("en")
ANY_OWNER_CAN_MEND = "nobody"  # the one sentence of several codes
AGAIN = ("unavailable", "timeout", "rate", "broken", "provider", "interrupted", "empty", "internal", "moderated", "no_bot", "search_failed")
FINAL = ("provider_key", "no_model", "refused", "budget", "too_long")


def test_each_failure_has_a_sentence(server: Server, page: Page) -> None:
    line = Line(page)
    chat = full_page(page, server, server.scripted_widget("echo"))
    for number, code in enumerate([*AGAIN, *FINAL, "made_up"]):
        line.change = {"status": "failed", "code": code}
        chat.say("Go")
        note = chat.answers.nth(number).get_by_role("alert")
        expect(note.locator(".why")).to_have_text(CATALOG.get(f"broke.{code}", CATALOG["brokeOff"]))
        expect(note.get_by_role("button", name="Try again")).to_be_visible(visible=code not in FINAL)
    assert {key.removeprefix("broke.") for key in CATALOG if key.startswith("broke.")} == {*AGAIN, *FINAL, ANY_OWNER_CAN_MEND}


@pytest.mark.parametrize("code", ["length", "iteration"])
def test_a_cut_answer_says_so(server: Server, page: Page, code: str) -> None:
    line = Line(page)
    line.change = {"code": code}
    chat = full_page(page, server, server.scripted_widget("echo"))
    chat.say("Go")
    expect(chat.answered()).to_have_text("Go")
    expect(chat.answers.first.locator(".act.end")).to_have_text("The answer was cut here")
    line.change = {}
    chat.say("Go on")
    chat.answered(1)
    expect(chat.answers.nth(1).locator(".act.end")).to_be_hidden()
