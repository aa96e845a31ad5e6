"""``send``: stored once, answered once, or refused with nothing left behind."""

import hashlib
import uuid

import pytest

from tests.support.drafts import utf16_length
from tests.support.sites import Site


async def test_a_message_is_stored_and_its_reply_grows_to_the_stored_one(site: Site) -> None:
    session = await site.session(await site.widget("sample/tokens=250/delay=0.004"))
    async with site.tab(session) as tab:
        sent = await tab.send("What is this?")
        assert sent == {"type": "sent", "cid": sent["cid"], "id": sent["id"], "seq": 1, "dup": False}
        closing = await tab.closing_row(2)
        compact = next(
            row
            for frame in tab.of("rows")
            for row in frame["rows"]
            if row["id"] == closing["id"] and "rev" in row
        )
    question, reply = await site.stored(session)
    assert (question["type"], question["text"], question["cid"], question["position"]) == (
        "user",
        "What is this?",
        sent["cid"],
        1,
    )
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
                await tab.received("sent", again // 2)
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
        await tab.say("send", cid=str(uuid.uuid4()), text="a\x00b 😀 \ud800 <b>\u202e")
        await tab.closing_row(2)
        assert tab.shown[0]["text"] == "ab 😀 � <b>\u202e"


async def test_hidden_messages_reach_the_bot_but_no_tab(site: Site) -> None:
    session = await site.session(await site.widget("echo"))
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        await one.send("a secret wish", hidden=True)
        assert "a secret wish" in (await two.closing_row(2))["html"]
        await one.closing_row(2)
        assert [row["type"] for row in (*one.shown, *two.shown)] == ["bot", "bot"]
        assert one.seq == two.seq == 3
    assert [row["type"] for row in await site.stored(session)] == ["bot"]
