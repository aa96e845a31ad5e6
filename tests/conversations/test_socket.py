"""What a visitor's socket does besides sending: stop, retry, start, set, heartbeats, activity."""

import asyncio
import uuid

import pytest

from tests.support.sites import SLOW, Site


async def test_hello_is_answered_by_welcome_and_rows(site: Site) -> None:
    session = await site.session(await site.widget(initial="Hello **there**"))
    async with site.tab(session) as tab:
        welcome, rows = tab.frames[:2]
        assert welcome["type"] == "welcome"
        assert set(welcome) == {"type", "epoch", "head", "heartbeatMs", "limits", "now", "expiresAt"}
        assert welcome["head"] == 1
        assert welcome["limits"] == {"messageBytes": 32_768, "frameBytes": 262_144}
        assert welcome["expiresAt"] == session["expiresAt"]
        assert (rows["type"], rows["head"], rows["more"]) == ("rows", 1, False)
        assert rows["rows"] == session["messages"]
        assert "<strong>there</strong>" in rows["rows"][0]["html"]


async def test_two_messages_at_once_are_answered_in_their_order(site: Site) -> None:
    session = await site.session(await site.widget("echo/delay=0.1"))
    async with site.tab(session) as tab:
        first, second = await asyncio.gather(tab.send("one one one one"), tab.send("two two two two"))
        positions = sorted([first["seq"], second["seq"]])
        assert positions == [1, 3]
        await tab.wait_for(lambda: (row := tab.at(4)) and row["status"] == "queued")
        earlier, later = await tab.closing_row(2), await tab.closing_row(4)
        assert earlier["seq"] < later["seq"]
        assert "one" in earlier["html"]
        assert "two" in later["html"]
        assert all(frame["to"] in ("2.1", "4.1") for frame in tab.of("delta"))


async def test_stop_from_another_tab_keeps_what_was_written(site: Site) -> None:
    session = await site.session(await site.widget(SLOW))
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        await one.send("Talk")
        row = await two.growing(2, until="answer")
        await two.say("stop", reply=row["id"])
        stopped = await one.closing_row(2)
        seen = await two.closing_row(2)
    assert stopped["status"] == seen["status"] == "stopped"
    assert stopped["html"] == seen["html"]
    stored = (await site.stored(session))[1]
    assert stored["html"] == stopped["html"]
    assert stored["text"].startswith("## A scripted answer")


async def test_a_stopped_queued_reply_never_begins(site: Site) -> None:
    session = await site.session(await site.widget(SLOW))
    async with site.tab(session) as tab:
        await tab.send("One")
        await tab.send("Two")
        queued = await tab.wait_for(lambda: tab.at(4))
        await tab.say("stop", reply=queued["id"])
        assert (await tab.closing_row(4))["status"] == "stopped"
        running = tab.at(2)
        assert running is not None
        await tab.say("stop", reply=running["id"])
        await tab.closing_row(2)
    assert (await site.stored(session))[3]["text"] == ""


async def test_a_failed_reply_has_a_code_and_can_be_retried(site: Site) -> None:
    session = await site.session(await site.widget("sample/tokens=20/fail_at=10/code=overloaded"))
    async with site.tab(session) as tab:
        failed = await tab.ask("Try")
        assert (failed["status"], failed["code"], failed["attempt"]) == ("failed", "overloaded", 1)
        assert failed["html"], "what arrived stays"
        assert "cause" not in failed
        await tab.say("retry", reply=failed["id"])
        again = await tab.closing_row(2, attempt=2)
        assert (again["status"], again["attempt"], again["id"]) == ("failed", 2, failed["id"])
        assert again["html"] == failed["html"]
    assert len(await site.stored(session)) == 2


async def test_retry_of_a_stopped_reply_writes_it_anew(site: Site) -> None:
    session = await site.session(await site.widget("echo/delay=0.05"))
    words = " ".join(f"word{number}" for number in range(30))
    async with site.tab(session) as tab:
        await tab.send(words)
        row = await tab.growing(2)
        await tab.say("stop", reply=row["id"])
        assert (await tab.closing_row(2))["status"] == "stopped"
        await tab.say("retry", reply=row["id"])
        whole = await tab.closing_row(2, attempt=2)
    assert (whole["status"], whole["html"]) == ("done", f"<p>{words}</p>")


async def test_the_last_reply_is_made_anew_on_every_tab(site: Site) -> None:
    session = await site.session(await site.widget("echo"))
    async with site.tab(session) as tab, site.tab(session) as other:
        first = await tab.ask("Once more")
        await tab.say("regenerate", reply=first["id"])
        for each in (tab, other):
            again = await each.closing_row(2, attempt=2)
            assert (again["id"], again["status"], again["html"]) == (first["id"], "done", "<p>Once more</p>")
    assert len(await site.stored(session)) == 2


