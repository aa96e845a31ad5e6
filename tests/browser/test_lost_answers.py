"""A line that breaks between a text and its acknowledgement: the text is there once, and answered once."""

import json
import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.chat import WAIT_MS, full_page, stored
from tests.support.processes import Server


@pytest.mark.parametrize("lost", ["the text", "its acknowledgement"])
def test_a_text_is_stored_once(server: Server, page: Page, lost: str) -> None:
    lines: list[WebSocketRoute] = []
    sent: list[str] = []

    def between(line: WebSocketRoute) -> None:
        far = line.connect_to_server()
        lines.append(line)
        breaks = len(lines) == 1

        def up(text: str | bytes) -> None:
            frame = json.loads(text)
            if frame["type"] == "send":
                sent.append(frame["cid"])
                if breaks and lost == "the text":
                    line.close(code=1012)
                    return
            far.send(text)

        def down(text: str | bytes) -> None:
            frame = json.loads(text)
            if breaks and sent and frame["type"] in {"sent", "rows", "delta"}:
                line.close(code=1012)
                return
            line.send(text)

        line.on_message(up)
        far.on_message(down)

    page.route_web_socket(re.compile("/ws/v1/"), between)
    chat = full_page(page, server, server.scripted_widget("echo"))
    chat.say("Just once")
    expect(chat.questions.first.locator(".meta")).to_have_text("Sent", timeout=WAIT_MS)
    expect(chat.answered()).to_have_text("Just once")
    expect(chat.questions).to_have_count(1)
    assert len(lines) == 2, "the line was really lost"
    assert set(sent) == {sent[0]}, "the same text goes by the same name"
    assert [(row["type"], row["text"]) for row in stored(server, page)] == [("user", "Just once"), ("bot", "Just once")]
