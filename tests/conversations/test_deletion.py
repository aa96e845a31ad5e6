"""Deleting a conversation while people are in it, and sockets of sessions that have no widget."""

import asyncio

import pytest

from tests.support.sites import SLOW, Site


@pytest.mark.parametrize("by", ["operator", "visitor"])
async def test_every_tab_is_told_and_the_reply_ends(site: Site, by: str) -> None:
    session = await site.session(await site.widget(SLOW))
    talk = session["conversationId"]
    token = session["token"] if by == "visitor" else await asyncio.to_thread(site.token)
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        sent = await one.send("Tell me")
        assert sent["type"] == "sent"
        answer = await site.call("POST", f"conversation/{talk}/delete", token, headers={"origin": site.first.url})
        assert (answer.status_code, answer.json()) == (200, {"id": talk})
        assert [await one.closed(), await two.closed()] == [4404, 4404]
    assert await site.shell(f"print(Message.objects.filter(conversation_id='{talk}').count())") == "0"
    again = await site.call("POST", f"conversation/{talk}/delete", token, headers={"origin": site.first.url})
    assert again.status_code == 404


async def test_a_session_without_a_widget_has_a_socket(site: Site) -> None:
    operator = await asyncio.to_thread(site.token)
    bot = await site.call("POST", "bot/create", operator, json={"name": "Echo", "model": "scripted:echo"})
    made = await site.call("POST", f"bot/{bot.json()['id']}/session/create", operator, json={})
    async with site.tab(made.json()) as tab:
        row = await tab.ask("Parrot")
        assert tab.rows[row["id"]]["html"] == "<p>Parrot</p>"
