"""No URL leads inside. What counts is that nobody came to the server inside, not what fetch says."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import httpcore
import pytest

from fetcher import FetchRefused, fetch

from .hostile import NAMES, TEMPLATES
from .servers import Server, answer, fixed, serving

PUBLIC = {"public.example.com": ["93.184.216.34"], "93.184.216.34": ["93.184.216.34"]}
REAL = socket.getaddrinfo


@pytest.fixture(autouse=True)
def resolver(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name server of our own; what it does not know does not exist. Numbers are read as the system reads them."""
    names = {**NAMES, **PUBLIC}

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        if host in names:
            return [(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in names[host]]
        return REAL(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names


@pytest.fixture(autouse=True)
def dialed(monkeypatch: pytest.MonkeyPatch, own: set[int]) -> list[tuple[str, int]]:
    """Every address that a connection was tried to, other than to the test's own outside server; none of them is really dialed."""
    calls: list[tuple[str, int]] = []
    connect = httpcore.AnyIOBackend.connect_tcp

    async def connect_tcp(self: httpcore.AnyIOBackend, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        if port in own:
            return await connect(self, host, port, *args, **kwargs)
        calls.append((host, port))
        raise httpcore.ConnectError("not in a test")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    return calls


@pytest.fixture
def own() -> set[int]:
    return set()


@pytest.fixture
async def honeypot(settings: Any) -> AsyncIterator[Server]:
    async with serving(fixed(answer(b"secret")), addresses=("127.0.0.1", "::1")) as server:
        settings.FETCH_PORTS = ["80", "443", str(server.port)]  # so that it is not the port which saves us
        yield server


async def refusal(url: str) -> FetchRefused:
    with pytest.raises(FetchRefused) as refused:
        await fetch(url, max_bytes=1000, seconds=5)
    return refused.value


def test_the_corpus_is_large_and_has_no_repetition() -> None:
    assert len(TEMPLATES) == len(set(TEMPLATES)) >= 280


async def test_no_hostile_url_is_connected_to(honeypot: Server, dialed: list[tuple[str, int]]) -> None:
    codes = {}
    for template in TEMPLATES:
        codes[template] = (await refusal(template.replace("{port}", str(honeypot.port)))).code
        assert (honeypot.connections, dialed) == (0, []), template
    # Only names that nobody knows get as far as the resolver's no.
    assert set(codes.values()) == {"bad_url", "private_address", "unreachable"}
    assert sum(code == "unreachable" for code in codes.values()) < 30
    assert codes["http://127.0.0.1:{port}/"] == codes["http://[::1]:{port}/"] == codes["http://mixed.example.com:{port}/"] == "private_address"


async def test_no_redirect_leads_to_a_hostile_url(honeypot: Server, dialed: list[tuple[str, int]], own: set[int], settings: Any) -> None:
    location = b""

    async def redirect(head: bytes, writer: Any) -> None:
        start = head.startswith(b"GET /start ")
        writer.write(answer(status="302 Found").replace(b"\r\n\r\n", b"\r\nlocation: " + location + b"\r\n\r\n") if start else answer(status="404 No"))

    async with serving(redirect) as outside:
        own.add(outside.port)
        settings.FETCH_ALLOWED_HOSTS = [outside.host]
        for template in TEMPLATES:
            location = template.replace("{port}", str(honeypot.port)).replace("\r\n", "").encode()
            await refusal(outside.url + "start")
            assert (honeypot.connections, dialed) == (0, []), template
        assert outside.connections > len(TEMPLATES)  # the redirects were really followed


async def test_the_honeypot_would_have_seen_it(honeypot: Server, own: set[int], settings: Any) -> None:
    own.add(honeypot.port)
    settings.FETCH_ALLOWED_HOSTS = ["127.0.0.1"]
    assert (await fetch(honeypot.url, max_bytes=1000, seconds=5)).body == b"secret"
    assert honeypot.connections == 1


async def test_only_the_checked_address_is_dialed_though_the_name_changes(
    resolver: dict[str, list[str]], dialed: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    patched = socket.getaddrinfo
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])

    def rebinding(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        resolver["rebind.example.com"] = next(answers)
        return patched(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert (await refusal("http://rebind.example.com/")).code == "unreachable"
    assert dialed == [("93.184.216.34", 80)]
    assert (await refusal("http://rebind.example.com/")).code == "private_address"
    assert dialed == [("93.184.216.34", 80)]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://public.example.com/", ("93.184.216.34", 80)),
        ("https://public.example.com/a?b#c", ("93.184.216.34", 443)),
        ("HTTPS://PUBLIC.example.com:443", ("93.184.216.34", 443)),
        ("http://93.184.216.34", ("93.184.216.34", 80)),
        ("http://[2606:2800:220:1:248:1893:25c8:1946]/", ("2606:2800:220:1:248:1893:25c8:1946", 80)),
    ],
)
async def test_public_hosts_are_dialed_by_address(url: str, expected: tuple[str, int], dialed: list[tuple[str, int]]) -> None:
    assert (await refusal(url)).code == "unreachable"
    assert dialed == [expected]


async def test_other_addresses_of_a_host_are_tried(resolver: dict[str, list[str]], dialed: list[tuple[str, int]]) -> None:
    resolver["many.example.com"] = [f"93.184.216.{n}" for n in range(1, 10)]
    assert (await refusal("http://many.example.com/")).code == "unreachable"
    assert [host for host, _port in dialed] == [f"93.184.216.{n}" for n in range(1, 5)]


@pytest.mark.parametrize(
    ("allowed", "url", "code"),
    [
        (["intranet"], "http://intranet:8080/", "unreachable"),
        (["intranet:8080"], "http://intranet:8080/", "unreachable"),
        (["INTRANET:8080"], "http://Intranet:8080/", "unreachable"),
        (["intranet:8080"], "http://intranet/", "private_address"),
        (["intranet:8080"], "http://intranet:8081/", "bad_url"),
        (["intranet"], "http://x.intranet/", "unreachable"),  # no such name: not the same host
        (["example.com"], "http://ten.example.com/", "private_address"),
        (["[::1]:9"], "http://[::1]:9/", "unreachable"),
        (["::1"], "http://[::1]:9/", "unreachable"),
    ],
)
async def test_allowed_hosts_are_exact(allowed: list[str], url: str, code: str, settings: Any, dialed: list[Any]) -> None:
    settings.FETCH_ALLOWED_HOSTS = allowed
    assert (await refusal(url)).code == code
    assert bool(dialed) == (code == "unreachable" and "x." not in url)


async def test_refusals_do_not_tell_addresses_inside(honeypot: Server) -> None:
    assert "10.0.0.5" not in (await refusal("http://intranet/")).message
