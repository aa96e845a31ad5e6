"""How requests reach synchronous views: in threads that outlive them, a few at a time, without what only pages need."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tests.support.actors import Operator
from widgetplatform import turnstile
from widgetplatform.handler import PooledHandler, Threads
from widgetplatform.turnstile import TurnstileMiddleware

SEEN: list[tuple[str, bool]] = []


def whoami(request: HttpRequest) -> HttpResponse:
    """Says which thread answers."""
    SEEN.append((threading.current_thread().name, hasattr(request, "session")))
    return HttpResponse(threading.current_thread().name)


urlpatterns = [path("api/v1/whoami", whoami), path("whoami", whoami)]


async def get(app: Any, where: str) -> bytes:
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": where, "query_string": b"", "headers": [(b"host", b"testserver")]}
    exchange = ApplicationCommunicator(app, scope)
    await exchange.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await exchange.receive_output(10)
    assert start["status"] == 200
    body: bytes = (await exchange.receive_output(10))["body"]
    await exchange.wait()
    return body


@pytest.mark.urls(__name__)
@pytest.mark.django_db(transaction=True)
async def test_a_thread_serves_one_request_after_the_other() -> None:
    app = PooledHandler()
    first = await get(app, "/api/v1/whoami")
    assert first.startswith(b"request")
    assert await get(app, "/api/v1/whoami") == first
    assert await get(app, "/whoami") == first
    assert [session for _, session in SEEN[-3:]] == [False, False, True], "the API has no cookies"


def test_only_so_many_threads_stay() -> None:
    pool = Threads(idle_max=1)
    with pool.borrow() as one, pool.borrow() as two:
        assert one is not two
        assert one.submit(threading.get_ident).result() != two.submit(threading.get_ident).result()
    with pool.borrow() as again:
        assert again is two
        assert again.submit(bool).result() is False
    with pytest.raises(RuntimeError):
        one.submit(bool)
    pool.close()
    with pytest.raises(RuntimeError):
        two.submit(bool)


def sync_view() -> None:
    """What the turnstile looks at: whether it is async."""


async def async_view() -> None:
    """The same."""


class Crowd:
    """Requests behind the turnstile; each stays inside until it is told to go."""

    def __init__(self) -> None:
        self.inside: list[int] = []
        self.five = asyncio.Event()
        self.may_go = [asyncio.Event() for _ in range(6)]
        self.middleware = TurnstileMiddleware(self._answer)

    async def _answer(self, request: Any) -> HttpResponse:
        await vars(self.middleware)["process_view"](request, request.view)
        self.inside.append(request.number)
        if len(self.inside) == 5:
            self.five.set()
        await self.may_go[request.number].wait()
        return HttpResponse()

    def come(self, number: int, view: Any = sync_view) -> "asyncio.Task[Any]":
        """A request arrives."""
        request: Any = HttpRequest()
        request.number, request.view = number, view
        return asyncio.ensure_future(self.middleware(request))  # type: ignore[arg-type]

    async def settle(self) -> None:
        """Let everything happen that can happen now."""
        for _ in range(10):
            await asyncio.sleep(0)


async def test_two_views_compute_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "WAITING_SECONDS", 3600)
    crowd = Crowd()
    tasks = [crowd.come(number) for number in range(4)] + [crowd.come(4, async_view)]
    await crowd.settle()
    assert crowd.inside == [0, 1, 4], "async views need no turn"
    crowd.may_go[1].set()
    await crowd.settle()
    assert crowd.inside == [0, 1, 4, 2]
    for event in crowd.may_go:
        event.set()
    await asyncio.gather(*tasks)
    assert crowd.inside == [0, 1, 4, 2, 3]


async def test_who_waits_for_something_lets_others_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "WAITING_SECONDS", 0)
    crowd = Crowd()
    tasks = [crowd.come(number) for number in range(5)]
    await crowd.five.wait()
    for event in crowd.may_go:
        event.set()
    await asyncio.gather(*tasks)
    monkeypatch.setattr(turnstile, "WAITING_SECONDS", 3600)
    tasks = [crowd.come(number) for number in range(5)]
    crowd.may_go[:] = [asyncio.Event() for _ in range(6)]
    await crowd.settle()
    assert crowd.inside[5:] == [0, 1], "each turn was given back once"
    for event in crowd.may_go:
        event.set()
    await asyncio.gather(*tasks)


def test_a_synchronous_stack_has_no_turnstile(olive: Operator, client: Client) -> None:
    assert olive.get("bot/list").status_code == 200
    assert client.get("/admin/login/").status_code == 200
