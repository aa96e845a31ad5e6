"""What a blueprint gives reaches the visitors of all its widgets, at the very next request."""

import asyncio
from typing import Any

import httpx

from tests.support.sites import Site


class Owner:
    """Demo's token at the site."""

    def __init__(self, site: Site, token: str) -> None:
        self.site = site
        self.token = token

    async def post(self, path: str, **body: Any) -> str:
        """One call; the id that it answers."""
        answer = await self.site.call("POST", path, self.token, json=body)
        return str(answer.raise_for_status().json()["id"])

    async def bot(self, model: str) -> str:
        """A new bot."""
        return await self.post("bot/create", name="Scripted", model=f"scripted:{model}")


async def shown(site: Site, widget: str) -> tuple[bool, str]:
    """Whether the frame's page has the new title, and the launcher's layout."""
    async with httpx.AsyncClient(base_url=f"{site.first.url}/integrations/widget/{widget}", timeout=60) as http:
        frame, launcher = await http.get("/frame"), await http.get("/launcher.json")
        return "Halden help" in frame.text, launcher.json()["layout"]


async def reply(site: Site, widget: str, question: str) -> str:
    """What a new visitor is answered."""
    session = await site.session(widget)
    async with site.tab(session) as tab:
        await tab.ask(question)
    return str((await site.stored(session))[-1]["text"])


async def test_widgets_without_a_bot_talk_with_their_blueprints(site: Site) -> None:
    owner = Owner(site, await asyncio.to_thread(site.token))
    first, second = await owner.bot("sample/tokens=5"), await owner.bot("echo")
    blueprint = await owner.post("blueprint/create", widgetDefaults={"botId": first})
    widget = await owner.post("integration/widget/create", blueprintId=blueprint)
    assert (await reply(site, widget, "Hello")).startswith("## A scripted answer")
    await owner.post(f"blueprint/{blueprint}/update", widgetDefaults={"botId": second})
    assert await reply(site, widget, "Just this") == "Just this"
    await owner.post(f"blueprint/{blueprint}/update", widgetDefaults={"botId": None})
    refused = await site.create(widget)
    assert refused.status_code == 409, refused.text


async def test_a_change_shows_at_the_next_request_of_every_widget(site: Site) -> None:
    owner = Owner(site, await asyncio.to_thread(site.token))
    blueprint = await owner.post("blueprint/create", widgetDefaults={"title": "Old"})
    widgets = [await owner.post("integration/widget/create", blueprintId=blueprint) for _ in range(2)]
    for widget in widgets:
        assert await shown(site, widget) == (False, "bubble")
    await owner.post(f"blueprint/{blueprint}/update", widgetDefaults={"title": "Halden help", "layout": "inline"})
    for widget in widgets:
        assert await shown(site, widget) == (True, "inline")
    await owner.post(f"blueprint/{blueprint}/delete")
    for widget in widgets:
        assert await shown(site, widget) == (True, "inline")
