"""Servers that never end, lie or fall silent: every one ends within its limits, with a code."""

import asyncio
import gzip
import socket
import threading
import tracemalloc
import zlib
from typing import Any

import pytest

from fetcher import FetchRefused, fetch

from .conftest import Outside
from .servers import Handler, answer, fixed

KIB = 1024


def endless(start: bytes, piece: bytes) -> Handler:
    """Writes until the client goes away."""

    async def handler(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    return handler


def silent_after(start: bytes) -> Handler:
    async def handler(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        await asyncio.Event().wait()

    return handler


def dripping(start: bytes, piece: bytes) -> Handler:
    async def handler(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)

    return handler


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1024 * KIB)) for _ in range(megabytes)) + packer.flush()


BOMB = bomb(50)
OPEN = answer(content_length="", connection="close")
CHUNKED = answer(content_length="", transfer_encoding="chunked")
GZIPPED = answer(content_length="", content_encoding="gzip")

HOSTILE: dict[str, tuple[Handler, str]] = {
    "says nothing": (silent_after(b""), "timeout"),
    "stops in the status line": (silent_after(b"HTTP/1.1 20"), "timeout"),
    "stops in the headers": (silent_after(b"HTTP/1.1 200 OK\r\nX-A: b"), "timeout"),
    "stops in the body": (silent_after(answer(b"half", content_length="100")), "timeout"),
    "drips the headers": (dripping(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), "timeout"),
    "drips the body": (dripping(OPEN, b"x"), "timeout"),
    "drips chunks": (dripping(CHUNKED, b"1\r\nx\r\n"), "timeout"),
    "goes on with 100 Continue": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout"),
    "has an endless status line": (endless(b"HTTP/1.1 200 ", b"K" * KIB), "broken"),
    "has an endless header": (endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"b" * KIB), "broken"),
    "has endless headers": (endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"b" * KIB + b"\r\n"), "broken"),
    "has an endless chunk size": (endless(CHUNKED, b"0" * KIB), "broken"),
    "has endless trailers": (endless(CHUNKED + b"0\r\n", b"X-A: " + b"b" * KIB + b"\r\n"), "broken"),
    "has an endless body": (endless(OPEN, b"x" * KIB), "too_large"),
    "has endless chunks": (endless(CHUNKED, b"400\r\n" + b"x" * KIB + b"\r\n"), "too_large"),
    "claims a long body": (silent_after(answer(content_length="999999999999")), "too_large"),
    "claims a very long body": (silent_after(answer(content_length="9" * 19)), "too_large"),
    "is a gzip bomb": (fixed(answer(BOMB, content_encoding="gzip")), "too_large"),
    "is a gzip bomb in chunks": (
        fixed(answer(content_length="", transfer_encoding="chunked", content_encoding="gzip") + f"{len(BOMB):x}\r\n".encode() + BOMB + b"\r\n0\r\n\r\n"),
        "too_large",
    ),
    "packs a bomb into a bomb": (fixed(answer(gzip.compress(BOMB), content_encoding="gzip, gzip")), "broken"),
    "packs otherwise than asked": (fixed(answer(b"\x8b\x03\x80abc\x03", content_encoding="br")), "broken"),
    "is not gzip": (fixed(answer(b"plain", content_encoding="gzip")), "broken"),
    "ends within gzip": (fixed(answer(gzip.compress(b"x" * KIB)[:-9], content_encoding="gzip")), "broken"),
    "claims more than it has": (fixed(answer(b"short", content_length="100")), "broken"),
    "claims two lengths": (fixed(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "broken"),
    "claims a negative length": (fixed(answer(b"x", content_length="-1")), "broken"),
    "claims no number": (fixed(answer(b"x", content_length="١٢")), "broken"),
    "ends within a chunk": (fixed(CHUNKED + b"10\r\nabc"), "broken"),
    "has a bad chunk": (fixed(CHUNKED + b"zz\r\nabc"), "broken"),
    "speaks something else": (fixed(b"SSH-2.0-OpenSSH_9.2\r\n" * 5 + b"\r\n"), "broken"),
    "speaks HTTP/2": (fixed(b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80" + b"\r\n\r\n"), "broken"),
    "has no headers": (fixed(b"<html>hello</html>\r\n\r\n"), "broken"),
    "hangs up": (fixed(b""), "broken"),
    "redirects for ever": (fixed(answer(status="302 Found", location="/again")), "too_many_redirects"),
    "redirects for ever with a body": (endless(answer(status="302 Found", location="/again", content_length=""), b"x" * KIB), "too_many_redirects"),
    "redirects with a bomb": (fixed(answer(BOMB, "302 Found", location="http://10.0.0.1/", content_encoding="gzip")), "private_address"),
    "switches protocols": (fixed(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "broken"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_server_that(name: str, outside: Outside) -> None:
    handler, code = HOSTILE[name]
    async with outside(handler) as server:
        with pytest.raises(FetchRefused) as refused:
            await fetch(server.url, max_bytes=200 * KIB, seconds=0.2 if code == "timeout" else 10)
    assert refused.value.code == code
    assert server.connections <= 4


async def test_a_bomb_takes_no_memory(outside: Outside) -> None:
    async with outside(fixed(answer(BOMB, content_encoding="gzip"))) as server:
        tracemalloc.start()
        try:
            with pytest.raises(FetchRefused):
                await fetch(server.url, max_bytes=200 * KIB, seconds=10)
            assert tracemalloc.get_traced_memory()[1] < 4_000 * KIB
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("size", "good"), [(999, True), (1000, True), (1001, False)])
async def test_the_limit_is_exact(size: int, good: bool, packed: bool, outside: Outside) -> None:
    body = b"x" * size
    page = answer(gzip.compress(body), content_encoding="gzip") if packed else answer(body)
    async with outside(fixed(page)) as server:
        if good:
            assert (await fetch(server.url, max_bytes=1000, seconds=5)).body == body
        else:
            with pytest.raises(FetchRefused) as refused:
                await fetch(server.url, max_bytes=1000, seconds=5)
            assert refused.value.code == "too_large" and "1000 bytes" in refused.value.message


async def test_what_follows_the_claimed_length_is_not_read(outside: Outside) -> None:
    async with outside(fixed(answer(b"onetwo", content_length="3"))) as server:
        assert (await fetch(server.url, max_bytes=1000, seconds=5)).body == b"one"


async def test_the_time_limit_spans_all_redirects(outside: Outside) -> None:
    async def slow_redirect(_head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(answer(status="302 Found", location="/again"))

    async with outside(slow_redirect) as server:
        with pytest.raises(FetchRefused) as refused:
            await fetch(server.url, max_bytes=10, seconds=0.12, redirects=1000)
    assert refused.value.code == "timeout" and server.connections < 10


async def test_who_asks_is_told_where_redirects_lead_before_they_are_followed(outside: Outside) -> None:
    seen: list[str] = []

    def follow(url: str) -> None:
        seen.append(url)
        if url.endswith("/3"):
            raise LookupError(url)

    async def next_one(head: bytes, writer: asyncio.StreamWriter) -> None:
        number = int(head.split(b" ")[1].rpartition(b"/")[2])
        writer.write(answer(status="302 Found", location=f"/{number + 1}"))

    async with outside(next_one) as server:
        with pytest.raises(LookupError):
            await fetch(f"{server.url}1", max_bytes=10, seconds=5, redirects=9, follow=follow)
        assert seen == [f"{server.url}2", f"{server.url}3"]
        assert server.connections <= 2


async def test_a_name_server_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    hang = threading.Event()

    def getaddrinfo(*args: Any, **kwargs: Any) -> list[Any]:
        hang.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    try:
        with pytest.raises(FetchRefused) as refused:
            await fetch("http://slow.example.com/", max_bytes=10, seconds=0.05)
    finally:
        hang.set()
    assert refused.value.code == "timeout"
