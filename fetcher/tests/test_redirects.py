"""Redirects as browsers follow them, but with nothing secret to another origin."""

from typing import Any

import pytest

from fetcher import FetchRefused, fetch

from .conftest import Outside
from .servers import answer, by_path, fixed

LIMITS: dict[str, Any] = {"max_bytes": 10_000, "seconds": 5}
SECRETS = {"Authorization": "Bearer s3cret", "Cookie": "a=s3cret", "X-Api-Key": "s3cret", "Proxy-Authorization": "s3cret"}


@pytest.mark.parametrize("status", ["301 A", "302 B", "303 C", "307 D", "308 E"])
async def test_redirects_are_followed(status: str, outside: Outside) -> None:
    pages = {"/": answer(status=status, location="a/b?c=d"), "/a/b?c=d": answer(status=status, location="../e"), "/e": answer(b"here")}
    async with outside(by_path(pages)) as server:
        got = await fetch(server.url, **LIMITS)
    assert (got.url, got.body) == (server.url + "e", b"here")


@pytest.mark.parametrize("redirects", [0, 1, 2])
async def test_the_number_of_redirects(redirects: int, outside: Outside) -> None:
    async with outside(fixed(answer(status="302 Found", location="/again"))) as server:
        with pytest.raises(FetchRefused) as refused:
            await fetch(server.url, redirects=redirects, **LIMITS)
    assert refused.value.code == "too_many_redirects" and len(server.requests) == redirects + 1


@pytest.mark.parametrize(
    ("status", "method", "becomes", "keeps_body"),
    [
        ("301 A", "POST", "GET", False), ("302 B", "POST", "GET", False), ("303 C", "POST", "GET", False), ("303 C", "PUT", "GET", False),
        ("307 D", "POST", "POST", True), ("308 E", "POST", "POST", True), ("302 B", "PUT", "PUT", True), ("303 C", "HEAD", "HEAD", False),
    ],
)  # fmt: skip
async def test_method_and_body(status: str, method: str, becomes: str, keeps_body: bool, outside: Outside) -> None:
    async with outside(by_path({"/": answer(status=status, location="/next"), "/next": answer()})) as server:
        content = None if method == "HEAD" else b"body"
        await fetch(server.url, method=method, content=content, headers={"Content-Type": "text/x-mine"}, **LIMITS)
    second = server.requests[1]
    assert second.startswith(f"{becomes} /next ".encode())
    assert second.endswith(b"body") == keeps_body
    assert (b"text/x-mine" in second) == (keeps_body or method == "HEAD")


async def test_secrets_stay_with_their_origin(outside: Outside) -> None:
    async with outside(fixed(answer(b"there"))) as other:
        pages = {"/": answer(status="302 Found", location="/same"), "/same": answer(status="302 Found", location=other.url)}
        async with outside(by_path(pages)) as server:
            await fetch(server.url, headers={**SECRETS, "Accept-Language": "de", "User-Agent": "mine"}, **LIMITS)
    assert all(request.count(b"s3cret") == 4 for request in server.requests) and len(server.requests) == 2
    assert b"s3cret" not in other.requests[0]
    assert b"de" in other.requests[0] and b"mine" in other.requests[0]


async def test_secrets_do_not_come_back(outside: Outside) -> None:
    """Once dropped, they stay dropped: the way back was chosen by the other host."""
    pages: dict[str, bytes] = {}
    async with (
        outside(by_path(pages)) as server,
        outside(fixed(answer(status="302 Found", location=server.url + "end"))) as other,
    ):
        pages |= {"/": answer(status="302 Found", location=other.url), "/end": answer(b"end")}
        assert (await fetch(server.url, headers=SECRETS, **LIMITS)).body == b"end"
    assert b"s3cret" in server.requests[0] and b"s3cret" not in server.requests[1]


@pytest.mark.parametrize("status", ["307 Temporary", "308 Permanent"])
async def test_a_body_does_not_go_to_another_origin(status: str, outside: Outside) -> None:
    async with outside(fixed(answer())) as other, outside(fixed(answer(status=status, location=other.url))) as server:
        with pytest.raises(FetchRefused) as refused:
            await fetch(server.url, method="POST", content=b"s3cret", **LIMITS)
    assert refused.value.code == "bad_status" and other.connections == 0


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://10.0.0.1/", "private_address"),
        ("//169.254.169.254/latest/meta-data/", "private_address"),
        ("file:///etc/passwd", "bad_url"),
        ("http://user:pass@example.com/", "bad_url"),
        ("http://127.0.0.1:1/", "bad_url"),
        ("http://[", "bad_url"),
        ("ftp:", "bad_url"),
        ("http://93.184.216.34:22/", "bad_url"),
        ("/" + "a" * 9000, "bad_url"),
        ("http://ex\tample/", "bad_url"),
    ],
)
async def test_where_redirects_may_not_lead(location: str, code: str, outside: Outside) -> None:
    async with outside(fixed(answer(status="302 Found", location=location))) as server:
        with pytest.raises(FetchRefused) as refused:
            await fetch(server.url, **LIMITS)
    assert refused.value.code == code and len(server.requests) == 1
