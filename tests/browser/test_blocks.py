"""Answers grow block by block: what is finished is not touched again, also when the chat is closed meanwhile."""

from playwright.sync_api import Page, expect

from tests.browser.chat import WAIT_MS, Chat, bubble, full_page, letters, letters_of, stored
from tests.browser.host import foreign_site, snippet
from tests.support.processes import Server

GROWING = "sample/tokens=120/delay=0.03"


def test_finished_blocks_stay_the_same_nodes(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget(GROWING))
    chat.say("Show me")
    answer = chat.answers.first.locator(".md")
    expect(answer.locator("ol")).to_be_visible(timeout=WAIT_MS)
    expect(chat.button).to_have_attribute("aria-label", "Stop the answer")
    answer.evaluate("node => { window.early = [...node.children].slice(0, 2) }")
    touched = "new MutationObserver(list => touched.push(...list)).observe(node, {subtree: true, childList: true, characterData: true})"
    page.evaluate(f"() => {{ window.touched = []; for (const node of early) {touched} }}")
    chat.answered()
    assert answer.evaluate("node => early.every((one, n) => node.children[n] === one)")
    assert page.evaluate("touched.length") == 0
    assert answer.evaluate("node => node.children.length") > 3
    rows = stored(server, page)
    assert letters(answer) == letters_of(rows[1]["html"])
    tags = "node => [...node.children].map(one => one.tagName)"
    drawn = answer.evaluate(tags)
    page.reload()
    assert chat.answered().evaluate(tags) == drawn, "the stored blocks are the streamed ones"


def test_an_answer_goes_on_while_the_chat_is_closed(server: Server, page: Page) -> None:
    widget = server.scripted_widget(GROWING)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        chat: Chat = bubble(page)
        chat.say("Show me")
        expect(chat.answers.first.locator(".md h3")).to_be_visible(timeout=WAIT_MS)
        chat.field.press("Escape")
        expect(page.locator("iframe")).to_be_hidden()
        # The launcher tells how many answers came meanwhile.
        launcher = page.locator("chat-widget").get_by_role("button")
        expect(launcher).to_have_accessible_name("Open chat, 1 unread message", timeout=WAIT_MS)
        launcher.click()
        whole = letters(chat.answered())
        expect(launcher.first).to_have_accessible_name("Close chat")
        chat.say("Once more")
        assert letters(chat.answered(1)) == whole
        expect(chat.questions).to_have_count(2)