async def test_an_edited_message_is_answered_anew(site: Site) -> None:
    session = await site.session(await site.widget("echo"))
    async with site.tab(session) as tab:
        await tab.ask("Helo")
        asked, edit = tab.at(1), str(uuid.uuid4())
        assert asked is not None
        await tab.say("edit", id=asked["id"], cid=edit, text="Hello")
        assert (await tab.closing_row(2, attempt=2))["html"] == "<p>Hello</p>"
        await tab.say("edit", id=asked["id"], cid=edit, text="Hello")
        await tab.say("edit", id=asked["id"], cid=str(uuid.uuid4()), text=" ")
        assert (await tab.received("nack", 1))[0]["code"] == "empty"
    stored = await site.stored(session)
    assert [row["text"] for row in stored] == ["Hello", "Hello"]
    assert stored[1]["attempt"] == 2, "the edit that was sent twice counted once"


@pytest.mark.parametrize("kind", ["stop", "retry", "regenerate"])
async def test_an_unknown_reply_is_not_found(site: Site, kind: str) -> None:
    widget = await site.widget()
    foreign = await site.session(widget, messages=[{"type": "user", "text": "Hi"}])
    session = await site.session(widget)
    async with site.tab(session) as tab:
        for reply in (str(uuid.uuid4()), foreign["messages"][1]["id"]):
            await tab.say(kind, reply=reply)
        assert await tab.received("nack", 2) == [{"type": "nack", "code": "not_found"}] * 2


async def test_the_bot_begins_where_the_widget_says_so(site: Site) -> None:
    session = await site.session(await site.widget(startFirst=True))
    async with site.tab(session) as tab:
        await tab.say("start")
        first = await tab.closing_row(1)
        assert (first["type"], first["status"]) == ("bot", "done")
        await tab.say("start")
        await tab.say("set", language="en")
        await tab.received("ok")
    assert len(await site.stored(session)) == 1


async def test_start_adds_nothing_to_initial_and_nothing_unasked(site: Site) -> None:
    for fields, rows in (
        ({"startFirst": True, "initial": "Welcome"}, ["Welcome"]),
        ({"startFirst": False}, []),
    ):
        session = await site.session(await site.widget(**fields))
        async with site.tab(session) as tab:
            await tab.say("start")
            await tab.send("Mine", respond=False)
        assert [row["text"] for row in await site.stored(session)] == [*rows, "Mine"]


async def test_set_stores_language_time_zone_and_page(site: Site) -> None:
    session = await site.session(await site.widget())
    async with site.tab(session) as tab:
        await tab.say(
            "set",
            language="de",
            timeZone="Europe/Berlin",
            page={"url": "https://shop.example/", "title": "Shop"},
        )
        await tab.received("ok")
    code = f"c = Conversation.objects.get(pk='{session['conversationId']}'); print(c.language, c.time_zone, c.page['title'])"
    assert await site.shell(code) == "de Europe/Berlin Shop"


async def test_heartbeats_end_in_both_directions(site: Site) -> None:
    session = await site.session(await site.widget(initial="Hi"))
    async with site.tab(session) as tab:
        await tab.say("hb")
        await tab.received("hb")
        assert tab.of("hb") == [{"type": "hb", "head": 1}]
        await tab.say("set")
        await tab.received("ok")
        assert len(tab.of("hb")) == 1, "our answer to the answer is not answered"
        await tab.say("hb")
        await tab.received("hb", 2)


async def test_a_verbose_widget_tells_what_the_bot_does(site: Site) -> None:
    operator = await asyncio.to_thread(site.token)
    dataset = (await site.call("POST", "dataset/create", operator, json={"name": "Shop"})).json()["id"]
    record = {"text": "Parcels may be returned within 30 days."}
    (await site.call("POST", f"dataset/{dataset}/record/create", operator, json=record)).raise_for_status()
    bot = (
        await site.call(
            "POST", "bot/create", operator, json={"name": "Guide", "model": "knowledge", "datasetId": dataset}
        )
    ).json()["id"]
    for verbose in (True, False):
        widget = await site.call(
            "POST", "integration/widget/create", operator, json={"botId": bot, "verbose": verbose}
        )
        session = await site.session(widget.json()["id"])
        async with site.tab(session) as one, site.tab(session, second=True) as two:
            row = await one.ask("Within how many days may parcels be returned?")
            await two.closing_row(2)
            if not verbose:
                assert not one.of("activity") + two.of("activity")
                continue
            for frame in one.of("activity"):
                assert set(frame) == {"type", "reply", "kind", "name", "text", "done"}
                assert (frame["reply"], frame["kind"]) == (row["id"], "search")
            assert [frame["done"] for frame in one.of("activity")] == [False, True]
