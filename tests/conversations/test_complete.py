"""POST conversation/{id}/complete: a message in, its reply out, as JSON or as JSON lines."""

import asyncio
import json
import uuid
from typing import Any

import httpx
import pytest

from tests.support.sites import SLOW, Site

JSONL = {"accept": "application/jsonl"}


async def complete(
    site: Site, session: dict[str, Any], text: object = "Hello", token: str | None = None, **headers: str
) -> httpx.Response:
    """One call as the visitor, or with another token."""
    path = f"conversation/{session['conversationId']}/complete"
    headers = {"origin": site.first.url, **headers}
    return await site.call("POST", path, token or session["token"], json={"text": text}, headers=headers)


def events(answer: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    """The lines of a stream as (type, data)."""
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert all(set(line) == {"type", "data", "createdAt"} for line in lines)
    return [(line["type"], line["data"]) for line in lines]


async def test_it_answers_the_reply(site: Site) -> None:
    session = await site.session(await site.widget("echo"))
    answer = await complete(site, session, "Hello **you**")
    assert answer.status_code == 200
    body = answer.json()
    assert body == {
        "id": body["id"], "text": "Hello **you**", "usage": {"token": 4}, "end": {"reason": "stop"}, "status": "done",
        "html": "<p>Hello <strong>you</strong></p>", "sources": [],
    }  # fmt: skip
    assert [(row["type"], row["text"]) for row in await site.stored(session)] == [
        ("user", "Hello **you**"),
        ("bot", "Hello **you**"),
    ]
    operator = await asyncio.to_thread(site.token)
    assert (await complete(site, session, "Again", operator)).json()["text"] == "Again", (
        "its operator may as well"
    )


async def test_a_stream_of_lines(site: Site) -> None:
    session = await site.session(await site.widget("sample/tokens=60/delay=0.005"))
    answer = await complete(site, session, **JSONL)
    assert answer.headers["content-type"] == "application/jsonl"
    lines = events(answer)
    kinds = [kind for kind, _ in lines]
    assert kinds[0] == "sendResult"
    assert kinds[-2:] == ["receiveResult", "result"]
    assert set(kinds[1:-3]) == {"token", "usage"}
    assert kinds[-3] == "message"
    assert lines[0][1] == {"id": lines[0][1]["id"], "text": "Hello", "entities": []}
    reply = (await site.stored(session))[1]
    assert "".join(data["token"] for kind, data in lines if kind == "token") == reply["text"]
    assert lines[-1][1] == lines[-2][1]
    assert (lines[-1][1]["id"], lines[-1][1]["text"]) == (reply["id"], reply["text"])


async def test_a_stream_that_fails_says_so_before_its_result(site: Site) -> None:
    session = await site.session(await site.widget("sample/tokens=9/fail_at=4/code=overloaded"))
    lines = events(await complete(site, session, **JSONL))
    assert [kind for kind, _ in lines if kind != "token"] == [
        "sendResult",
        "error",
        "receiveResult",
        "result",
    ]
    assert lines[-3][1]["code"] == "overloaded"
    assert lines[-1][1]["end"] == {"reason": "error"}
    again = (await complete(site, session, "Once more")).json()
    assert (again["status"], again["code"], again["end"]) == ("failed", "overloaded", {"reason": "error"})


async def test_a_retry_attaches_to_the_reply(site: Site) -> None:
    session = await site.session(await site.widget("echo/delay=0.05"))
    key = {"idempotency-key": str(uuid.uuid4())}
    text = " ".join(["word"] * 20)
    together = await asyncio.gather(
        complete(site, session, text, **key), complete(site, session, text, **key, **JSONL)
    )
    later = await complete(site, session, text, **key)
    streamed = events(together[1])
    assert together[0].json() == later.json() == streamed[-1][1]
    assert "".join(data["token"] for kind, data in streamed if kind == "token") == text
    assert len(await site.stored(session)) == 2
    other = await complete(site, session, "Another text", **key)
    assert (other.status_code, other.json()["code"]) == (409, "CONFLICT")


async def test_a_retry_in_the_middle_streams_from_the_beginning(site: Site) -> None:
    session = await site.session(await site.widget("echo/delay=0.05"))
    cid, text = str(uuid.uuid4()), " ".join(f"word{number}" for number in range(30))
    async with site.tab(session) as tab:
        await tab.send(text, cid)
        await tab.growing(2, until="word2")
        lines = events(await complete(site, session, text, **{"idempotency-key": cid}, **JSONL))
    assert "".join(data["token"] for kind, data in lines if kind == "token") == text


async def test_who_goes_away_does_not_stop_the_reply(site: Site) -> None:
    session = await site.session(await site.widget("echo/delay=0.05"))
    path, text = f"conversation/{session['conversationId']}/complete", " ".join(["word"] * 20)
    headers = {"origin": site.first.url, **JSONL}
    async with (
        site.http(session["token"]) as api,
        api.stream("POST", path, json={"text": text}, headers=headers) as stream,
    ):
        async for line in stream.aiter_lines():
            if json.loads(line)["type"] == "token":
                break
    async with site.tab(session, second=True) as tab:
        assert (await tab.closing_row(2))["html"] == f"<p>{text}</p>"


async def test_a_stopped_reply_ends_the_call(site: Site) -> None:
    session = await site.session(await site.widget(SLOW))
    async with site.tab(session, second=True) as tab:
        call = asyncio.create_task(complete(site, session))
        row = await tab.growing(2)
        await tab.say("stop", reply=row["id"])
        answer = (await call).json()
    assert (answer["status"], answer["end"]) == ("stopped", {"reason": "abort"})


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("", 400, "BAD_REQUEST"),
        (" ", 400, "BAD_REQUEST"),
        (5, 400, "BAD_REQUEST"),
        (None, 409, "CONFLICT"),
        ("a" * 32_769, 413, "CONTENT_TOO_LARGE"),
    ],
)
async def test_texts_that_are_refused(site: Site, text: object, status: int, code: str) -> None:
    session = await site.session(await site.widget())
    answer = await complete(site, session, text)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await site.stored(session) == []


async def test_headers_that_are_refused(site: Site) -> None:
    session = await site.session(await site.widget(origin="https://shop.example"))
    bad_key = await complete(site, session, **{"idempotency-key": "1"})
    assert (bad_key.status_code, bad_key.json()["code"]) == (400, "BAD_REQUEST")
    assert "Idempotency-Key" in bad_key.json()["message"]
    elsewhere = await complete(site, session, origin="https://evil.example")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "NOT_AUTHORIZED")
    assert "access-control-allow-origin" not in elsewhere.headers
    shop = await complete(site, session, origin="https://shop.example")
    assert shop.status_code == 200
    assert shop.headers["access-control-allow-origin"] == "https://shop.example"
    assert await site.stored(session) != []


async def test_a_message_without_a_reply_has_none_to_attach_to(site: Site) -> None:
    session = await site.session(await site.widget())
    cid = str(uuid.uuid4())
    path = f"conversation/{session['conversationId']}/message/create"
    headers = {"origin": site.first.url, "idempotency-key": cid}
    stored = await site.call(
        "POST", path, session["token"], json={"type": "user", "text": "Hi"}, headers=headers
    )
    assert stored.status_code == 200
    answer = await complete(site, session, "Hi", **{"idempotency-key": cid})
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
