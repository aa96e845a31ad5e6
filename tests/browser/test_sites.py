"""On somebody else's page: nothing before an intent, nothing broken, nothing believed that was not checked."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.chat import bubble
from tests.browser.host import foreign_site, snippet
from tests.support.processes import Server

WATCH = """
  window.shifts = []; window.violations = [];
  new PerformanceObserver(list => window.shifts.push(...list.getEntries().map(one => one.value))).observe({type: "layout-shift", buffered: true});
  addEventListener("securitypolicyviolation", event => window.violations.push(event.violatedDirective + " " + event.blockedURI));
  window.known = new Set(Object.getOwnPropertyNames(window));
"""


def test_a_strict_page_pays_two_requests_and_nothing_else(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.startswith(server.url) else None)
    complaints: list[str] = []  # of the frame too, whose own policy is as strict
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(WATCH)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        expect(page.locator("chat-widget").get_by_role("button")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert [one.removeprefix(server.url) for one in asked] == ["/widget.js", f"/integrations/widget/{widget}/launcher.json?lang=en"]
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert page.context.cookies() == []
        added = page.evaluate("Object.getOwnPropertyNames(window).filter(name => !known.has(name))")
        assert set(added) <= {"chatWidget", "chatbotkitWidget", "known"}
        chat = bubble(page)
        chat.say("Hi")
        chat.answered()
        assert page.evaluate("shifts.reduce((sum, one) => sum + one, 0)") == 0
        assert page.evaluate("violations") == []
        assert complaints == []
        assert page.context.cookies() == []


def test_a_page_that_is_not_allowed_gets_no_chat(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo", origin="https://shop.example.com")
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        with page.expect_event("requestfailed", lambda request: "launcher.json" in request.url):
            page.goto(url)
        page.wait_for_load_state("networkidle")
        assert page.locator("iframe").count() == 0
        assert any("launcher.json" in text for text in said)
        expect(page.get_by_text("Words after.")).to_be_visible()
        page.goto(f"{server.url}/integrations/widget/{widget}/frame")
        expect(page.locator("#field")).to_be_visible()  # our own pages may always show it


def test_forged_messages_do_nothing(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        chat = bubble(page)
        frame = next(one for one in page.frames if one.url.startswith(server.url))
        # A message from the frame's own window, not from its parent; and one that pretends to be the frame.
        frame.evaluate("postMessage({type: 'cw:send', text: 'forged'}, '*')")
        page.evaluate("postMessage({type: 'cw:close'}, '*')")
        page.evaluate("postMessage({type: 'cw:event', name: 'unread', detail: {count: 7}}, '*')")
        chat.say("Real")
        chat.answered()
        expect(chat.questions).to_have_count(1)
        expect(page.locator("iframe")).to_be_visible()


def test_destroy_leaves_nothing_and_twice_is_once(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    line = snippet(server.url, widget)
    with foreign_site(server.url, line + line) as url:
        page.goto(url)
        expect(page.locator("chat-widget")).to_have_count(1)
        bubble(page)
        page.evaluate("chatWidget.instancePromise.then(one => one.destroy())")
        expect(page.locator("chat-widget")).to_have_count(0)
        expect(page.locator("iframe")).to_have_count(0)


def test_the_page_opens_writes_and_listens(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    with foreign_site(server.url, snippet(server.url, widget, position="top-left")) as url:
        page.goto(url)
        heard: Any = page.evaluate(
            """async () => {
              const chat = await chatWidget.instancePromise
              const names = []
              for (const name of ["open", "ready", "send", "receive", "close"]) chat.addEventListener(name, ({type}) => names.push(type))
              const received = new Promise(resolve => chat.addEventListener("receive", ({detail}) => resolve(detail.text)))
              chat.show()
              chat.sendMessage({text: "From the page"})
              const text = await received
              chat.hide()
              return {text, names}
            }"""
        )
        assert heard["text"] == "From the page"
        assert set(heard["names"]) == {"open", "ready", "send", "receive", "close"}
        box = page.locator("chat-widget").get_by_role("button").first.bounding_box()
        assert box and box["x"] < 100
        assert box["y"] < 100


def test_inline_fills_its_place(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    body = f'<script src="{server.url}/widget.js" async></script><chat-widget widget="{widget}" layout="inline"></chat-widget>'
    with foreign_site(server.url, body) as url:
        page.goto(url)
        chat_field = page.frame_locator("iframe").locator("#field")
        expect(chat_field).to_be_visible()
        chat_field.fill("Inline")
        chat_field.press("Enter")
        expect(page.frame_locator("iframe").locator("article.bot .md")).to_have_text("Inline")
        expect(page.locator("chat-widget").get_by_role("button", name="Open chat")).to_have_count(0)
