"""Who begins, and replies that come whole."""

from playwright.sync_api import Page, expect

from tests.browser.chat import bubble, full_page, stored
from tests.browser.host import foreign_site, snippet
from tests.support.processes import Server


def test_the_bot_begins_where_the_widget_says_so(server: Server, page: Page) -> None:
    widget = server.scripted_widget("sample/tokens=12", startFirst=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        chat = bubble(page)
        expect(chat.answered()).to_contain_text("A scripted answer")
        expect(chat.questions).to_have_count(0)
        page.reload()
        chat = bubble(page)
        chat.answered()
        expect(chat.answers).to_have_count(1)


def test_a_reply_that_is_not_streamed_comes_whole(server: Server, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    chat = full_page(page, server, server.scripted_widget("echo/delay=0.2", stream=False))
    chat.say("one two three four five six seven eight")
    expect(chat.answers.first.get_by_text("Writing…")).to_be_visible()
    expect(chat.answered()).to_have_text("one two three four five six seven eight")
    assert not [line for line in said if "delta" in line]
    assert stored(server, page)[1]["status"] == "done"
