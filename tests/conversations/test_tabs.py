"""Several tabs of a conversation, cuts, gaps: everybody ends with what is stored."""

import asyncio

from tests.support.chat_client import ChatClient
from tests.support.sites import SLOW, Site

BRISK = "sample/tokens=80/delay=0.015"  # 1.2 s
MANY = """
from uuid import UUID
c = Conversation.objects.get(pk='{}')
Message.objects.bulk_create(Message(conversation=c, type='user', text=str(n), position=n, seq=n) for n in range(1, 502))
Conversation.objects.filter(pk=c.pk).update(last_seq=501)
"""


async def equals_what_is_stored(site: Site, session: dict, *tabs: ChatClient) -> None:
    """Every tab shows the stored rows, in their order, with the same html."""
    stored = await site.stored(session)
    for tab in tabs:
        assert [(row["id"], row["status"], row.get("html")) for row in tab.shown] == [
            (row["id"], row["status"], row.get("html")) for row in stored
        ]


async def test_a_second_tab_sees_the_same_rows_and_the_running_reply(site: Site) -> None:
    session = await site.session(await site.widget(BRISK))
    async with site.tab(session) as one:
        await one.send("Hello")
        row = await one.growing(2, until="long enough")
        async with site.tab(session, second=True) as two, site.tab(session) as three:
            for late in (two, three):
                assert (await late.growing(2))["id"] == row["id"]
                await late.closing_row(2)
            await one.closing_row(2)
            await equals_what_is_stored(site, session, one, two, three)
            assert two.draft(row).html == one.draft(row).html, "it followed the reply to its end"
            last = await two.ask("And here?")
            await one.closing_row(last["position"])
            await three.closing_row(last["position"])
            await equals_what_is_stored(site, session, one, two, three)


async def test_a_cut_in_the_middle_of_a_reply_goes_on_where_it_was(site: Site) -> None:
    session = await site.session(await site.widget(BRISK))
    async with site.tab(session) as tab:
        await tab.send("Hello")
        row = await tab.growing(2)
        await tab.cut()
        assert tab.position()["open"] == {"reply": row["id"], "attempt": 1, "rev": tab.draft(row).rev}
        await tab.reconnect()
        assert tab.of("rows")[0]["rows"] == [], "nothing is sent twice"
        await tab.closing_row(2)
        assert {delta["to"] for delta in tab.of("delta")} == {"2.1"}
        await equals_what_is_stored(site, session, tab)


async def test_a_cut_is_healed_on_another_process(site: Site) -> None:
    session = await site.session(await site.widget(BRISK))
    async with site.tab(session) as tab:
        await tab.send("Hello")
        await tab.growing(2)
        await tab.cut()
        position = tab.position()
        async with site.tab(session, second=True, resume=position) as other:
            other.rows, other.drafts, other.seq = dict(tab.rows), dict(tab.drafts), tab.seq
            await other.closing_row(2)
            await equals_what_is_stored(site, session, other)


async def test_what_happened_during_a_cut_is_sent_after_it(site: Site) -> None:
    session = await site.session(await site.widget())
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        await one.ask("First")
        await two.closing_row(2)
        await two.cut()
        await one.ask("Second")
        await two.reconnect()
        assert [row["position"] for row in two.of("rows")[0]["rows"]] == [4, 5], (
            "a position is the number at insert"
        )
        await equals_what_is_stored(site, session, one, two)


async def test_a_tab_that_lost_deltas_is_healed(site: Site) -> None:
    session = await site.session(await site.widget(BRISK))
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        await one.send("Hello")
        for tab in (one, two):
            row = await tab.growing(2)
            tab.draft(row).rev -= 2  # as if two had not arrived
        for tab in (one, two):
            await tab.closing_row(2)
        await equals_what_is_stored(site, session, one, two)


async def test_a_closing_row_that_does_not_match_brings_the_whole_one(site: Site) -> None:
    session = await site.session(await site.widget())
    async with site.tab(session) as tab:
        first = await tab.ask("Hello")
        tab.drafts.clear()
        tab.rows.clear()
        await tab.say("resume", epoch=tab.epoch, seq=first["seq"] - 1)
        row = await tab.closing_row(2)
        assert row["text"].startswith("## A scripted answer")
        assert row["hash"]


