"""What a visitor's socket does when everything goes well, and how it refuses a message."""

import asyncio
import hashlib
import uuid

import pytest

from tests.support.chat_client import utf16_length
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


async def test_a_message_is_stored_and_its_reply_grows_to_the_stored_one(site: Site) -> None:
    session = await site.session(await site.widget("sample/tokens=250/delay=0.004"))
    async with site.tab(session) as tab:
        sent = await tab.send("What is this?")
        assert sent == {"type": "sent", "cid": sent["cid"], "id": sent["id"], "seq": 1, "dup": False}
        closing = await tab.closing_row(2)
        compact = next(row for frame in tab.of("rows") for row in frame["rows"] if row["id"] == closing["id"] and "rev" in row)
    question, reply = await site.stored(session)
    assert (question["type"], question["text"], question["cid"], question["position"]) == ("user", "What is this?", sent["cid"], 1)
    assert (reply["type"], reply["status"], reply["position"], reply["attempt"]) == ("bot", "done", 2, 1)
    assert closing["html"] == tab.draft(closing).html == reply["html"]
    assert reply["hash"] == hashlib.sha256(reply["text"].encode()).hexdigest()
    assert not {"text", "html"} & set(compact), "the closing row of a streamed reply repeats nothing"
    assert (compact["rev"], compact["length"]) == (tab.draft(closing).rev, utf16_length(reply["html"]))
    assert reply["text"].startswith("## A scripted answer")
    deltas = tab.of("delta")
    assert {delta["to"] for delta in deltas} == {"2.1"}
    assert [delta["rev"] for delta in deltas] == list(range(deltas[0]["rev"], deltas[0]["rev"] + len(deltas)))
    assert any("at" in delta for delta in deltas), "short deltas while a block grows"
    assert len(deltas) > 3


async def test_a_widget_that_does_not_stream_sends_no_delta(site: Site) -> None:
    session = await site.session(await site.widget(stream=False))
    async with site.tab(session) as tab:
        row = await tab.ask("Hello")
        assert row["text"].startswith("## A scripted answer")
        assert row["html"]
        assert not tab.of("delta")


