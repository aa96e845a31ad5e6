"""What a socket refuses: each with its close code, and nobody else notices."""

import asyncio
import json
import re
from collections.abc import AsyncIterator

import pytest
import websockets

from tests.support.chat_client import ChatClient
from tests.support.sites import Site

BAD_FRAMES: dict[str, str | bytes] = {
    "not json": "hello",
    "half json": '{"type":"hb"',
    "empty": "",
    "a list": "[]",
    "a number": "1",
    "null": "null",
    "no type": "{}",
    "type is no text": '{"type":7}',
    "unknown type": '{"type":"delete"}',
    "a server's type": '{"type":"rows","rows":[]}',
    "an internal name": '{"type":"websocket.disconnect"}',
    "a method's name": '{"type":"goodbye"}',
    "a binary frame": b'{"type":"hb"}',
    "too deep": '{"type":"hb","x":' + "[" * 100_000 + "]" * 100_000 + "}",
    "send without cid": '{"type":"send","text":"a"}',
    "send with a bad cid": '{"type":"send","cid":"1","text":"a"}',
    "send without text": '{"type":"send","cid":"01a20cc4-74ba-754d-8397-800317293a4b"}',
    "text is no text": '{"type":"send","cid":"01a20cc4-74ba-754d-8397-800317293a4b","text":1}',
    "hidden is no flag": '{"type":"send","cid":"01a20cc4-74ba-754d-8397-800317293a4b","text":"a","hidden":1}',
    "stop without reply": '{"type":"stop"}',
    "retry of nonsense": '{"type":"retry","reply":[]}',
    "a negative position": '{"type":"resume","seq":-1}',
    "a huge position": '{"type":"resume","seq":1e30}',
    "a page with NaN": '{"type":"set","page":{"a":NaN}}',
    "a page with infinity": '{"type":"set","page":{"a":1e999}}',
    "a page with NUL": '{"type":"set","page":{"a":["\\u0000"]}}',
    "half a surrogate pair": '{"type":"set","language":"\\ud800"}',
    "a page that is too long": json.dumps({"type": "set", "page": {"a": "x" * 9000}}),
    "a second hello": '{"type":"hello","token":"x"}',
}


@pytest.fixture
async def bystander(site: Site) -> AsyncIterator[ChatClient]:
    """Somebody else, who must not notice; looked at after each test."""
    session = await site.session(await site.widget("echo"))
    async with site.tab(session) as tab:
        yield tab
        assert (await tab.ask("Still here?"))["html"] == "<p>Still here?</p>"
        assert tab.code is None


async def test_frames_that_are_not_of_the_protocol(site: Site, bystander: ChatClient) -> None:
    session = await site.session(await site.widget(initial="Hi"))

    async def code_of(frame: str | bytes) -> int:
        async with site.tab(session) as tab:
            await tab.raw(frame)
            return await tab.closed()

    codes = await asyncio.gather(*(code_of(frame) for frame in [*BAD_FRAMES.values()][:15]))
    codes += await asyncio.gather(*(code_of(frame) for frame in [*BAD_FRAMES.values()][15:]))
    assert dict(zip(BAD_FRAMES, codes, strict=True)) == dict.fromkeys(BAD_FRAMES, 4400)
    assert len(await site.stored(session)) == 1


@pytest.mark.parametrize("frame", ['{"type":"hb"}', "nonsense", b"\x00"])
async def test_the_first_frame_must_be_hello(site: Site, frame: str | bytes) -> None:
    tab = ChatClient(site.first.url, "")
    await tab.open()
    await tab.raw(frame)
    assert await tab.closed() == 4400
    await tab.close()


async def test_frames_on_their_way_when_it_closes_are_ignored(site: Site, bystander: ChatClient) -> None:
    session = await site.session(await site.widget())
    async with site.tab(session) as tab:
        for _ in range(3):
            await tab.raw("nonsense")
            await tab.say("send", cid="01a20cc4-74ba-754d-8397-800317293a4b", text="Not mine any more")
        assert await tab.closed() == 4400
    tab = ChatClient(site.first.url, "a.b.c")
    await tab.open()
    for _ in range(3):
        await tab.hello()
    assert await tab.closed() == 4401
    await tab.close()
    assert await site.stored(session) == []
    assert "Traceback" not in site.first.output


async def test_unknown_keys_are_ignored(site: Site) -> None:
    session = await site.session(await site.widget("echo"))
    async with site.tab(session) as tab:
        await tab.say(
            "send",
            cid="01a20cc4-74ba-754d-8397-800317293a4b",
            text="Hi",
            conversation="other",
            future={"a": 1},
            files=None,
        )
        assert (await tab.closing_row(2))["html"] == "<p>Hi</p>"


