"""The ways into a page: attributes of the snippet, several widgets, a place inside the page, a sandbox."""

import httpx
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.chat import Chat, bubble, full_page
from tests.browser.host import foreign_site, snippet
from tests.support.processes import Server


def inline(host: str, *widgets: str, **attributes: str) -> str:
    """Widgets inside the page."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    script = f'<script src="{host}/widget.js" async></script>'
    return script + "".join(f'<chat-widget widget="{widget}" layout="inline"{more}></chat-widget>' for widget in widgets)


def test_attributes_of_the_snippet(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    data = {"open": "true", "position": "bottom-left", "placeholder": "Ask the shop", "theme": "dark"}
    with foreign_site(server.url, snippet(server.url, widget, **data)) as url:
        page.goto(url)
        frame = page.frame_locator("iframe")
        expect(frame.get_by_placeholder("Ask the shop")).to_be_visible()
        assert frame.locator("#panel").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(22, 24, 29)"
        box = page.locator("iframe").bounding_box()
        assert box
        assert box["x"] == 24
        assert page.evaluate("document.activeElement === document.body"), "who did not ask keeps the focus"
        page.evaluate("document.querySelector('chat-widget').removeAttribute('open')")
        expect(page.locator("iframe")).to_be_hidden()
        page.evaluate("document.querySelector('chat-widget').hidden = true")
        expect(page.locator("chat-widget").get_by_role("button")).to_have_count(0)


def test_two_widgets_keep_apart(server: Server, page: Page) -> None:
    widgets = [server.scripted_widget("echo", title=name) for name in ("Left", "Right")]
    with foreign_site(server.url, inline(server.url, *widgets)) as url:
        page.goto(url)
        frames: list[FrameLocator] = [page.locator("chat-widget").nth(number).frame_locator("iframe") for number in range(2)]
        for frame, name in zip(frames, ("Left", "Right"), strict=True):
            chat = Chat(page, frame)
            expect(frame.get_by_role("heading", name=name)).to_be_visible()
            chat.say(f"To {name}")
            expect(chat.answered()).to_have_text(f"To {name}")
        for frame in frames:
            expect(frame.locator("article.user")).to_have_count(1)
        # A frame speaks for its own widget only.
        left = next(one for one in page.frames if widgets[0] in one.url)
        left.evaluate("parent.postMessage({type: 'cw:event', name: 'unread', detail: {count: 7}}, '*')")
        page.wait_for_function("document.querySelectorAll('chat-widget')[0].unread === 7")
        assert page.evaluate("document.querySelectorAll('chat-widget')[1].unread") == 0


def test_fullscreen_covers_the_page_for_good(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo", layout="fullscreen")
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.emulate_media(reduced_motion="reduce")
        page.goto(url)
        field = page.frame_locator("iframe").locator("#field")
        expect(field).to_be_visible()
        whole = {"x": 0, "y": 0, "width": 1280, "height": 800}
        assert page.locator("iframe").bounding_box() == whole
        field.press("Escape")  # there is no launcher to come back by
        field.fill("Still here")
        field.press("Enter")
        expect(page.frame_locator("iframe").locator("article.bot .md")).to_have_text("Still here")
        page.evaluate("chatWidget.instance.hide()")
        expect(page.locator("iframe")).to_be_hidden()
        page.evaluate("chatWidget.instance.show()")
        expect(field).to_be_focused()
        assert page.locator("iframe").bounding_box() == whole


def test_the_bubble_can_be_maximized(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo", maximize=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.emulate_media(reduced_motion="reduce")
        page.goto(url)
        chat = bubble(page)
        chat.frame.get_by_role("button", name="Maximize").click()
        leave = chat.frame.get_by_role("button", name="Leave full screen")
        expect(leave).to_be_focused()
        expect(page.locator("iframe")).to_have_css("width", "1280px")
        expect(page.locator("iframe")).to_have_css("height", "800px")
        leave.click()
        expect(page.locator("iframe")).to_have_css("width", "400px")
        expect(page.locator("iframe")).to_have_css("height", "680px")


def test_a_frame_that_is_refused_says_so(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo", origin="https://shop.example.com")
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        # The launcher's JSON let through all the same: the frame's own policy refuses the page.
        config = httpx.get(f"{server.url}/integrations/widget/{widget}/launcher.json").raise_for_status().json()
        page.route("**/launcher.json*", lambda route: route.fulfill(json=config, headers={"access-control-allow-origin": "*"}))
        page.goto(url)
        page.locator("chat-widget").get_by_role("button").first.click()
        expect(page.get_by_text("The chat cannot be shown on this page.")).to_be_visible()
        link = page.get_by_role("link", name="Open it in a new tab")
        expect(link).to_have_attribute("href", f"{server.url}/integrations/widget/{widget}")
        page.locator("chat-widget").get_by_role("button", name="Close chat").click()
        expect(link).to_be_hidden()


def test_a_widget_that_is_off_shows_no_launcher(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo", enabled=False)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        with page.expect_response("**/launcher.json*"):
            page.goto(url)
        page.wait_for_load_state("networkidle")
        expect(page.locator("chat-widget").get_by_role("button")).to_have_count(0)
    chat = full_page(page, server, widget)
    expect(chat.frame.locator("#status")).to_have_text("Closed at the moment")
    chat.say("Anybody there?")
    expect(chat.questions.first.locator(".meta")).to_contain_text("This chat takes no messages at the moment")