@pytest.mark.parametrize("again", [1, 20])
async def test_the_same_cid_is_stored_once(site: Site, again: int) -> None:
    session = await site.session(await site.widget())
    cid = str(uuid.uuid4())
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        if again == 1:
            answers = [await one.send("Once", cid), await two.send("Once", cid)]
        else:
            for number in range(again):
                await (one, two)[number % 2].say("send", cid=cid, text="Once")
            for tab in (one, two):
                await tab.wait_for(lambda tab=tab: len(tab.of("sent")) == again // 2)
            answers = one.of("sent") + two.of("sent")
        assert {(answer["id"], answer["seq"]) for answer in answers} == {(answers[0]["id"], 1)}
        assert [answer["dup"] for answer in answers].count(False) == 1
        await one.closing_row(2)
    assert [row["type"] for row in await site.stored(session)] == ["user", "bot"]


async def test_a_cid_with_another_body_is_a_conflict(site: Site) -> None:
    session = await site.session(await site.widget())
    cid = str(uuid.uuid4())
    async with site.tab(session) as tab:
        await tab.send("One", cid)
        assert await tab.send("Two", cid) == {"type": "nack", "cid": cid, "code": "cid_conflict"}
        assert (await tab.send("One", cid, hidden=True))["code"] == "cid_conflict"
        assert (await tab.send("One", cid))["dup"]
    assert [row["text"] for row in await site.stored(session) if row["type"] == "user"] == ["One"]


async def test_messages_that_are_refused_leave_nothing(site: Site) -> None:
    session = await site.session(await site.widget())
    async with site.tab(session) as tab:
        assert (await tab.send(""))["code"] == "empty"
        assert (await tab.send(" \n\x00"))["code"] == "empty"
        assert (await tab.send("a" * 32_769))["code"] == "too_long"
        assert (await tab.send("ä" * 16_384 + "a"))["code"] == "too_long"
        assert (await tab.send("Hi", files=[{"id": "x"}]))["code"] == "bad_file"
        assert (await tab.send("Hi", form={"a": 1}))["code"] == "bad_form"
        assert tab.code is None
        assert await site.stored(session) == []
        longest = "ä" * 16_384
        assert (await tab.send(longest))["type"] == "sent"
        await tab.closing_row(2)
    assert (await site.stored(session))[0]["text"] == longest


async def test_a_text_keeps_everything_but_what_no_database_stores(site: Site) -> None:
    session = await site.session(await site.widget())
    async with site.tab(session) as tab:
        await tab.raw('{"type":"send","cid":"%s","text":"a\\u0000b \\ud83d\\ude00 \\ud800 <b>\u202e"}' % uuid.uuid4())  # noqa: UP031
        await tab.closing_row(2)
        assert tab.shown[0]["text"] == "ab 😀 � <b>\u202e"


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


@pytest.mark.parametrize("kind", ["stop", "retry"])
async def test_an_unknown_reply_is_not_found(site: Site, kind: str) -> None:
    widget = await site.widget()
    foreign = await site.session(widget, messages=[{"type": "user", "text": "Hi"}])
    session = await site.session(widget)
    async with site.tab(session) as tab:
        for reply in (str(uuid.uuid4()), foreign["messages"][1]["id"]):
            seen = len(tab.frames)
            await tab.say(kind, reply=reply)
            answer = await tab.wait_for(lambda seen=seen: tab.frames[seen:])
            assert answer == [{"type": "nack", "code": "not_found"}]


async def test_the_bot_begins_where_the_widget_says_so(site: Site) -> None:
    session = await site.session(await site.widget(startFirst=True))
    async with site.tab(session) as tab:
        await tab.say("start")
        first = await tab.closing_row(1)
        assert (first["type"], first["status"]) == ("bot", "done")
        await tab.say("start")
        await tab.say("set", language="en")
        await tab.wait_for(lambda: tab.of("ok"))
    assert len(await site.stored(session)) == 1


async def test_start_adds_nothing_to_initial_and_nothing_unasked(site: Site) -> None:
    for fields, rows in (({"startFirst": True, "initial": "Welcome"}, ["Welcome"]), ({"startFirst": False}, [])):
        session = await site.session(await site.widget(**fields))
        async with site.tab(session) as tab:
            await tab.say("start")
            await tab.send("Mine", respond=False)
        assert [row["text"] for row in await site.stored(session)] == [*rows, "Mine"]


async def test_set_stores_language_time_zone_and_page(site: Site) -> None:
    session = await site.session(await site.widget())
    async with site.tab(session) as tab:
        await tab.say("set", language="de", timeZone="Europe/Berlin", page={"url": "https://shop.example/", "title": "Shop"})
        await tab.wait_for(lambda: tab.of("ok"))
    code = f"c = Conversation.objects.get(pk='{session['conversationId']}'); print(c.language, c.time_zone, c.page['title'])"
    assert await site.shell(code) == "de Europe/Berlin Shop"


async def test_heartbeats_end_in_both_directions(site: Site) -> None:
    session = await site.session(await site.widget(initial="Hi"))
    async with site.tab(session) as tab:
        await tab.say("hb")
        await tab.wait_for(lambda: tab.of("hb"))
        assert tab.of("hb") == [{"type": "hb", "head": 1}]
        await tab.say("set")
        await tab.wait_for(lambda: tab.of("ok"))
        assert len(tab.of("hb")) == 1, "our answer to the answer is not answered"
        await tab.say("hb")
        await tab.wait_for(lambda: len(tab.of("hb")) == 2)


async def test_hidden_messages_reach_the_bot_but_no_tab(site: Site) -> None:
    session = await site.session(await site.widget("echo"))
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        await one.send("a secret wish", hidden=True)
        assert "a secret wish" in (await two.closing_row(2))["html"]
        await one.closing_row(2)
        assert [row["type"] for row in (*one.shown, *two.shown)] == ["bot", "bot"]
        assert one.seq == two.seq == 3
    assert [row["type"] for row in await site.stored(session)] == ["bot"]
