"""A widget's own pictures: on the launcher, in the header, beside the bot; and the usual symbols where they cannot be shown."""

import base64

import pytest
from playwright.sync_api import Page, expect

from tests.browser.host import POLICY, foreign_site, snippet
from tests.support.processes import Server
from widgets.tests.pictures import PNG

SYMBOL = "chat-widget .launch svg"
PICTURE = "chat-widget .launch img"


@pytest.fixture(scope="module")
def pictured(server: Server) -> str:
    """The id of a widget with every picture."""
    widget = server.scripted_widget("echo", intro="# Hello")
    with server.operator() as api:
        file = api.post("file/create", json={}).raise_for_status().json()["id"]
        content = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
        api.post(f"file/{file}/upload", json={"file": content}).raise_for_status()
        for kind in ("bar", "bot", "button"):
            api.post(f"integration/widget/{widget}/file/{file}/attach", json={"type": kind}).raise_for_status()
    return widget


def test_pictures_where_symbols_were(server: Server, pictured: str, page: Page) -> None:
    with foreign_site(server.url, snippet(server.url, pictured), policy=POLICY + "; img-src {host}") as url:
        page.goto(url)
        expect(page.locator(PICTURE)).to_be_visible()
        expect(page.locator(SYMBOL)).to_be_hidden()
        page.get_by_role("button", name="Open chat").click()
        expect(page.locator(PICTURE)).to_be_hidden()
        expect(page.locator(SYMBOL)).to_be_visible()
        frame = page.frame_locator("iframe")
        for picture in (frame.locator("header.head .ava img"), frame.locator(".intro .ava img")):
            expect(picture).to_be_visible()
            assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1


def test_a_page_that_forbids_pictures_gets_the_symbol(server: Server, pictured: str, page: Page) -> None:
    with foreign_site(server.url, snippet(server.url, pictured)) as url:
        page.goto(url)
        expect(page.locator(SYMBOL)).to_be_visible()
        expect(page.locator(PICTURE)).to_have_count(0)
        page.get_by_role("button", name="Open chat").click()
        expect(page.frame_locator("iframe").locator("header.head .ava img")).to_be_visible()
