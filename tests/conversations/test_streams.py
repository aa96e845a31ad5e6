"""Open streams hold nothing that others need: no worker, no thread, no database connection."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from tests.support.sites import Site

STREAMS = 200
WAITS = "sample/tokens=9/delay=30"  # one word, then a long silence
MANY = """
from bots.models import Bot
b = Bot.objects.create(owner_id=1, name='Waits', model='scripted:{}')
rows = [Conversation(owner_id=1, bot=b) for _ in range({})]
Conversation.objects.bulk_create(rows)
print(*[row.pk for row in rows])
"""
STOP = "Message.objects.filter(status__in=['open', 'queued']).update(stop_requested=True)"
CONNECTIONS = """
from django.db import connection
if connection.vendor == 'postgresql':
    with connection.cursor() as c:
        c.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        print(c.fetchone()[0])
else:
    print(0)
"""


@asynccontextmanager
async def opened(api: httpx.AsyncClient, path: str, body: Any) -> AsyncIterator[AsyncIterator[str]]:
    """A stream of lines."""
    async with api.stream("POST", path, json=body, headers={"accept": "application/jsonl"}) as stream:
        assert stream.status_code == 200
        yield stream.aiter_lines()


async def test_two_hundred_streams_leave_the_api_free(site: Site) -> None:
    token = await asyncio.to_thread(site.token)
    ids = (await site.shell(MANY.format(WAITS, STREAMS))).split()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    headers = {"authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(base_url=f"{site.first.url}/api/v1/", headers=headers, limits=limits, timeout=60) as api,
        AsyncExitStack() as stack,
    ):
        async def begin(path: str, body: Any, until: str) -> AsyncIterator[str]:
            lines = await stack.enter_async_context(opened(api, path, body))
            while until and json.loads(await anext(lines))["type"] != until:
                pass
            return lines

        await asyncio.gather(*(begin(f"conversation/{pk}/complete", {"text": "Hi"}, "token") for pk in ids))
        channels = [f"channel-{uuid.uuid4()}" for _ in range(STREAMS)]
        subscribed = await asyncio.gather(*(begin(f"channel/{name}/subscribe", {}, "") for name in channels))
        answers = await asyncio.gather(
            *(api.post(f"channel/{name}/publish", json={"message": {"to": name}}) for name in channels[:20]),
            *(api.get("bot/list", params={"take": 1}) for _ in range(20)),
            *(api.post(f"conversation/{pk}/message/create", json={"type": "user", "text": "More"}) for pk in ids[:20]),
        )
        assert {answer.status_code for answer in answers} == {200}
        for name, lines in zip(channels[:20], subscribed, strict=False):
            assert json.loads(await anext(lines))["data"] == {"to": name}
        assert int(await site.shell(CONNECTIONS)) < 60
        await site.shell(STOP)


async def test_a_channel_reaches_subscribers_of_other_processes(site: Site) -> None:
    token = await asyncio.to_thread(site.token)
    channel = f"channel-{uuid.uuid4()}"
    async with site.http(token, site.second) as there, opened(there, f"channel/{channel}/subscribe", {}) as lines:
        for number in range(3):
            await site.call("POST", f"channel/{channel}/publish", token, json={"message": {"number": number}})
        found = [json.loads(await anext(lines)) for _ in range(3)]
    assert [line["data"]["number"] for line in found] == [0, 1, 2]


async def test_receive_attaches_to_a_reply_of_another_process(site: Site) -> None:
    session = await site.session(await site.widget("echo/delay=0.05"))
    text = " ".join(f"word{number}" for number in range(20))
    path, headers = f"conversation/{session['conversationId']}", {"origin": site.first.url}
    sent = await site.call("POST", f"{path}/send", session["token"], json={"text": text}, headers=headers)
    first, second = await asyncio.gather(*(
        site.call("POST", f"{path}/receive", session["token"], server, headers={**headers, "accept": "application/jsonl"})
        for server in (site.first, site.second)
    ))  # fmt: skip
    results = []
    for answer in (first, second):
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert "".join(line["data"]["token"] for line in lines if line["type"] == "token") == text
        results.append(lines[-1]["data"])
    assert results[0] == results[1]
    assert [row["text"] for row in await site.stored(session)] == [text, text]
    assert sent.json()["id"] == (await site.stored(session))[0]["id"]


async def test_a_visitor_sees_only_what_the_widget_shows(site: Site) -> None:
    functions = [{"name": "f", "description": "Does", "parameters": {"type": "object", "properties": {}}, "result": {"data": 1}}]
    seen = {}
    for tools in (True, False):
        session = await site.session(await site.widget("calls", tools=tools, verbose=False))
        body = {"text": "Go", "functions": functions, "extensions": {"backstory": 5}}
        answer = await site.call(
            "POST", f"conversation/{session['conversationId']}/complete", session["token"], json=body,
            headers={"origin": site.first.url, "accept": "application/jsonl"},
        )  # fmt: skip
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert [line["data"]["model"] for line in lines if line["type"] == "usage"] == [""]
        seen[tools] = [line["type"] for line in lines if line["type"] != "usage"]
    assert seen[True] == ["sendResult", "token", "message", "receiveResult", "result"]
    assert seen[False] == ["sendResult", "error", "receiveResult", "result"], "no function, so nothing to say"


async def test_the_bot_of_a_widget_begins(site: Site) -> None:
    headers = {"origin": site.first.url}
    for starts, status in ((True, 200), (False, 409)):
        session = await site.session(await site.widget("burst/tokens=3", startFirst=starts))
        path = f"conversation/{session['conversationId']}/initiate"
        answers = [await site.call("POST", path, session["token"], headers=headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [status, status]
        assert answers[0].content == answers[1].content
    assert len(await site.stored(session)) == 0