async def test_another_epoch_means_a_reload(site: Site) -> None:
    session = await site.session(await site.widget(initial="Hi"))
    async with site.tab(session, resume={"epoch": "0" * 16, "seq": 1}) as tab:
        assert tab.of("resync") == [{"type": "resync", "reason": "epoch"}]
        assert not tab.of("rows")
        listed = await site.listed(session, after=0)
        assert (listed["epoch"], listed["head"]) == (tab.epoch, 1)
        await tab.send("Still here", respond=False)
        await tab.wait_for(lambda: tab.at(2))


async def test_who_is_far_behind_reloads_over_http(site: Site) -> None:
    session = await site.session(await site.widget())
    await site.shell(MANY.format(session["conversationId"]))
    async with site.tab(session) as tab:
        assert tab.of("resync") == [{"type": "resync", "reason": "behind"}]
    async with site.tab(session, resume={"epoch": tab.epoch, "seq": 1}) as near:
        await near.wait_for(lambda: near.at(501))
        assert [row["seq"] for row in near.shown] == list(range(2, 502))
    items, after = [], 0
    while True:
        page = await site.listed(session, after=after)
        items += page["items"]
        after = page["head"]
        if not page["more"]:
            break
    assert [item["seq"] for item in items] == list(range(1, 502))
    assert page["head"] == 501


async def test_long_histories_come_in_chunks(site: Site) -> None:
    session = await site.session(await site.widget("echo/tokens=1"))
    async with site.tab(session) as tab:
        for _ in range(4):
            await tab.send("x" * 30_000, respond=False)
    async with site.tab(session) as late:
        await late.wait_for(lambda: len(late.rows) == 4)
        assert [(len(frame["rows"]), frame["more"]) for frame in late.of("rows")] == [(2, True), (2, False)]


async def test_closing_every_tab_does_not_end_the_reply(site: Site) -> None:
    session = await site.session(await site.widget("echo/delay=0.02"))
    async with site.tab(session) as tab:
        await tab.send(" ".join(["on"] * 40))
        await tab.growing(2)
    async with site.tab(session, second=True) as later:
        row = await later.closing_row(2)
        assert row["status"] == "done"
        await equals_what_is_stored(site, session, later)


async def test_an_open_reply_outlives_its_session(site: Site) -> None:
    session = await site.session(await site.widget("echo/delay=0.1", sessionDuration=2000))
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        await one.send(" ".join(["word"] * 30))
        for tab in (one, two):
            assert await tab.received("expiring") == [{"type": "expiring", "inMs": 600_000}]
        for tab in (one, two):
            row = await tab.closing_row(2)
            assert row["status"] == "done"
            assert await tab.closed() == 4401
        assert one.shown[1]["html"] == two.shown[1]["html"]


async def test_an_expired_session_stores_nothing_more(site: Site) -> None:
    session = await site.session(await site.widget("echo/delay=0.1", sessionDuration=2000))
    async with site.tab(session) as tab:
        await tab.send(" ".join(["word"] * 30))
        await tab.received("expiring")
        assert (await tab.send("Too late"))["code"] == "expired"
        assert await tab.closed() == 4401


async def test_ten_tabs_end_alike(site: Site) -> None:
    session = await site.session(await site.widget(BRISK))
    tabs = [site.tab(session, second=bool(number % 2)) for number in range(10)]
    async with asyncio.TaskGroup() as group:
        for tab in tabs:
            group.create_task(tab.__aenter__())
    try:
        await asyncio.gather(tabs[0].send("One"), tabs[1].send("Two"))
        for tab in tabs:
            await tab.closing_row(4)
        await equals_what_is_stored(site, session, *tabs)
    finally:
        await asyncio.gather(*(tab.close() for tab in tabs))


async def test_a_slow_reply_is_stopped_by_whoever_asks(site: Site) -> None:
    session = await site.session(await site.widget(SLOW))
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        await two.send("Talk")
        row = await one.growing(2)
        await one.say("stop", reply=row["id"])
        await one.say("stop", reply=row["id"])
        assert (await two.closing_row(2))["status"] == "stopped"
        await one.closing_row(2)
        await equals_what_is_stored(site, session, one, two)
