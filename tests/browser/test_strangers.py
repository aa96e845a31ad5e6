"""Windows that are neither the page nor the frame, and pages that the widget does not serve."""

import httpx
from playwright.sync_api import Page, expect

from tests.browser.chat import bubble
from tests.browser.host import POLICY, foreign_site, snippet
from tests.support.processes import Server

OTHERS = POLICY.replace("frame-src {host}", "frame-src {host} http://127.0.0.1:*")
FORGED_TO_PAGE = """() => {
  for (const type of ["cw:close", "cw:hello", "cw:ready", "cw:size", "cw:session"]) parent.postMessage({type, whole: true, session: {token: "forged"}}, "*")
  parent.postMessage({type: "cw:event", name: "unread", detail: {count: 7}}, "*")
}"""
FORGED_TO_FRAME = """() => {
  const frame = parent.document.querySelector("chat-widget").shadowRoot.querySelector("iframe").contentWindow
  for (const message of [{type: "cw:send", text: "forged"}, {type: "cw:layout", layout: "inline"}]) frame.postMessage(message, "*")
}"""


def test_another_frame_of_the_page_is_not_believed(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    with foreign_site(server.url, "<p>Advertisement</p>") as stranger:
        body = snippet(server.url, widget) + f'<iframe src="{stranger}"></iframe><iframe name="near"></iframe>'
        with foreign_site(server.url, body, policy=OTHERS) as url:
            page.goto(url)
            page.locator("chat-widget").get_by_role("button").first.click()
            frame = page.frame_locator("chat-widget iframe")
            field = frame.locator("#field")
            expect(field).to_be_visible()
            other = next(one for one in page.frames if one.url == stranger)
            assert other.evaluate("parent.frames.length") == 2, "the chat's own frame is out of its reach"
            other.evaluate(FORGED_TO_PAGE)
            near = page.frame(name="near")  # of the page's own origin, so it reaches the chat's frame, but is not its parent
            assert near
            near.evaluate(FORGED_TO_FRAME)
            field.fill("Real")
            field.press("Enter")
            expect(frame.locator("article.bot .md")).to_have_text("Real")
            expect(frame.locator("article.user")).to_have_count(1)
            expect(frame.locator("html")).to_have_attribute("data-layout", "bubble")
            expect(page.locator("chat-widget iframe")).to_be_visible()
            assert page.evaluate("chatWidget.instance.unread") == 0


def test_the_page_learns_and_keeps_nothing(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo")
    page.add_init_script("window.heard = []; addEventListener('message', ({data}) => heard.push(JSON.stringify(data)))")
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        chat = bubble(page)
        chat.say("Between us")
        chat.answered()
        frame = next(one for one in page.frames if one.url.startswith(server.url))
        token = frame.evaluate("JSON.parse(Object.entries(localStorage).find(([key]) => key.endsWith(':session'))[1]).token")
        assert len(token) > 20
        assert page.evaluate("heard.length") > 0
        assert not page.evaluate("token => heard.some(text => text.includes(token))", token), "the session stays in the frame"
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert page.context.cookies() == []
        assert all(token not in one.url for one in page.frames)


def test_a_page_that_is_not_allowed_makes_no_session(server: Server, page: Page) -> None:
    widget = server.scripted_widget("echo", origin="https://shop.example.com")
    count = f"from sessions_api.models import Conversation as C; print(C.objects.filter(widget_id='{widget}').count())"
    create = f"{server.url}/api/v1/integration/widget/{widget}/session/create"
    asks = "path => fetch(path, {method: 'POST', body: '{}', mode: MODE}).then(({type}) => type, () => 'refused')"
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        assert page.evaluate(asks.replace("MODE", "'cors'"), create) == "refused"
        assert page.evaluate(asks.replace("MODE", "'no-cors'"), create) == "opaque", "it arrives, so the server must refuse it"
        answer = httpx.post(create, json={}, headers={"origin": url.rstrip("/")})
    assert answer.status_code == 403
    assert "may not use this widget" in answer.json()["message"]
    assert "access-control-allow-origin" not in answer.headers
    assert server.manage("shell", "-v", "0", "-c", count) == "0"