async def test_frames_that_are_too_big(site: Site, bystander: ChatClient) -> None:
    session = await site.session(await site.widget())
    frame = '{{"type":"hb","x":"{}"}}'
    room = 262_144 - len(frame.format(""))
    async with site.tab(session) as tab:
        await tab.raw(frame.format("x" * room))
        await tab.received("hb")
        await tab.raw(frame.format("x" * (room + 1)))
        assert await tab.closed() == 4413
    async with site.tab(session) as tab:
        await tab.raw(frame.format("ä" * (room // 2 + 1)))
        assert await tab.closed() == 4413
    async with site.tab(session) as tab:
        await tab.raw("x" * 1_048_577)
        assert await tab.closed() == 1009


async def test_tokens_that_open_nothing(site: Site, bystander: ChatClient) -> None:
    session = await site.session(await site.widget(sessionDuration=1000))
    operator = await asyncio.to_thread(site.token)
    header, payload, signature = session["token"].split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoiazEifQ"
    flipped = signature[:-1] + chr(ord(signature[-1]) ^ 1)
    tokens = {
        "empty": "", "nonsense": "abc", "an operator's": operator, "long": "a.b." + "c" * 6000, "unsigned": f"{header}.{payload}.",
        "alg none": f"{none}.{payload}.", "flipped": f"{header}.{payload}.{flipped}", "surrogates": "\ud800.\ud800.\ud800",
        "another payload": f"{header}.{payload[:-4]}AAAA.{signature}",
    }  # fmt: skip

    async def code_of(token: str) -> int:
        tab = ChatClient(site.first.url, token)
        await tab.open()
        await tab.hello()
        code = await tab.closed()
        assert not tab.frames
        await tab.close()
        return code

    codes = await asyncio.gather(*map(code_of, tokens.values()))
    assert dict(zip(tokens, codes, strict=True)) == dict.fromkeys(tokens, 4401)
    async with site.tab(session) as tab:
        assert await tab.closed() == 4401, "it lives one second"
    assert await code_of(session["token"]) == 4401


@pytest.mark.parametrize(
    ("entries", "origin", "opens"),
    [
        ("https://shop.example", "https://shop.example", True),
        ("https://shop.example", None, True),  # our own page
        ("https://shop.example", "https://shop.example.evil.example", False),
        ("https://shop.example", "http://shop.example", False),
        ("https://shop.example", "https://shop.example:444", False),
        ("https://shop.example", "null", False),
        ("https://shop.example", "", False),  # absent
        ("https://*.shop.example", "https://de.shop.example", True),
        ("https://*.shop.example", "https://shop.example", False),
        ("", "https://anywhere.example", True),
        ("", "null", True),
        ("", "", True),
    ],
)
async def test_the_origin_decides(site: Site, entries: str, origin: str | None, opens: bool) -> None:
    session = await site.session(await site.widget(origin=entries))
    async with site.tab(session, origin=origin) as tab:
        if opens:
            assert tab.of("welcome")
        else:
            assert await tab.closed() == 4403
            assert not tab.frames


async def test_the_subprotocol_is_required(site: Site) -> None:
    url = re.sub("^http", "ws", site.first.url) + "/ws/v1/conversation"
    for protocols in (None, ["chat.v2"]):
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(url, subprotocols=protocols, proxy=None)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403


async def test_a_revoked_session_is_closed_and_stores_nothing_more(site: Site, bystander: ChatClient) -> None:
    widget = await site.widget()
    session = await site.session(widget)
    other = (
        await site.create(
            widget, await asyncio.to_thread(site.token), conversationId=session["conversationId"]
        )
    ).json()
    async with site.tab(session) as one, site.tab(session, second=True) as two, site.tab(other) as three:
        await site.shell(f"Session.objects.filter(pk='{session['id']}').update(revoked_at=timezone.now())")
        answer = await one.send("Too late") if one.code is None else {"code": "expired"}
        assert answer["code"] == "expired"
        assert [await one.closed(), await two.closed()] == [4401, 4401]
        assert (await three.send("I may", respond=False))["type"] == "sent"
    async with site.tab(session) as again:
        assert await again.closed() == 4401
    assert [row["text"] for row in await site.stored(other)] == ["I may"]


async def test_a_deleted_conversation_is_gone(site: Site, bystander: ChatClient) -> None:
    session = await site.session(await site.widget())
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        await site.shell(f"Conversation.objects.get(pk='{session['conversationId']}').delete()")
        assert [await one.closed(), await two.closed()] == [4404, 4404]
    async with site.tab(session) as again:
        assert await again.closed() == 4404
    assert (
        await site.call("GET", f"conversation/{session['conversationId']}/fetch", session["token"])
    ).status_code == 404
