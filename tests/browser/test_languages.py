"""Which language a visitor sees, and how it is changed."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chat import Chat, bubble, full_page
from tests.browser.host import foreign_site, snippet
from tests.browser.line import Line
from tests.browser.test_accessibility import problems
from tests.support.processes import Server

ENGLISH = {"title": "Shop", "intro": "# Welcome", "initial": "", "placeholder": "Ask the shop"}
ARABIC = {"title": "متجر", "intro": "# أهلا", "initial": "", "placeholder": "اسأل المتجر"}
TRANSLATE = """
from widgets.models import LanguageMap, WidgetIntegration
from widgets.texts import text_hash
widget = WidgetIntegration.objects.get(pk={widget!r})
texts = {texts!r}
hashes = {{name: text_hash(getattr(widget, name) or "") for name in texts}}
LanguageMap.objects.create(widget=widget, language="ar", state="ready", texts=texts, hashes=hashes)
"""
BLOCKED = "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, {get() { throw Error(name) }})"
LAUNCHER = "node => { const {lang, dir} = node.shadowRoot.querySelector('.root'); return [lang, dir] }"


@pytest.fixture(scope="module")
def shop(server: Server) -> str:
    """A widget in four languages, whose texts are translated into Arabic."""
    widget = server.scripted_widget("echo", language="en, ar, de, pt", **ENGLISH)
    server.manage("shell", "-v", "0", "-c", TRANSLATE.format(widget=widget, texts=ARABIC))
    return widget


@pytest.fixture
def still_page(chromium: Browser) -> Iterator[Page]:
    """A page without motion, into which axe may be put."""
    context = chromium.new_context(bypass_csp=True, reduced_motion="reduce", viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def speaks(chat: Chat, language: str) -> None:
    """Wait until the frame is there in a language."""
    expect(chat.frame.locator("html")).to_have_attribute("lang", language)
    expect(chat.field).to_be_visible()


def choose(chat: Chat, language: str) -> None:
    """Menu, Language, this one."""
    chat.frame.locator("#more").click()
    chat.frame.locator("#menu summary").click()
    chat.frame.locator(f"[data-lang={language}]").click()


def test_a_visitor_changes_the_language_and_keeps_everything(server: Server, shop: str, page: Page) -> None:
    line = Line(page)
    with foreign_site(server.url, snippet(server.url, shop, language="en")) as url:
        page.goto(url)
        chat = bubble(page)
        expect(chat.field).to_have_attribute("placeholder", "Ask the shop")
        chat.say("Before")
        chat.answered()
        chat.field.fill("Half a thought")
        before = page.locator("iframe").bounding_box()

        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        more, entry = chat.frame.locator("#more"), chat.frame.locator("#menu summary")
        more.focus()
        page.keyboard.press("Enter")
        expect(chat.frame.locator("#download")).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(entry).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
        expect(chat.frame.locator("[data-lang=en]")).to_have_attribute("aria-current", "true")
        page.keyboard.press("ArrowDown")
        arabic = chat.frame.get_by_role("group", name="Language").get_by_role("button", name="العربية")
        expect(arabic).to_be_focused()
        expect(arabic.locator("span")).to_have_attribute("lang", "ar")
        assert asked == []
        page.keyboard.press("Enter")

        speaks(chat, "ar")
        expect(chat.frame.locator("html")).to_have_attribute("dir", "rtl")
        expect(chat.frame.locator("h1")).to_have_text("متجر")
        expect(chat.questions).to_have_count(1)
        expect(chat.answers.first.locator(".md")).to_have_text("Before")
        expect(chat.field).to_have_value("Half a thought")
        expect(more).to_be_focused()
        expect(page.locator("chat-widget").get_by_role("button", name="إغلاق الدردشة")).to_be_visible()
        assert page.locator("chat-widget").evaluate(LAUNCHER) == ["ar", "ltr"]
        assert page.locator("iframe").bounding_box() == before
        assert [frame["language"] for frame in line.of("set")] == ["en", "ar"]
        chat.field.press("Enter")
        expect(chat.answers).to_have_count(2)
        expect(chat.answers.nth(1).locator(".md")).to_have_text("Half a thought")

        page.reload()  # the choice comes before data-language from now on
        chat = bubble(page)
        speaks(chat, "ar")
        expect(chat.questions).to_have_count(2)
        expect(page.locator("chat-widget").get_by_role("button", name="إغلاق الدردشة")).to_be_visible()


@pytest.mark.parametrize(
    ("of_snippet", "of_page", "of_browser", "shown", "told"),
    [
        ("de", "ar", "pt-PT", "de", "de"),
        ("", "pt-BR", "ar", "pt", "pt"),
        ("xx", "tlh", "ar-EG", "ar", "ar"),
        ("nonsense, even", "", "ja", "en", "en"),
    ],
)
def test_who_says_which_language(
    server: Server, shop: str, chromium: Browser, of_snippet: str, of_page: str, of_browser: str, shown: str, told: str
) -> None:
    data = {"language": of_snippet} if of_snippet else {}
    with foreign_site(server.url, snippet(server.url, shop, **data), lang=of_page) as url, chromium.new_context(locale=of_browser) as context:
        page = context.new_page()
        with page.expect_response("**/launcher.json*") as answer:
            page.goto(url)
        assert answer.value.json()["language"] == shown
        line = Line(page)
        chat = bubble(page)
        speaks(chat, shown)
        with page.expect_request("**/session/create") as created:
            chat.say("Hello")
        expect(chat.answers.first.locator(".md")).to_have_text("Hello")
        assert json.loads(created.value.post_data or "")["language"] == told
        assert [frame["language"] for frame in line.of("set")] == [told]


def test_a_page_that_changes_its_language_takes_the_chat_along(server: Server, shop: str, page: Page) -> None:
    page.add_init_script(BLOCKED)  # where nothing can be kept in the browser, everything is kept all the same
    with foreign_site(server.url, snippet(server.url, shop)) as url:
        page.goto(url)
        chat = bubble(page)
        speaks(chat, "en")
        chat.say("Before")
        chat.answered()
        expect(chat.frame.get_by_text("This browser blocks storage.")).to_be_visible()
        chat.field.fill("Half a thought")
        page.evaluate("document.documentElement.lang = 'ar'")
        speaks(chat, "ar")
        expect(chat.answers.first.locator(".md")).to_have_text("Before")
        expect(chat.field).to_have_value("Half a thought")
        expect(chat.field).to_be_focused()
        expect(page.locator("chat-widget").get_by_role("button", name="إغلاق الدردشة")).to_be_visible()
        page.evaluate("document.querySelector('chat-widget').setAttribute('language', 'de')")
        speaks(chat, "de")
        choose(chat, "pt")
        speaks(chat, "pt")
        expect(chat.field).to_have_value("Half a thought")
        page.evaluate("document.querySelector('chat-widget').setAttribute('language', 'en')")
        chat.say("After")
        expect(chat.answers.nth(1).locator(".md")).to_have_text("After")
        speaks(chat, "pt")  # what the visitor chose stays


def test_the_full_page_speaks_what_its_link_and_its_visitor_say(server: Server, shop: str, still_page: Page) -> None:
    page = still_page
    page.goto(f"{server.url}/integrations/widget/{shop}?lang=ar")
    chat = Chat(page, page)
    speaks(chat, "ar")
    expect(page.locator(".intro h3, .intro h2").last).to_have_text("أهلا")
    page.locator("#more").click()
    page.locator("#menu summary").click()
    assert problems(page) == []
    page.locator("[data-lang=de]").click()
    speaks(chat, "de")
    expect(page.locator("#more")).to_be_focused()
    full_page(page, server, shop)
    speaks(chat, "de")
    page.goto(f"{server.url}/integrations/widget/{shop}?lang=ar&only")  # as the admin shows it
    speaks(chat, "ar")
    page.goto(f"{server.url}/integrations/widget/{server.scripted_widget('echo', language='en')}")
    expect(page.locator("#restart")).to_have_count(1)
    expect(page.locator("#menu summary")).to_have_count(0)
