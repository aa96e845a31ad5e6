"""What a fetch sends and gives back."""

import asyncio
import gzip
import threading
from typing import Any

import pytest

from fetcher import Fetched, FetchRefused, fetch, fetch_sync

from .conftest import Outside
from .servers import answer, by_path, fixed

LIMITS: dict[str, Any] = {"max_bytes": 10_000, "seconds": 5}


async def test_an_answer(outside: Outside) -> None:
    async with outside(fixed(answer("Grüße".encode(), content_type="Text/HTML; charset=utf-8", X_Extra="1"))) as server:
        got = await fetch(server.url + "a?b=c#d", **LIMITS)
    assert got == Fetched(server.url + "a?b=c#d", 200, "text/html", got.headers, "Grüße".encode())
    assert got.headers["x-extra"] == "1" and got.headers["content-type"] == "Text/HTML; charset=utf-8"


async def test_what_is_sent(outside: Outside) -> None:
    async with outside(fixed(answer())) as server:
        await fetch(server.url + "päth?q=ü", headers={"X-Key": "k", "Accept": "text/html"}, **LIMITS)
    lines = server.requests[0].decode().rstrip().lower().split("\r\n")
    assert lines[0] == "get /p%c3%a4th?q=%c3%bc http/1.1"
    assert sorted(lines[1:]) == [
        "accept-encoding: gzip", "accept: text/html", f"host: {server.host}", "user-agent: chatwidget-fetcher/1.0", "x-key: k",
    ]  # fmt: skip


async def test_a_body_is_sent_with_its_length(outside: Outside) -> None:
    async with outside(fixed(answer(status="201 Created"))) as server:
        got = await fetch(server.url, method="POST", content=b'{"a":1}', headers={"Content-Type": "application/json"}, **LIMITS)
        await fetch(server.url, method="POST", **LIMITS)
    assert got.status == 201
    assert server.requests[0].lower().count(b"content-length: 7") == 1 and server.requests[0].endswith(b'\r\n\r\n{"a":1}')
    assert b"content-length: 0" in server.requests[1].lower()


async def test_headers_that_frame_the_request_are_ours(outside: Outside) -> None:
    forged = {"Host": "evil", "Content-Length": "99", "Transfer-Encoding": "chunked", "Connection": "upgrade", "Accept-Encoding": "br"}
    async with outside(fixed(answer())) as server:
        await fetch(server.url, headers=forged, **LIMITS)
    sent = server.requests[0].lower()
    assert f"host: {server.host}".encode() in sent
    assert not any(word in sent for word in (b"evil", b"99", b"chunked", b"upgrade", b"br\r\n"))


@pytest.mark.parametrize("headers", [{"X-A": "a\r\nX-B: b"}, {"X-A\r\nX-B": "b"}, {"X-A": "a\0"}, {"X-A": "ä"}, {"Ä": "a"}, {"": "a"}, {"X A": "a"}])
async def test_headers_that_break_out_are_refused(headers: dict[str, str], outside: Outside) -> None:
    async with outside(fixed(answer())) as server:
        with pytest.raises(FetchRefused) as refused:
            await fetch(server.url, headers=headers, **LIMITS)
    assert refused.value.code == "bad_request" and server.requests == []


@pytest.mark.parametrize("method", ["", "get", "CONNECT", "TRACE", "GET / HTTP/1.1\r\nX: y"])
async def test_methods(method: str) -> None:
    with pytest.raises(FetchRefused) as refused:
        await fetch("http://127.0.0.1/", method=method, **LIMITS)
    assert refused.value.code == "bad_request"


async def test_head_reads_no_body(outside: Outside) -> None:
    async with outside(fixed(answer(content_length="999999999", content_encoding="gzip"))) as server:
        assert (await fetch(server.url, method="HEAD", **LIMITS)).body == b""


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_answers_without_body(status: str, outside: Outside) -> None:
    async with outside(fixed(answer(status=status, content_length="", content_encoding="gzip"))) as server:
        assert (await fetch(server.url, any_status=True, **LIMITS)).body == b""


