"""Functions of the page: called through the socket, answered once, wherever the sockets and the maker of the reply are."""

import json
import uuid
from typing import Any

import pytest

from tests.support.chat_client import ChatClient
from tests.support.servers import Serve
from tests.support.sites import Site

ALSO = "print([(c.name, c.state, c.result, c.error, c.attempt) for c in Call.objects.filter(conversation='{}')])"


async def ended(tab: ChatClient, position: int = 2, attempt: int = 1) -> str:
    """The text of the reply once it is closed."""
    return (await tab.closing_row(position, attempt))["html"]


async def stored_calls(site: Site, session: dict[str, Any]) -> str:
    """The call rows as they are kept."""
    return await site.shell(ALSO.format(session["conversationId"]))


async def test_a_value_goes_to_the_bot(site: Site) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session) as tab:
        await tab.declare("look")
        await tab.send('{"at": "the cart"}')
        call = await tab.called()
        assert set(call) == {"type", "call", "name", "args", "timeoutMs"}
        assert (call["name"], call["args"]) == ("look", {"at": "the cart"})
        assert 0 < call["timeoutMs"] <= 30_000
        await tab.answer(call, result={"items": [1, "café"]})
        assert 'look: {"items": [1, "café"]}' in await ended(tab)
        assert tab.of("callEnd") == [{"type": "callEnd", "call": call["call"]}]
        assert "('look', 'done', {'items': [1, 'café']}, '', 1)" in await stored_calls(site, session)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ({"result": None}, "look: null"),
        ({"result": False}, "look: false"),
        ({"error": "The cart is empty"}, "look: The cart is empty"),
        ({"error": ""}, "look: The function failed."),
        ({"abort": True}, "look: The visitor's page broke it off."),
        ({"result": "x" * 65_536}, "look: result: must have at most 65536 bytes as JSON"),
        ({"result": "a\x00"}, "look: result: "),
    ],
)
async def test_what_else_a_page_may_answer(site: Site, outcome: dict[str, Any], told: str) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session) as tab:
        await tab.declare("look")
        await tab.send("Go")
        await tab.answer(await tab.called(), **outcome)
        assert told in await ended(tab)
        assert tab.code is None


async def test_a_frame_that_is_no_answer_closes_the_socket(site: Site) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session) as tab:
        await tab.say("result", call=str(uuid.uuid4()), result=1, error="both")
        assert await tab.closed() == 4400


async def test_the_first_answer_counts(site: Site) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session) as tab, site.tab(session, second=True, tab="other") as other:
        await tab.declare("look", "again")
        await tab.send("Go")
        call = await tab.called()
        await other.answer(call, result="first")
        await tab.wait_for(lambda: tab.of("callEnd"))
        await tab.answer(call, result="second")
        await tab.answer(await tab.called(2), result=2)
        html = await ended(tab)
        assert 'look: "first"' in html
        assert "again: 2" in html
        assert not tab.of("nack"), "a late answer harms nobody"


async def test_an_unknown_call_and_that_of_another_conversation_are_not_found(site: Site) -> None:
    widget = await site.widget("calls", tools=True)
    session, foreign = await site.session(widget), await site.session(widget)
    async with site.tab(session) as tab, site.tab(foreign) as stranger:
        await tab.declare("look")
        await tab.send("Go")
        call = await tab.called()
        await stranger.answer(call, result="evil")
        nacks = await stranger.received("nack")
        assert nacks == [{"type": "nack", "call": call["call"], "code": "not_found"}]
        await tab.answer({"call": str(uuid.uuid4())}, result=1)
        await tab.received("nack")
        await tab.answer(call, result="good")
        assert "good" in await ended(tab)


async def test_it_runs_in_the_tab_that_sent_the_message(site: Site) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session, tab="one") as one, site.tab(session, second=True, tab="two") as two:
        for tab in (one, two):
            await tab.declare("look")
        for asking, idle in ((one, two), (two, one)):
            position = (await asking.send("Go"))["seq"] + 1
            seen = len(idle.of("call"))
            await asking.answer(await asking.called(), result=position)
            await ended(asking, position)
            await ended(idle, position)
            assert len(idle.of("call")) == seen


async def test_else_in_the_newest_that_declared_it(site: Site) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with (
        site.tab(session, tab="old") as old, site.tab(session, second=True, tab="new") as new,
        site.tab(session, tab="mute") as mute, site.tab(session, tab="none") as none,
    ):  # fmt: skip
        await old.declare("look")
        await new.declare("look")
        await none.declare()
        await old.declare("look")
        await mute.declare("something")
        await site.call("POST", f"conversation/{session['conversationId']}/set", session["token"], headers={"origin": site.first.url},
                        json={"functions": [{"name": "look"}]})  # fmt: skip
        await none.send("Go")
        await new.answer(await new.called(), result=1)
        assert "look: 1" in await ended(none)
        assert not old.of("call") + mute.of("call") + none.of("call")


