"""Functions of the page for clients without a socket: declared, called and answered over HTTP."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.support.sites import Site

LOOK = [{"name": "look", "description": "Looks", "parameters": {"type": "object"}}]


@asynccontextmanager
async def asked(site: Site, session: dict[str, Any], token: str, text: str = "Go") -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The lines of a reply while it is made."""
    headers = {"accept": "application/jsonl", "origin": site.first.url}
    path = f"conversation/{session['conversationId']}/complete"
    async with site.http(token) as api, api.stream("POST", path, json={"text": text}, headers=headers) as answer:
        assert answer.status_code == 200
        yield (json.loads(line) async for line in answer.aiter_lines())


async def line_of(lines: AsyncIterator[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The data of the next line of a type."""
    async for line in lines:
        if line["type"] == kind:
            return line["data"]
    raise AssertionError(f"there was no {kind}")


async def put(site: Site, session: dict[str, Any], path: str, token: str, second: bool = False, **body: Any) -> httpx.Response:
    """POST to the session's conversation, at one of the doors."""
    server = site.second if second else site.first
    headers = {"origin": server.url}
    return await site.call("POST", f"conversation/{session['conversationId']}/{path}", token, server, json=body, headers=headers)


@pytest.mark.parametrize("by", ["visitor", "operator"])
async def test_a_stream_says_what_to_do_and_hears_what_came_of_it(site: Site, by: str) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    token = session["token"] if by == "visitor" else await asyncio.to_thread(site.token)
    declared = await put(site, session, "set", token, functions=LOOK)
    assert declared.json() == {"id": session["conversationId"]}
    async with asked(site, session, token, '{"at": 1}') as lines:
        call = await line_of(lines, "call")
        assert (call["name"], call["args"]) == ("look", {"at": 1})
        assert set(call) == {"call", "name", "args", "timeoutMs"}
        path = f"call/{call['call']}/result"
        answer = await put(site, session, path, token, second=True, result={"seen": True})
        assert (answer.status_code, answer.json()) == (200, {"id": call["call"]})
        assert await line_of(lines, "callEnd") == {"call": call["call"]}
        assert (await line_of(lines, "result"))["text"] == 'look: {"seen": true}\n\n'
    late = await put(site, session, path, token, result=2)
    assert late.status_code == 409


async def test_answers_of_others_are_not_heard(site: Site) -> None:
    widget = await site.widget("calls", tools=True)
    session, foreign = await site.session(widget), await site.session(widget)
    otto = await site.otto()
    await put(site, session, "set", session["token"], functions=LOOK)
    async with asked(site, session, session["token"]) as lines:
        call = await line_of(lines, "call")
        path = f"call/{call['call']}/result"
        for where, token in ((foreign, foreign["token"]), (session, foreign["token"]), (session, otto), (foreign, session["token"])):
            assert (await put(site, where, path, token, result="evil")).status_code == 404
        for missing in (uuid.uuid4(), "x"):
            assert (await put(site, session, f"call/{missing}/result", session["token"], result=1)).status_code == 404
        wrong: list[dict[str, Any]] = [{}, {"result": 1, "error": "x"}, {"abort": False}, {"error": 5}, {"error": "x" * 2001}]
        for body in wrong:
            assert (await put(site, session, path, session["token"], **body)).status_code == 400
        assert (await put(site, session, path, session["token"], result="x" * 70_000)).status_code == 413
        assert (await put(site, session, path, session["token"], error="Not today")).status_code == 200
        assert "look: Not today" in (await line_of(lines, "result"))["text"]


async def test_what_a_page_may_not_declare(site: Site) -> None:
    session = await site.session(await site.widget("turn", tools=True))
    for functions in ([{"name": "a b"}], [{"name": "a", "parameters": []}], 5, [{"name": "a"}] * 2, [{"name": f"a{n}"} for n in range(65)]):
        answer = await put(site, session, "set", session["token"], functions=functions)
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("functions")
    wrong: list[dict[str, Any]] = [{"page": []}, {"page": {"a": "x" * 9000}}, {"language": 5}, {"timeZone": "x" * 65}]
    for body in wrong:
        assert (await put(site, session, "set", session["token"], **body)).status_code == 400


async def test_functions_count_only_where_the_token_has_tools(site: Site) -> None:
    session = await site.session(await site.widget("turn", tools=False))
    for token in (session["token"], await asyncio.to_thread(site.token)):
        assert (await put(site, session, "set", token, functions=LOOK)).status_code == 200
        async with asked(site, session, token) as lines:
            assert json.loads((await line_of(lines, "result"))["text"])["functions"] == []


async def test_a_socket_that_declared_it_is_asked_rather_than_the_stream(site: Site) -> None:
    session = await site.session(await site.widget("calls", tools=True))
    async with site.tab(session, second=True) as tab:
        await tab.declare("look")
        async with asked(site, session, session["token"]) as lines:
            await tab.answer(await tab.called(), result="from the page")
            seen = [line async for line in lines]
    assert [line["type"] for line in seen if line["type"] == "call"] == []
    assert seen[-1]["data"]["text"] == 'look: "from the page"\n\n'


async def test_nobody_is_waited_for_where_no_visitor_can_come(site: Site) -> None:
    token = await asyncio.to_thread(site.token)
    session = await site.session(await site.widget("calls", tools=True))
    await put(site, session, "set", session["token"], functions=LOOK)
    await site.shell(f"Session.objects.filter(conversation='{session['conversationId']}').update(revoked_at=timezone.now())")
    answer = await put(site, session, "complete", token, text="Go")
    assert answer.json()["text"] == "look: The page that has this function is not open.\n\n"