async def test_gzip_is_unpacked(outside: Outside) -> None:
    async with outside(fixed(answer(gzip.compress(b"text" * 1000), content_encoding="GZIP"))) as server:
        assert (await fetch(server.url, **LIMITS)).body == b"text" * 1000


async def test_chunked_answers(outside: Outside) -> None:
    body = b"5\r\nHello\r\n1\r\n!\r\n0\r\n\r\n"
    async with outside(fixed(answer(content_length="", transfer_encoding="chunked") + body)) as server:
        assert (await fetch(server.url, **LIMITS)).body == b"Hello!"


@pytest.mark.parametrize("status", ["400 Bad", "404 Not Found", "500 Oops", "304 Not Modified", "302 Found"])
async def test_other_answers_are_refused_unless_asked_for(status: str, outside: Outside) -> None:
    async with outside(fixed(answer(b"" if status.startswith("304") else b"why", status, content_length=""))) as server:
        with pytest.raises(FetchRefused) as refused:
            await fetch(server.url, **LIMITS)
        got = await fetch(server.url, any_status=True, types=["text/html"], **LIMITS)
    assert refused.value.code == "bad_status" and status[:3] in refused.value.message
    assert (got.status, got.body) == (int(status[:3]), b"" if status.startswith("304") else b"why")


@pytest.mark.parametrize(
    ("content_type", "types", "good"),
    [
        ("text/html", ["text/html"], True),
        ("TEXT/HTML;charset=x", ["text/html"], True),
        ("image/png", ["text/html", "image/"], True),
        ("text/htmlx", ["text/html"], False),
        ("imagex/png", ["image/"], False),
        ("application/json", ["text/html"], False),
        ("", ["text/html"], False),
        ("", ["application/octet-stream"], True),
        ("text/html", [], False),
    ],
)
async def test_types(content_type: str, types: list[str], good: bool, outside: Outside) -> None:
    async with outside(fixed(answer(b"x", content_type=content_type))) as server:
        if good:
            assert (await fetch(server.url, types=types, **LIMITS)).body == b"x"
        else:
            with pytest.raises(FetchRefused) as refused:
                await fetch(server.url, types=types, **LIMITS)
            assert refused.value.code == "wrong_type"


async def test_neither_proxies_nor_cookies(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"/": answer(status="302 Found", location="/next", set_cookie="a=b; path=/"), "/next": answer(b"here")}
    async with outside(by_path(pages)) as server, outside(fixed(answer(b"proxy"))) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert (await fetch(server.url, **LIMITS)).body == b"here"
    assert proxy.connections == 0
    assert not any(b"cookie" in request.lower() for request in server.requests)


async def test_nobody_answers(outside: Outside) -> None:
    async with outside(fixed(answer())) as server:
        pass
    with pytest.raises(FetchRefused) as refused:
        await fetch(server.url, **LIMITS)
    assert refused.value.code == "unreachable"


async def test_https_needs_a_certificate(outside: Outside) -> None:
    async with outside(fixed(answer())) as server:
        with pytest.raises(FetchRefused) as refused:
            await fetch(server.url.replace("http:", "https:"), max_bytes=10, seconds=0.2)
    assert refused.value.code == "timeout"  # the server waits for the end of a request that it does not understand
    assert server.connections == 1 and server.requests == []


async def test_from_tasks_and_other_threads(outside: Outside) -> None:
    got: list[Fetched | FetchRefused] = []

    def task(url: str) -> None:
        try:
            got.append(fetch_sync(url, **LIMITS))
        except FetchRefused as refused:
            got.append(refused)

    async with outside(fixed(answer(b"x"))) as server:
        await asyncio.to_thread(task, server.url)
        thread = threading.Thread(target=task, args=("http://10.0.0.1/",))
        thread.start()
        thread.join()
    assert isinstance(got[0], Fetched) and got[0].body == b"x"
    assert isinstance(got[1], FetchRefused) and got[1].code == "private_address"
