"""Where is connected to, and how often."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from bots.engines.providers import connection
from fetcher.tests.test_tls import certificate, served  # noqa: F401 fixtures
from tests.support.processes import free_port
from tests.support.provider import Answer, Provider, provider_server

from .wire import access_to, seen


async def test_one_connection_for_many_rounds(provider: Provider) -> None:
    for _ in range(3):
        assert (await seen(provider)).finish == "stop"
    assert provider.connections == 1


async def test_rounds_at_the_same_time(provider: Provider) -> None:
    found = await asyncio.gather(*[seen(provider) for _ in range(20)])
    assert {one.finish for one in found} == {"stop"} and len(provider.requests) == 20


def test_every_event_loop_has_its_own_and_closes_them(provider: Provider) -> None:
    others = [*connection._pools]  # of loops that other tests keep
    for _ in range(2):
        assert asyncio.run(seen(provider)).finish == "stop"
    assert provider.connections == 2
    assert [*connection._pools] == others


async def test_a_connection_that_was_closed_while_idle(provider: Provider, hasty: None) -> None:
    await seen(provider)
    provider.hang_up()
    assert (await seen(provider)).finish == "stop"


@pytest.mark.parametrize("url", ["", "shop", "localhost:11434/v1", "ftp://shop.example/v1", "http://", "http://[::1", "http://me:pw@shop.example/v1", "http://a b/"])
@pytest.mark.parametrize("private", [True, False])
async def test_a_base_url_that_is_none(provider: Provider, url: str, private: bool) -> None:
    found = await seen(provider, access_to(provider, base_url=url, private=private))
    assert found.code == "provider" and "base URL" in found.cause
    assert found.error is not None and not found.error.retryable and "pw" not in found.cause


@pytest.mark.parametrize("end", ["", "/", "//"])
async def test_slashes_at_the_end_of_a_base_url(provider: Provider, end: str) -> None:
    assert (await seen(provider, access_to(provider, base_url=provider.url + end))).finish == "stop"


async def test_a_base_url_without_the_version(provider: Provider) -> None:
    found = await seen(provider, access_to(provider, base_url=provider.url.removesuffix("/v1") + "/v2"))
    assert found.code == "no_model" and "Invalid URL (POST /v2/chat/completions)" in found.cause


async def test_a_base_url_with_a_query(provider: Provider) -> None:
    found = await seen(provider, access_to(provider, base_url=f"{provider.url}/deployments?api-version=1"))
    assert "/v1/deployments/chat/completions?api-version=1" in found.cause


async def test_nobody_there(provider: Provider, hasty: None) -> None:
    found = await seen(provider, access_to(provider, base_url=f"http://127.0.0.1:{free_port()}/v1"))
    assert found.code == "unavailable" and "nobody answers at 127.0.0.1" in found.cause


async def test_no_such_host(provider: Provider, hasty: None) -> None:
    found = await seen(provider, access_to(provider, base_url="http://nowhere.invalid/v1"))
    assert found.code == "unavailable" and "nowhere.invalid was not found" in found.cause


async def test_a_host_that_does_not_take_connections(provider: Provider, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PROVIDER_CONNECT_SECONDS, settings.PROVIDER_RETRIES = 0.1, 0
    with socket.socket() as full:  # listens to nobody: the system lets connections wait
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        found = await seen(provider, access_to(provider, base_url=f"http://127.0.0.1:{port}/v1"))
        for one in waiting:
            one.close()
    assert found.code == "timeout" and "connected" in found.cause


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1"])
async def test_private_addresses_are_for_administrators(provider: Provider, settings: Any, host: str) -> None:
    port = provider.url.split(":")[2].removesuffix("/v1")
    settings.FETCH_PORTS = [port]
    assert (await seen(provider)).finish == "stop"  # leaves a connection there, which others must not use
    found = await seen(provider, access_to(provider, base_url=f"http://{host}:{port}/v1", private=False))
    assert found.code == "provider" and "not on the public internet" in found.cause
    assert provider.connections == 1 and len(provider.requests) == 1


async def test_ports_are_those_of_the_fetcher(provider: Provider) -> None:
    found = await seen(provider, access_to(provider, private=False))
    assert found.code == "provider" and "port" in found.cause and provider.connections == 0


async def test_private_hosts_that_the_installation_allows(provider: Provider, settings: Any) -> None:
    settings.FETCH_ALLOWED_HOSTS = [provider.url.removeprefix("http://").removesuffix("/v1")]
    assert (await seen(provider, access_to(provider, private=False))).finish == "stop"


async def test_proxies_of_the_environment_are_not_used(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert (await seen(provider)).finish == "stop"


async def test_no_redirect_is_followed(provider: Provider) -> None:
    with provider_server() as other:
        provider.script(Answer(status=307, headers={"location": f"{other.url}/chat/completions"}))
        found = await seen(provider)
        assert found.code == "provider" and "redirects" in found.cause and other.connections == 0


@pytest.fixture
def safe(served: ssl.SSLContext) -> Iterator[Provider]:  # noqa: F811
    with provider_server(tls=served) as running:
        yield running


async def test_https(safe: Provider, certificate: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    connection._ssl_context.cache_clear()
    try:
        safe.script(Answer("Hay.", cuts=7))
        assert (await seen(safe)).text == "Hay."
        assert (await seen(safe)).finish == "stop" and safe.connections == 1
    finally:
        connection._ssl_context.cache_clear()


async def test_https_of_an_unknown_authority(safe: Provider, hasty: None) -> None:
    found = await seen(safe)
    assert found.code == "unavailable" and "certificate verify failed" in found.cause and safe.requests == []


async def test_https_where_http_is_spoken(provider: Provider, impatient: None) -> None:
    found = await seen(provider, access_to(provider, base_url=provider.url.replace("http:", "https:")))
    assert found.code in {"unavailable", "timeout"} and provider.requests == []
