"""Limits as they are by default or small, on a server of its own."""

import asyncio
import uuid
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from tests.support.chat_client import ChatClient
from tests.support.processes import Server, run_embedded
from tests.support.seeded import copy_of
from tests.support.sites import Site

STRICT = {
    "HELLO_SECONDS": "1",
    "HEARTBEAT_SECONDS": "1",
    "SILENCE_SECONDS": "3",
    "SOCKETS_PER_CONVERSATION": "2",
    "SOCKETS_PER_ADDRESS": "8",
    "SESSIONS_PER_MINUTE": "3",
    "TRUSTED_PROXIES": "1",
    "MAX_BODY_BYTES": "100000",
}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[Server]:
    """A server whose limits are near."""
    running = run_embedded(copy_of(seeded, tmp_path_factory.mktemp("strict")), **STRICT)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def site(strict: Server) -> Site:
    """Its site."""
    return Site(strict, strict)


@pytest.fixture
def address() -> dict[str, str]:
    """An address that nobody else of these tests has, as our proxy tells it."""
    return {"x-forwarded-for": str(IPv4Address(uuid.uuid4().bytes[:4]))}


async def test_sends_are_limited_and_retries_are_not(site: Site, address: dict[str, str]) -> None:
    session = (await site.create(await site.widget("echo"), headers=address)).json()
    async with site.tab(session) as tab:
        cids = [str(uuid.uuid4()) for _ in range(6)]
        answers = [await tab.send("Hi", cid, respond=False) for cid in cids]
        assert [answer["type"] for answer in answers] == ["sent"] * 5 + ["nack"]
        nack = answers[-1]
        assert nack["code"] == "rate"
        assert 0 < nack["retryMs"] <= 6001, "ten a minute"
        assert (await tab.send("Hi", cids[0], respond=False))["dup"], "a retry is never refused"
        assert (await tab.send("Other", cids[1], respond=False))["code"] == "cid_conflict"
        assert tab.code is None
    assert len(await site.stored(session)) == 5


async def test_a_limit_is_a_429_over_http(site: Site, address: dict[str, str]) -> None:
    session = (await site.create(await site.widget("echo"), headers=address)).json()
    path = f"conversation/{session['conversationId']}/complete"
    answers = [
        await site.call(
            "POST", path, session["token"], json={"text": "Hi"}, headers={"origin": site.first.url}
        )
        for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json()["code"] == "TOO_MANY_REQUESTS"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 6


async def test_new_sessions_are_limited_by_address(site: Site, address: dict[str, str]) -> None:
    widget = await site.widget()
    answers = [await site.create(widget, headers=address) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.json()["code"] == "TOO_MANY_REQUESTS"
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    forged = {"x-forwarded-for": f"198.51.100.7, {address['x-forwarded-for']}"}
    assert (await site.create(widget, headers=forged)).status_code == 429, (
        "only what our own proxy says counts"
    )
    assert (await site.create(widget, headers={"x-forwarded-for": "198.51.100.9"})).status_code == 200
    assert (
        await site.create(widget, await asyncio.to_thread(site.token), headers=address)
    ).status_code == 200, "its owner is not counted"


async def test_a_conversation_has_room_for_so_many_sockets(site: Site, address: dict[str, str]) -> None:
    session = (await site.create(await site.widget(), headers=address)).json()
    async with site.tab(session) as one, site.tab(session) as two:
        async with site.tab(session) as three:
            assert await three.closed() == 4429
        await two.close()
        async with site.tab(session) as four:
            assert four.of("welcome")
        assert one.code is None


async def test_an_address_has_room_for_so_many_sockets(site: Site) -> None:
    tabs = [ChatClient(site.first.url, "") for _ in range(9)]
    for tab in tabs:
        await tab.open()
    codes = [await tab.closed() for tab in tabs]
    assert sorted(codes) == [4408] * 8 + [4429]
    for tab in tabs:
        await tab.close()


async def test_no_hello_in_time(site: Site) -> None:
    tab = ChatClient(site.first.url, "")
    await tab.open()
    assert await tab.closed() == 4408
    await tab.close()


async def test_who_does_not_answer_heartbeats_is_closed(site: Site, address: dict[str, str]) -> None:
    session = (await site.create(await site.widget(), headers=address)).json()
    async with site.tab(session) as silent, site.tab(session) as alive:
        silent.answers_heartbeats = False
        assert await silent.closed() == 4408
        assert 2 <= len(silent.of("hb")) <= 4
        assert alive.code is None
        assert len(alive.of("hb")) <= 6, "answers are not answered"


async def test_bodies_have_a_limit(site: Site, address: dict[str, str]) -> None:
    widget = await site.widget()
    answer = await site.create(widget, headers=address, meta={"a": "x" * 100_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "CONTENT_TOO_LARGE")