async def test_a_reload_between_call_and_answer(site: Site) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session, tab="before") as before:
        await before.declare("look")
        await before.send("Go")
        call = await before.called()
    async with site.tab(session, second=True, tab="after") as after:
        await after.declare("look")
        again = await after.called()
        assert (again["call"], again["args"]) == (call["call"], call["args"])
        assert again["timeoutMs"] < call["timeoutMs"]
        await after.answer(again, result="here")
        assert 'look: "here"' in await ended(after)


async def test_a_cut_brings_the_call_again_to_the_same_tab(site: Site) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session) as tab:
        await tab.declare("look")
        await tab.send("Go")
        call = await tab.called()
        await tab.cut()
        await tab.reconnect()
        again = await tab.called()
        assert again["call"] == call["call"]
        kinds = [frame["type"] for frame in tab.frames]
        assert kinds.index("welcome") < kinds.index("rows") < kinds.index("call")
        await tab.answer(again, result=1)
        assert "look: 1" in await ended(tab)


async def test_another_tab_takes_the_call_of_one_that_does_not_come_back(site: Site) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session, second=True, tab="stays") as stays:
        await stays.declare("look")
        async with site.tab(session, tab="leaves") as leaves:
            await leaves.declare("look")
            await leaves.send("Go")
            await leaves.called()
        await stays.answer(await stays.called(), result=1)
        assert "look: 1" in await ended(stays)


async def test_stop_ends_the_waiting_at_once(site: Site) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session, tab="one") as tab, site.tab(session, second=True, tab="two") as other:
        await tab.declare("look")
        await tab.send("Go")
        call = await tab.called()
        row = await other.wait_for(lambda: other.at(2))
        await other.say("stop", reply=row["id"])
        assert (await tab.closing_row(2))["status"] == "stopped"
        await tab.wait_for(lambda: tab.of("callEnd"))
        await tab.answer(call, result=1)
        assert "('look', 'failed', None, 'The reply ended before.', 1)" in await stored_calls(site, session)


async def test_without_tools_nothing_is_offered(site: Site) -> None:
    session = await site.session(await site.widget("turn", tools=False))
    async with site.tab(session) as tab:
        await tab.declare("look")
        turn = await told(site, session, tab)
        assert turn["functions"] == turn["abilities"] == []
    functions = await site.shell(f"print(Conversation.objects.get(pk='{session['conversationId']}').functions)")
    assert functions.strip() == "None"


async def test_what_is_declared_is_offered_until_something_else_is(site: Site) -> None:
    session = await site.session(await site.widget("turn", tools=True))
    async with site.tab(session) as tab:
        await tab.declare("look", "go")
        turn = await told(site, session, tab)
        assert [(function["name"], function["page"]) for function in turn["functions"]] == [("look", True), ("go", True)]
        assert turn["functions"][0]["description"] == "Does look"
        await tab.declare()
        assert (await told(site, session, tab))["functions"] == []


async def told(site: Site, session: dict[str, Any], tab: ChatClient) -> dict[str, Any]:
    """What the bot was given for the reply to one more message."""
    position = (await tab.ask("Go"))["position"]
    return json.loads(next(row["text"] for row in await site.stored(session) if row["position"] == position))


async def test_thinking_and_doing_are_shown_where_the_widget_is_verbose_and_kept_for_operators(site: Site) -> None:
    for verbose in (True, False):
        session = await site.session(await site.widget("calls", tools=True, verbose=verbose))
        async with site.tab(session) as tab:
            await tab.declare("look")
            await tab.send("Go")
            await tab.answer(await tab.called(), result=[1])
            row = await tab.closing_row(2)
            thought = [(frame["reply"], frame["attempt"], frame["text"]) for frame in tab.of("reasoning")]
            assert thought == ([(row["id"], 1, "I call every function that I have.")] if verbose else [])
            assert [frame["done"] for frame in tab.of("activity")] == ([False, True] if verbose else [])
            assert len(tab.shown) == 2
            assert (row["seq"], tab.seq) == (5, 5), "the rows beside it have taken their numbers"
        assert [item["type"] for item in await site.stored(session)] == ["user", "bot"]
        path = f"conversation/{session['conversationId']}/message/list"
        items = (await site.call("GET", path, site.token(), params={"order": "asc"})).json()["items"]
        kinds = [(item["type"], item["text"], item.get("meta")) for item in items if item["type"] not in ("user", "bot")]
        assert kinds == [
            ("reasoning", "I call every function that I have.", {"reply": row["id"]}),
            ("activity", "look", {"reply": row["id"], "function": {"name": "look", "arguments": {}, "result": [1]}}),
        ]


async def test_a_page_that_never_answers(serve: Serve) -> None:
    server = serve(CALL_SECONDS="1", CONFIRM_SECONDS="1")
    site = Site(server, server)
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session) as tab:
        await tab.declare("look")
        await tab.send("Go")
        call = await tab.called()
        assert "look: The visitor's page did not answer in time." in await ended(tab)
        await tab.answer(call, result="late")
        assert "'look', 'failed', None, \"The visitor's page" in await stored_calls(site, session)
    site.close()
