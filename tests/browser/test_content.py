"""What an answer holds: code to copy, tables, links, sources, and the conversation as a file."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.chat import WAIT_MS, full_page, stored
from tests.support.processes import Server

RICH = """See [the plans](https://example.com/plans).

```python
print("a line that is a good deal longer than the narrow panel is wide")
```

| Plan | Visitors | Conversations | Price | Support |
|------|---------:|--------------:|------:|---------|
| Small | 1,000 | 10,000 | 9.00 | by email |
"""


def test_code_tables_and_links(chromium: Browser, server: Server) -> None:
    widget = server.scripted_widget("echo")
    with chromium.new_context(viewport={"width": 320, "height": 640}, permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        chat = full_page(page, server, widget)
        chat.say(RICH)
        answer = chat.answered()
        answer.get_by_role("button", name="Copy").click()
        expect(answer.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()").rstrip() == RICH.splitlines()[3]
        for box in (answer.locator("pre"), answer.locator(".tbl")):
            assert box.evaluate("node => node.scrollWidth > node.clientWidth && getComputedStyle(node).overflowX === 'auto'")
            expect(box).to_have_attribute("tabindex", "0")  # so that the keyboard scrolls it too
        assert chat.frame.locator("#log").evaluate("node => node.scrollWidth <= node.clientWidth")
        link = answer.get_by_role("link", name="the plans")
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        actions = chat.answers.first.locator(".acts")
        actions.get_by_role("button", name="Copy").click()
        expect(actions.get_by_role("button", name="Copied")).to_be_visible()
        assert "See the plans." in page.evaluate("navigator.clipboard.readText()")


def test_sources_are_links(server: Server, page: Page) -> None:
    with server.operator() as api:
        dataset = api.post("dataset/create", json={"name": "Shop"}).raise_for_status().json()["id"]
        record = {"title": "Opening hours", "text": "The shop is open from nine to five.", "source": "https://shop.example.com/hours"}
        api.post(f"dataset/{dataset}/record/create", json=record).raise_for_status()
        bot = api.post("bot/create", json={"name": "Shop", "model": "knowledge", "datasetId": dataset}).raise_for_status().json()["id"]
        widget = api.post("integration/widget/create", json={"botId": bot}).raise_for_status().json()["id"]
    chat = full_page(page, server, widget)
    chat.say("Opening hours")
    expect(chat.answered()).to_contain_text("from nine to five")
    source = chat.answers.first.get_by_role("list", name="Sources").get_by_role("link")
    expect(source).to_contain_text("Opening hours")
    expect(source).to_have_attribute("href", "https://shop.example.com/hours")
    expect(source).to_have_attribute("target", "_blank")


def test_the_conversation_as_a_file(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("sample/tokens=200", title="Shop help"))
    chat.say("Tell me *everything*")
    chat.answered()
    with page.expect_download(timeout=WAIT_MS) as download:
        chat.menu("download")
    assert download.value.suggested_filename == "conversation.md"
    text = Path(download.value.path()).read_text()
    assert text.startswith("# Shop help\n")
    assert "Tell me *everything*" in text
    assert stored(server, page)[1]["text"].strip() in text, "the Markdown that the bot wrote, not what was drawn of it"
