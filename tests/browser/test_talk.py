"""Talking: by keyboard alone, answers that grow, stop, another try, reply buttons, votes, a fresh start."""

from playwright.sync_api import Page, expect

from tests.browser.chat import bubble, full_page, letters, letters_of, rescript, stored, words
from tests.browser.host import foreign_site, snippet
from tests.support.processes import Server


def test_by_keyboard_alone(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        expect(page.locator("chat-widget").get_by_role("button")).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        chat_field = page.frame_locator("iframe").locator("#field")
        expect(chat_field).to_be_focused()
        page.keyboard.type("Hello there")
        page.keyboard.press("Enter")
        frame = page.frame_locator("iframe")
        expect(frame.locator("article.user .meta")).to_have_text("Sent")
        expect(frame.locator("article.bot .md")).to_have_text("Hello there")
        expect(chat_field).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("iframe")).to_be_hidden()
        launcher = page.locator("chat-widget").get_by_role("button")
        expect(launcher).to_be_focused()
        page.keyboard.press("Enter")
        expect(frame.locator("article.bot .md")).to_have_text("Hello there")


def test_an_answer_grows_and_is_the_stored_one(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("sample/tokens=120/delay=0.01"))
    chat.say("Show me")
    first = chat.answers.first.locator(".md")
    expect(first.locator("h3")).to_have_text("A scripted answer")
    chat.answered()
    assert letters(first) == letters_of(stored(server, page)[1]["html"])
    expect(chat.answers.first.locator("table")).to_be_visible()
    expect(chat.answers.first.locator(".md a").first).to_have_attribute("target", "_blank")


def test_stop_keeps_what_came(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("echo/delay=0.05"))
    chat.say(words(200))
    chat.growing()
    chat.button.click()
    expect(chat.answers.first.locator(".act.end")).to_be_visible()
    expect(chat.button).to_have_attribute("aria-label", "Send")
    rows = stored(server, page)
    assert rows[1]["status"] == "stopped"
    assert rows[1]["text"].startswith("word0 word1")
    expect(chat.answers.first.locator(".md")).to_have_text(rows[1]["text"])
    chat.say("Again")
    expect(chat.answered(1)).to_have_text("Again")


def test_a_broken_answer_says_so_and_can_be_tried_again(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo/fail_at=3")
    chat = full_page(page, server, widget)
    chat.say(words(9))
    note = chat.answers.first.get_by_role("alert")
    expect(note).to_contain_text("The answer broke off")
    expect(chat.answers.first.locator(".md")).to_have_text("word0 word1 word2")
    row = stored(server, page)[1]
    assert (row["status"], row["code"], row["attempt"]) == ("failed", "unavailable", 1)
    rescript(server, widget, "echo")
    note.get_by_role("button", name="Try again").click()
    expect(chat.answers.first.locator(".md")).to_have_text(words(9))
    expect(note).to_be_hidden()
    expect(chat.answers).to_have_count(1)
    row = stored(server, page)[1]
    assert (row["status"], row["attempt"], row["text"]) == ("done", 2, words(9))


def test_reply_buttons_votes_and_a_fresh_start(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("echo"))
    chat.say("[Tell me more]()")
    chat.answered()
    chat.frame.get_by_role("button", name="Tell me more").click()
    expect(chat.questions.nth(1)).to_contain_text("Tell me more")
    expect(chat.answered(1)).to_have_text("Tell me more")
    with page.expect_response("**/upvote") as voted:
        chat.answers.nth(1).get_by_role("button", name="Good answer").click()
    assert voted.value.ok
    expect(chat.answers.nth(1).get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(chat.answers.nth(1).get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    chat.menu("restart")
    dialog = chat.frame.get_by_role("alertdialog")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(chat.questions).to_have_count(2)
    chat.restart()
    expect(chat.questions).to_have_count(0)
    chat.say("New")
    expect(chat.answered()).to_have_text("New")
    assert [row["text"] for row in stored(server, page)] == ["New", "New"]


def test_too_long_is_told_in_words(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("echo"))
    chat.field.fill("x" * 32_769)
    chat.field.press("Enter")
    expect(chat.frame.locator("#too-long")).to_contain_text("Too long by 1 character")
    expect(chat.questions).to_have_count(0)
    expect(chat.field).to_have_value("x" * 32_769)


def test_the_bubble_remembers(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        chat = bubble(page)
        chat.say("Remember me")
        chat.answered()
        chat.frame.locator("#close").click()
        expect(page.locator("iframe")).to_be_hidden()
        page.reload()
        chat = bubble(page)
        expect(chat.questions).to_have_count(1)
        expect(chat.answers.first.locator(".md")).to_have_text("Remember me")


def test_without_auto_scroll_only_the_question_is_shown(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("echo", autoScroll=False))
    chat.say("\n\n".join(words(60).split()))
    expect(chat.questions.first.locator(".meta")).to_be_in_viewport()
    chat.answered()
    top = "document.getElementById('log').scrollTop"
    before = page.evaluate(top)
    page.get_by_role("button", name="1 new message").click()
    expect(chat.answers.first.locator(".acts")).to_be_in_viewport()
    assert page.evaluate(top) > before
