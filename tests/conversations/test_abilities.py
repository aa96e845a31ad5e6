"""Abilities of the bot: what writes is allowed by the visitor first, and done once, whatever is killed or asked again."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.test_calls_http import asked, line_of, put
from tests.support.processes import GENEROUS, run_embedded
from tests.support.seeded import copy_of
from tests.support.servers import Serve
from tests.support.sites import Site

ORDER = {"name": "order", "description": "Order something", "instruction": "Ordered {{item}}."}
LAMP = '{"item": "a lamp"}'
WRITES = "from bots.models import Ability; Ability.objects.filter(pk='{}').update(writes=True)"
RUNNING = """
from bots.models import Ability
reply = Message.objects.get(conversation='{0}', type='bot')
Call.objects.create(reply=reply, conversation_id='{0}', n=2, attempt=1, kind='ability', name='order', writes=True, arguments={{'item': 'a lamp'}}, state='open')
"""


async def shop(site: Site, *, writes: bool = True, **fields: Any) -> dict[str, Any]:
    """A session with a bot that can order."""
    token = await asyncio.to_thread(site.token)
    skillset = (await site.call("POST", "skillset/create", token, json={"name": "Shop"})).raise_for_status().json()["id"]
    made = await site.call("POST", f"skillset/{skillset}/ability/create", token, json=ORDER)
    if writes:
        await site.shell(WRITES.format(made.raise_for_status().json()["id"]))
    bot = await site.call("POST", "bot/create", token, json={"name": "Shop", "model": "scripted:calls", "skillsetId": skillset})
    body = {"botId": bot.raise_for_status().json()["id"], "tools": True, **fields}
    widget = (await site.call("POST", "integration/widget/create", token, json=body)).raise_for_status().json()["id"]
    return await site.session(widget)


async def test_what_only_reads_runs_at_once(site: Site) -> None:
    session = await shop(site, writes=False)
    async with site.tab(session) as tab:
        assert (await tab.ask(LAMP))["html"] == '<p>order: "Ordered a lamp."</p>'
        assert not tab.of("call")


async def test_every_tab_asks_and_one_yes_is_enough(site: Site) -> None:
    session = await shop(site)
    async with site.tab(session, tab="one") as one, site.tab(session, second=True, tab="two") as two:
        await one.send(LAMP)
        call = await one.called()
        assert {name: call[name] for name in ("name", "args", "text", "confirm")} == {
            "name": "order", "args": {"item": "a lamp"}, "text": "Order something", "confirm": True,
        }  # fmt: skip
        assert 30_000 < call["timeoutMs"] <= 120_000
        assert (await two.called())["call"] == call["call"]
        await two.answer(call, result=True)
        assert (await one.closing_row(2))["html"] == '<p>order: "Ordered a lamp."</p>'
        for tab in (one, two):
            assert await tab.received("callEnd") == [{"type": "callEnd", "call": call["call"]}]
        await one.answer(call, result=False)
        row = await one.closing_row(2)
        await two.say("regenerate", reply=row["id"])
        assert (await one.closing_row(2, attempt=2))["html"] == '<p>order: "Ordered a lamp."</p>', "it is not done twice"
        assert len(one.of("call")) == 1


@pytest.mark.parametrize("outcome", [{"result": False}, {"abort": True}, {"error": "?"}, {"result": "true"}])
async def test_no_is_told_to_the_bot_and_asked_anew_when_the_visitor_retries(site: Site, outcome: dict[str, Any]) -> None:
    session = await shop(site)
    async with site.tab(session) as tab:
        await tab.send(LAMP)
        await tab.answer(await tab.called(), **outcome)
        row = await tab.closing_row(2)
        assert row["html"] == "<p>order: The visitor said no.</p>"
        await tab.say("regenerate", reply=row["id"])
        await tab.answer(await tab.called(2), result=True)
        assert (await tab.closing_row(2, attempt=2))["html"] == '<p>order: "Ordered a lamp."</p>'


async def test_a_reload_asks_again(site: Site) -> None:
    session = await shop(site)
    async with site.tab(session, tab="before") as before:
        await before.send(LAMP)
        call = await before.called()
    async with site.tab(session, second=True, tab="after") as after:
        again = await after.called()
        assert (again["call"], again["text"], again["confirm"]) == (call["call"], "Order something", True)
        await after.answer(again, result=True)
        assert "Ordered a lamp." in (await after.closing_row(2))["html"]


async def test_stop_while_the_visitor_thinks(site: Site) -> None:
    session = await shop(site)
    async with site.tab(session) as tab:
        await tab.send(LAMP)
        call = await tab.called()
        await tab.say("stop", reply=(await tab.wait_for(lambda: tab.at(2)))["id"])
        assert (await tab.closing_row(2))["status"] == "stopped"
        await tab.answer(call, result=True)
        states = await site.shell(f"print([c.state for c in Call.objects.filter(conversation='{session['conversationId']}')])")
        assert states.strip() == "['failed']"


async def test_a_visitor_without_a_socket_says_yes_over_http(site: Site) -> None:
    session = await shop(site)
    async with asked(site, session, session["token"], LAMP) as lines:
        call = await line_of(lines, "call")
        assert call["confirm"] is True
        assert (await put(site, session, f"call/{call['call']}/result", session["token"], result=True)).status_code == 200
        assert "Ordered a lamp." in (await line_of(lines, "result"))["text"]


async def test_nobody_is_asked_where_no_visitor_is(site: Site) -> None:
    session = await shop(site)
    await site.shell(f"Session.objects.filter(conversation='{session['conversationId']}').delete()")
    answer = await put(site, session, "complete", await asyncio.to_thread(site.token), text=LAMP)
    assert answer.json()["text"] == "order: No visitor is there who could be asked.\n\n"


async def test_without_tools_there_are_no_abilities(site: Site) -> None:
    session = await shop(site, tools=False)
    async with site.tab(session) as tab:
        assert (await tab.ask(LAMP))["code"] == "empty", "the script has nothing to call"
        assert not tab.of("call")


async def test_a_visitor_who_does_not_answer(serve: Serve) -> None:
    server = serve(CONFIRM_SECONDS="1")
    site = Site(server, server)
    session = await shop(site)
    async with site.tab(session) as tab:
        await tab.send(LAMP)
        await tab.called()
        assert (await tab.closing_row(2))["html"] == "<p>order: The visitor did not say yes or no in time.</p>"
    site.close()


async def test_a_restart_uses_what_was_done_and_never_repeats_what_may_have_been(tmp_path: Path, seeded: Path) -> None:
    first = run_embedded(copy_of(seeded, tmp_path), **GENEROUS)
    site = Site(first, first)
    try:
        session, other = await shop(site), await shop(site)
        async with site.tab(session) as tab, site.tab(other) as unsure:
            await tab.declare("one", "two")
            await tab.send(LAMP)
            await tab.answer(await tab.called(), result="done before")
            waiting = await tab.called(2)
            await unsure.declare("look")
            await unsure.send(LAMP)
            await unsure.called()
            await site.shell(RUNNING.format(other["conversationId"]))
            first.stop(signal.SIGKILL)
            await asyncio.gather(tab.closed(), unsure.closed())
    finally:
        first.stop(signal.SIGKILL)
        site.close()
    second = run_embedded(copy_of(seeded, tmp_path), **GENEROUS)
    try:
        for client in (tab, unsure):
            client.url = second.url.replace("http", "ws", 1) + "/ws/v1/conversation"
            client.origin = second.url
            await client.reconnect()
        again = await tab.called()
        assert (again["call"], again["name"]) == (waiting["call"], "two")
        await tab.answer(again, result="done after")
        await tab.answer(await tab.called(2), result=True)
        row = await tab.closing_row(2, attempt=2)
        assert row["html"].splitlines() == ['<p>one: "done before"</p><p>two: "done after"</p><p>order: "Ordered a lamp."</p>']
        failed = await unsure.closing_row(2, attempt=2)
        assert (failed["status"], failed["code"]) == ("failed", "interrupted")
        await unsure.say("retry", reply=failed["id"])
        await unsure.answer(await unsure.called(), result=1)
        confirm = await unsure.called(2)
        assert (confirm["name"], confirm["confirm"]) == ("order", True), "the visitor is asked whether it may be done after all"
        await unsure.answer(confirm, result=True)
        assert "Ordered" in (await unsure.closing_row(2, attempt=3))["html"]
        await asyncio.gather(tab.close(), unsure.close())
    finally:
        second.stop()
