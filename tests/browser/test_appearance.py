"""How it looks where that can be measured: phone, themes, accents, direction."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chat import Chat, bubble, full_page
from tests.browser.host import foreign_site, snippet
from tests.support.processes import Server

CONTRAST = """
  node => {
    const paint = document.createElement("canvas").getContext("2d", {willReadFrequently: true})
    const lights = color => {
      paint.fillStyle = color; paint.fillRect(0, 0, 1, 1)
      const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map(value => {
        const part = value / 255
        return part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4
      })
      return .2126 * r + .7152 * g + .0722 * b
    }
    const {color, backgroundColor} = getComputedStyle(node)
    const [dark, light] = [lights(color), lights(backgroundColor)].sort((a, b) => a - b)
    return (light + .05) / (dark + .05)
  }
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("accent", ["#ffd400", "#111111", "#7dd3fc", "#2f4ea6"])
def test_text_on_any_accent_can_be_read(server: Server, page: Page, theme: str, accent: str) -> None:
    chat = full_page(page, server, server.scripted_widget("echo", theme=f"{theme}/accent={accent}"))
    chat.say("Can you read this?")
    chat.answered()
    assert chat.questions.first.locator(".bubble").evaluate(CONTRAST) >= 4.5
    surface = page.evaluate("getComputedStyle(document.querySelector('.panel')).backgroundColor")
    assert (surface == "rgb(255, 255, 255)") == (theme == "light")


def test_auto_follows_the_visitor(chromium: Browser, server: Server) -> None:
    widget = server.scripted_widget("echo", theme="auto")
    with chromium.new_context(color_scheme="dark") as context:
        chat = full_page(context.new_page(), server, widget)
        assert chat.page.evaluate("getComputedStyle(document.querySelector('.panel')).backgroundColor") != "rgb(255, 255, 255)"


def test_a_phone_gets_a_sheet(chromium: Browser, server: Server) -> None:
    widget = server.scripted_widget("echo")
    long_page = "".join(f"<p>Line {number}</p>" for number in range(80))
    with foreign_site(server.url, long_page + snippet(server.url, widget)) as url:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce")
        page = context.new_page()
        page.goto(url)
        page.evaluate("scrollTo(0, 400)")
        before = page.evaluate("scrollY")
        page.locator("chat-widget").get_by_role("button").first.tap()
        chat = Chat(page, page.frame_locator("iframe"))
        expect(chat.field).to_be_visible()
        box = page.locator("iframe").bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (0, 390)
        assert 0 <= round(box["y"]) <= 8
        assert round(box["y"] + box["height"]) == 844
        assert float(chat.field.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")) >= 16
        chat.say("On a phone")
        chat.answered()
        for name in ("#send", "#more", "#close"):
            target = chat.frame.locator(name).bounding_box()
            assert target is not None
            assert min(target["width"], target["height"]) >= 44
        chat.frame.locator("#close").tap()
        expect(page.locator("iframe")).to_be_hidden()
        assert page.evaluate("scrollY") == before
        context.close()


def test_a_page_from_right_to_left_mirrors(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    with foreign_site(server.url, snippet(server.url, widget), attributes=' dir="rtl"') as url:
        page.goto(url)
        launcher = page.locator("chat-widget").get_by_role("button").first.bounding_box()
        assert launcher is not None
        assert launcher["x"] < 100
        chat = bubble(page)
        chat.say("مرحبا")
        chat.answered()
        assert chat.answers.first.locator(".md").evaluate("node => getComputedStyle(node).direction") == "rtl"


def test_nothing_scrolls_sideways_at_320(chromium: Browser, server: Server) -> None:
    widget = server.scripted_widget("sample/tokens=200")
    with chromium.new_context(viewport={"width": 320, "height": 640}) as context:
        chat = full_page(context.new_page(), server, widget)
        chat.say("Everything " + "x" * 300)
        chat.answered()
        assert chat.page.evaluate("document.documentElement.scrollWidth") == 320
        assert chat.frame.locator("#log").evaluate("node => node.scrollWidth <= node.clientWidth")
