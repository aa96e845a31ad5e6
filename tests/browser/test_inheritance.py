"""A widget's page in the admin says at once where each value comes from, under the strict policy."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.admin import log_in
from tests.support.processes import Server


def line(page: Page, name: str) -> Locator:
    """What stands beside a field."""
    return page.locator(f"[data-source={name}]")


def choose(page: Page, blueprint: str) -> None:
    """Another blueprint, as a person finds it."""
    page.locator(".field-blueprint [role=combobox]").click()
    page.locator(".select2-search__field").fill(blueprint)
    page.get_by_role("option", name=blueprint).click()


def test_sources_follow_what_a_person_does(page: Page, server: Server) -> None:
    with server.operator() as api:
        for name, defaults in (("North", {"title": "Hej", "math": False, "origin": "https://a.example"}), ("South", {"title": "Ciao", "layout": "inline"})):
            made = api.post("blueprint/create", json={"name": f"Inherit {name}", "widgetDefaults": defaults}).raise_for_status()
        bot = api.post("bot/create", json={"name": "Inherit bot"}).raise_for_status().json()["id"]
        body = {"blueprintId": made.json()["id"], "botId": bot, "intro": "Own", "stream": False, "origin": ""}
        widget = api.post("integration/widget/create", json=body).raise_for_status().json()["id"]
    problems = log_in(page, server)
    page.goto(f"{server.url}/admin/widgets/widgetintegration/{widget}/change/")
    expect(line(page, "title").locator(".cw-from")).to_have_text("From blueprint “Inherit South”")
    expect(page.locator("#id_title")).to_have_attribute("placeholder", "Ciao")

    choose(page, "Inherit North")
    expect(line(page, "title").locator(".cw-value")).to_have_text("Hej")
    expect(line(page, "math").locator(".cw-value")).to_have_text("off")
    expect(line(page, "layout").locator(".cw-from")).to_have_text("Default")
    page.locator(".field-blueprint .select2-selection__clear").click()  # leaving keeps what the stored one gave
    expect(line(page, "title").locator(".cw-value")).to_have_text("Ciao")
    page.keyboard.press("Escape")
    choose(page, "Inherit North")
    expect(line(page, "title").locator(".cw-value")).to_have_text("Hej")

    own = line(page, "title").get_by_text("Set here")
    expect(own).to_be_hidden()
    page.locator("#id_title").fill("Mine")
    expect(own).to_be_visible()
    for name in ("title", "intro", "stream", "bot", "origin"):
        line(page, name).get_by_role("button", name="Reset").click()
        expect(line(page, name).get_by_text("Set here")).to_be_hidden()
    page.get_by_label("Leave it empty (none)").first.wait_for(state="hidden")
    page.get_by_label("Leave it empty (the bot’s name)").check()
    expect(own).to_be_visible()
    assert problems == [], "before Axe, which styles what it looks at"
    found = Axe().run(page, context="#content-main")
    ids = {item["id"] for item in found.response["violations"]}
    assert ids <= {"empty-table-header", "aria-input-field-name"}, "Django's: its table of pictures, and select2's box"
    page.get_by_role("button", name="Save", exact=True).click()
    with server.operator() as api:
        stored = api.get(f"integration/widget/{widget}/fetch").json()
    assert stored["title"] == ""
    assert not {"intro", "stream", "botId", "origin"} & stored.keys()
