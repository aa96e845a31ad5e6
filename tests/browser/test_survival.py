"""What must outlive a reload, a second tab, a cut line and a killed server."""

import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.chat import WAIT_MS, Chat, full_page, letters, letters_of, stored, words
from tests.support.processes import GENEROUS, Server, run_embedded
from tests.support.seeded import copy_of
from tests.support.shell import Shell

SLOW = "echo/delay=0.04"


@pytest.fixture(scope="module")
def shell(server: Server) -> Iterator[Shell]:
    """Python inside the server's settings."""
    running = Shell(server.environment)
    yield running
    running.close()


def test_reload_in_the_middle_of_an_answer(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("sample/tokens=160/delay=0.04"))
    chat.say("Tell me")
    expect(chat.answers.first.locator("ol, ul").first).to_be_visible(timeout=WAIT_MS)
    page.reload()
    expect(chat.button).to_have_attribute("aria-label", "Stop the answer")
    answer = chat.answered()
    rows = stored(server, page)
    assert [row["type"] for row in rows] == ["user", "bot"]
    assert rows[1]["attempt"] == 1
    assert letters(answer) == letters_of(rows[1]["html"])


def test_a_second_tab_shows_and_stops_the_same_answer(server: Server, page: Page) -> None:
    widget = server.scripted_widget(SLOW)
    first = full_page(page, server, widget)
    first.say(words(150))
    first.growing()
    other = page.context.new_page()
    second = full_page(other, server, widget)
    second.growing(words=12)
    second.button.click()
    for chat in (first, second):
        expect(chat.answers.first.locator(".act.end")).to_be_visible()
    assert first.answers.first.locator(".md").inner_text() == second.answers.first.locator(".md").inner_text()
    second.say("From the second")
    expect(first.questions.nth(1)).to_contain_text("From the second")
    second.restart()
    expect(second.questions).to_have_count(0)
    expect(first.frame.get_by_text("This conversation ended")).to_be_visible()
    second.say("A new one")
    expect(first.questions.nth(2)).to_contain_text("A new one")


def test_what_is_written_offline_is_sent_once(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("echo"))
    chat.say("First")
    chat.answered()
    page.context.set_offline(True)
    expect(chat.frame.locator("#bar")).to_be_visible()
    chat.say("Second")
    expect(chat.questions.nth(1).locator(".meta")).to_contain_text("Waiting for the network")
    page.context.set_offline(False)
    expect(chat.questions.nth(1).locator(".meta")).to_have_text("Sent", timeout=WAIT_MS)
    expect(chat.answered(1)).to_have_text("Second")
    assert [row["text"] for row in stored(server, page)] == ["First", "First", "Second", "Second"]


def test_a_draft_and_an_unsent_text_survive_a_reload(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("echo"))
    chat.say("Here")
    chat.answered()
    page.context.set_offline(True)
    chat.say("Unsent")
    expect(chat.questions.nth(1).locator(".meta")).to_contain_text("Waiting for the network")
    chat.field.fill("A draft")
    page.context.set_offline(False)
    page.reload()
    expect(chat.field).to_have_value("A draft")
    expect(chat.answered(1)).to_have_text("Unsent")
    assert len(stored(server, page)) == 4


def test_a_killed_server_continues_the_answer(page: Page, tmp_path: Path, seeded: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    own = GENEROUS | {"PORT": port, "EMBEDDED_WORKER": "0"}  # nothing to embed here
    first = run_embedded(copy_of(seeded, tmp_path), **own)
    second = None
    try:
        chat = full_page(page, first, first.scripted_widget(SLOW))
        chat.say(words(80))
        chat.growing()
        first.stop(signal.SIGKILL)
        expect(chat.frame.locator("#status")).to_contain_text("Reconnecting")
        second = run_embedded(copy_of(seeded, tmp_path), **own)
        expect(chat.answered()).to_have_text(words(80))
        rows = stored(second, page)
        assert [(row["type"], row["status"]) for row in rows] == [("user", "done"), ("bot", "done")]
        assert rows[1]["attempt"] == 2
    finally:
        first.stop(signal.SIGKILL)
        if second:
            second.stop()


def test_an_ended_session_keeps_draft_and_history(server: Server, shell: Shell, page: Page) -> None:
    chat: Chat = full_page(page, server, server.scripted_widget("echo"))
    chat.say("Before")
    chat.answered()
    shell.run(
        "from django.utils.timezone import now; from sessions_api.models import Session; Session.objects.update(revoked_at=now())"
    )
    chat.field.fill("A draft")
    expect(chat.frame.get_by_text("This conversation ended")).to_be_visible(timeout=WAIT_MS)
    expect(chat.field).to_have_value("A draft")
    chat.say("After")
    expect(chat.answers.nth(1).locator(".md")).to_have_text("After", timeout=WAIT_MS)
    expect(chat.questions.first).to_contain_text("Before")
    assert [row["text"] for row in stored(server, page)] == ["After", "After"]


def test_the_last_answer_of_an_ended_session_is_finished(server: Server, page: Page) -> None:
    lines: list[WebSocketRoute] = []

    def between(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    page.route_web_socket(re.compile("/ws/v1/"), between)
    chat = full_page(page, server, server.scripted_widget(SLOW))
    chat.say(words(100))
    chat.growing()
    lines[0].send('{"type": "expiring", "inMs": 600000}')
    expect(chat.frame.locator("#status")).to_have_text("Ends after this answer")
    chat.say("And then?")
    expect(chat.answers.first.locator(".md")).to_have_text(words(100), timeout=WAIT_MS)
    lines[0].close(code=4401)
    expect(chat.answers.nth(1).locator(".md")).to_have_text("And then?", timeout=WAIT_MS)
    expect(chat.answers.first.locator(".md")).to_have_text(words(100))
    expect(chat.answers.first.locator(".act.end")).to_be_hidden()
    assert [row["text"] for row in stored(server, page)] == ["And then?"] * 2


def test_a_log_that_was_numbered_anew_is_loaded_again(server: Server, shell: Shell, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("echo"))
    chat.say("Kept")
    chat.answered()
    page.context.set_offline(True)
    expect(chat.frame.locator("#bar")).to_be_visible()
    shell.run("import uuid; from sessions_api.models import Conversation; Conversation.objects.update(epoch=uuid.uuid4())")
    page.context.set_offline(False)
    chat.say("Goes on")
    expect(chat.answered(1)).to_have_text("Goes on")
    expect(chat.questions).to_have_count(2)
    assert [row["text"] for row in stored(server, page)] == ["Kept", "Kept", "Goes on", "Goes on"]
