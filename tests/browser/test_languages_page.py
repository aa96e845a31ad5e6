"""The page with a widget's languages in the admin: it follows a setup, leaves alone who is writing, and shows the widget beside."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.admin import log_in
from tests.support.processes import Server

HELD_UP = """
from datetime import timedelta
from django.utils.timezone import now
from widgets.models import LanguageMap
LanguageMap.objects.filter(widget="{}").update(state="pending", cause="Busy.", retry_at=now() + timedelta(hours=1))
"""


def test_a_setup_is_followed_and_the_widget_shown_beside(page: Page, server: Server) -> None:
    widget = server.scripted_widget(name="Tongues", title="Halden", intro="Ask us", language="en, de, ar")
    path = f"integration/widget/{widget}"
    with server.operator() as api:

        def states() -> set[str]:
            return {item["state"] for item in api.get(f"{path}/language/list").json()["items"]}

        api.post(f"{path}/setup").raise_for_status()
        server.wait_for(lambda: states() == {"ready"})
        server.manage("shell", "-v", "0", "-c", HELD_UP.format(widget))
        problems = log_in(page, server)
        page.goto(f"{server.url}/admin/widgets/widgetintegration/{widget}/languages/")
        expect(page.get_by_role("status")).to_have_text("0 of 2 languages are done.")
        arabic, german = page.locator("#language-ar"), page.locator("#language-de")
        expect(arabic).to_contain_text("Busy.")
        german.locator("summary", has_text="“Title” in German").click()
        title = page.get_by_label("Title in German")
        expect(title).to_be_focused()
        title.fill("Haldens Laden")
        api.post(f"{path}/setup").raise_for_status()
        expect(page.get_by_role("status")).to_have_text("2 of 2 languages are done.")
        expect(arabic).not_to_contain_text("Busy.")
        expect(german).to_contain_text("Busy.")
        expect(title).to_have_value("Haldens Laden")
        page.keyboard.press("Escape")
        expect(german).not_to_contain_text("Busy.")
        expect(german.locator("summary", has_text="“Title” in German")).to_be_focused()

        german.locator("summary", has_text="“Title” in German").click()
        title.fill("Haldens Laden")
        german.get_by_role("button", name="Save").click()
        expect(german.locator("td").first).to_contain_text("Haldens Laden")
        german.get_by_role("link", name="Preview in German").click()
        frame = page.frame_locator("iframe[title='The widget in German']")
        expect(frame.get_by_role("heading", name="Haldens Laden")).to_be_visible()
        expect(frame.get_by_text("Ask us")).to_be_visible()
    german.locator("summary", has_text="“Intro” in German").click()
    assert problems == [], "before Axe, which styles what it looks at"
    found = Axe().run(page, context="#content-main")
    assert found.violations_count == 0, found.generate_report()
