"""The API's page tries what it describes, and keeps the token to itself."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.support.processes import Server


def test_trying_an_operation(chromium: Browser, server: Server) -> None:
    token = server.api_token()
    with chromium.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{server.url}/api/v1/docs")
        create = page.locator("#createBot")
        create.locator("summary").first.click()
        create.get_by_role("button", name="Send").click()
        expect(create.get_by_role("status")).to_contain_text("401")
        page.get_by_label("Token for trying").fill(token)
        create.get_by_label("Body").fill('{"name": "Tried", "privacy": true}')
        create.get_by_role("button", name="Send").click()
        expect(create.get_by_role("status")).to_contain_text("200")
        create.get_by_label("Body").fill("{")
        create.get_by_role("button", name="Send").click()
        expect(create.get_by_role("status")).to_contain_text("not JSON")

        listing = page.locator("#listBots")
        listing.locator("summary").first.click()
        listing.get_by_label("take").fill("1")
        listing.get_by_label("Accept").select_option("application/jsonl")
        listing.get_by_role("button", name="Send").click()
        expect(listing.get_by_role("status")).to_contain_text('"name":"Tried"')

        create.get_by_label("Body").fill('{"name": "Tried", "privacy": true, "description": null}')
        create.get_by_text("As code").click()
        for name, part in (("curl", "curl -X POST"), ("JavaScript SDK", 'clientFetch("/api/v1/bot/create"'), ("Python", '"privacy": True')):
            create.get_by_role("button", name=name).click()
            expect(create.locator(".code code")).to_contain_text(part)
            assert token not in page.content().replace(f'value="{token}"', "")
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert not problems
        assert not Axe().run(page).response["violations"]
