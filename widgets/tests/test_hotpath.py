"""The middleware ahead of Django: the same answers, from memory."""

import asyncio
import socket
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.handlers.asgi import ASGIHandler
from django.db.backends.utils import CursorWrapper

from accounts.ids import new_id
from widgetplatform import hotpath
from widgetplatform.hotpath import HotPath
from widgets.config import CACHE
from widgets.effective import Effective
from widgets.models import WidgetIntegration
from widgets.pages import Page, frame_page
from widgets.services import create_widget, update_widget

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
VISITORS = 1000
PATIENCE_SECONDS = 10
HOSTILE = (
    "zzq", "../../zzq", "zzq%00", "zzq%ED%A0%80", "<script>zzq", "zzq'; DROP TABLE widgets;--", "zzq\r\nSet-Cookie: a=b", "zzq" * 2000, ",zzq" * 3000,
    "*zzq", "{zzq}", "zh-Hant-" + "zzq" * 100, "zzq%", "zzq&&&=&=",
)  # fmt: skip


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What any thread asks any database."""
    asked: list[str] = []
    execute = CursorWrapper.execute

    def counted(cursor: CursorWrapper, sql: str, params: Any = None) -> Any:
        asked.append(sql)
        return execute(cursor, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", counted)
    return asked


class Builds:
    """Counts the frame pages that are made; those of a title in ``gates`` wait."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.gates: dict[str, threading.Event] = {}
        self.entered = threading.Event()

    def __call__(self, effective: Effective, language: str) -> Page:
        self.titles.append(effective.title)
        self.entered.set()
        if effective.title in self.gates:
            assert self.gates[effective.title].wait(PATIENCE_SECONDS)
        return frame_page(effective, language)


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> Builds:
    builds = Builds()
    monkeypatch.setattr(hotpath, "frame_page", builds)
    return builds


class Passed:
    """Stands where Django is, and counts."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.count += 1
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b"django"})


async def ask(
    app: Any, path: str, method: str = "GET", query: str = "", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request; header names with ``_`` for ``-``."""
    sent: list[dict[str, Any]] = []
    given = {"host": "testserver", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(), "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip

    waiting = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        return waiting.pop() if waiting else await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    answered = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])


@sync_to_async
def a_widget(**fields: Any) -> WidgetIntegration:
    owner = User.objects.create_user("olive")
    return create_widget(owner, **fields)


async def test_it_answers_as_django_does(static_files: None) -> None:
    widget = await a_widget(title="Halden", origin="https://a.example", language="en, ar")
    hot, django = HotPath(Passed()), ASGIHandler()
    base = f"/integrations/widget/{widget.pk}"
    requests: list[dict[str, Any]] = [
        {"path": "/widget.js"},
        {"path": "/integrations/widget/v2.js", "accept_encoding": "br"},
        {"path": f"{base}/frame"},
        {"path": f"{base}/frame", "query": "lang=ar", "accept_encoding": "gzip, br"},
        {"path": f"{base}/frame", "method": "HEAD"},
        {"path": base},
        {"path": base, "query": "lang=xx,ar-EG", "accept_language": "en"},
        {"path": f"{base}/launcher.json"},
        {"path": f"{base}/launcher.json", "origin": "https://a.example"},
        {"path": f"{base}/launcher.json", "origin": "https://b.example"},
    ]
    django.load_middleware(is_async=True)
    for request in requests:
        status, headers, body = await ask(hot, **request)
        same_status, same_headers, same_body = await ask(django, **request)
        assert (status, body) == (same_status, same_body), request
        for name, value in headers.items():
            assert name == "vary" or same_headers[name] == value, (request, name)


async def test_who_has_it_gets_304(static_files: None) -> None:
    widget = await a_widget()
    app = HotPath(Passed())
    for path in (
        "/widget.js",
        f"/integrations/widget/{widget.pk}/frame",
        f"/integrations/widget/{widget.pk}/launcher.json",
    ):
        _, headers, _ = await ask(app, path)
        status, again, body = await ask(app, path, if_none_match=headers["etag"])
        assert (status, body, again["etag"]) == (304, b"", headers["etag"])


async def test_what_it_cannot_answer_goes_to_django() -> None:
    widget = await a_widget()
    passed = Passed()
    app = HotPath(passed)
    others: list[dict[str, Any]] = [
        {"path": f"/integrations/widget/{new_id()}/frame"},
        {"path": "/integrations/widget/nonsense/frame"},
        {"path": f"/integrations/widget/{widget.pk}/"},
        {"path": f"/integrations/widget/{widget.pk}/frame", "method": "POST"},
        {"path": f"/integrations/widget/{widget.pk}/frame", "host": "evil.example"},
        {"path": f"/integrations/widget/{widget.pk}/frame", "host": ""},
        {"path": "/widget.js", "method": "OPTIONS"},
        {"path": "/"},
    ]
    for request in others:
        assert (await ask(app, **request))[2] == b"django", request
    assert passed.count == len(others)


async def test_a_warm_answer_asks_nobody(static_files: None, queries: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    widget = await a_widget(language="en, de")
    app = HotPath(Passed())
    base = f"/integrations/widget/{widget.pk}"
    asked = [(f"{base}{end}", f"lang={language}") for end in ("", "/frame", "/launcher.json") for language in ("en", "de-CH,fr")]
    for path, query in asked:
        await ask(app, path, query=query)
    queries.clear()
    monkeypatch.setattr(CACHE, "get", None)
    monkeypatch.setattr(asyncio, "to_thread", None)
    for path, query in asked:
        assert (await ask(app, path, query=query))[0] == 200
    assert queries == []


async def test_a_change_is_served_at_the_next_request(static_files: None) -> None:
    widget = await a_widget(title="Before")
    app = HotPath(Passed())
    path = f"/integrations/widget/{widget.pk}/frame"
    _, before, body = await ask(app, path)
    assert b"Before" in body
    await sync_to_async(update_widget)(widget, title="After")
    status, after, body = await ask(app, path, if_none_match=before["etag"])
    assert (status, b"After" in body) == (200, True)
    assert after["etag"] != before["etag"]


async def test_with_redis_away_visitors_are_served_and_see_changes(static_files: None, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis://127.0.0.1:{port}"}}
    widget = await a_widget(title="Before")
    app = HotPath(Passed())
    path = f"/integrations/widget/{widget.pk}/frame"
    for title in ("Before", "After"):
        await sync_to_async(update_widget)(widget, title=title)
        status, _, body = await ask(app, path)
        assert (status, f"<title>{title}<".encode() in body) == (200, True)


async def test_a_thousand_first_visitors_cost_what_one_costs(static_files: None, queries: list[str], builds: Builds) -> None:
    one, many = await a_widget(), await sync_to_async(create_widget)(await User.objects.aget())
    app = HotPath(Passed())
    queries.clear()
    await ask(app, f"/integrations/widget/{one.pk}/frame")
    alone = len(queries)
    assert alone > 0
    queries.clear()
    builds.titles.clear()
    answers = await asyncio.gather(*(ask(app, f"/integrations/widget/{many.pk}/frame") for _ in range(VISITORS)))
    assert {status for status, _, _ in answers} == {200}
    assert len({body for _, _, body in answers}) == 1
    assert (len(queries), len(builds.titles)) == (alone, 1)


async def test_a_page_that_took_long_does_not_take_the_place_of_a_newer(static_files: None, builds: Builds) -> None:
    widget = await a_widget(title="Before")
    app = HotPath(Passed())
    path = f"/integrations/widget/{widget.pk}/frame"
    builds.gates["Before"] = threading.Event()
    slow = asyncio.ensure_future(ask(app, path))
    await asyncio.to_thread(builds.entered.wait, PATIENCE_SECONDS)
    await sync_to_async(update_widget)(widget, title="After")
    assert b"<title>After<" in (await ask(app, path))[2]
    builds.gates["Before"].set()
    assert b"<title>Before<" in (await slow)[2]
    assert b"<title>After<" in (await ask(app, path))[2]
    assert builds.titles == ["Before", "After"]


async def test_visitors_cannot_fill_the_memory_of_pages(static_files: None, builds: Builds, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    widget = await a_widget(language="en, de, pt-BR")
    app = HotPath(Passed())
    path = f"/integrations/widget/{widget.pk}/frame"
    variants = [f"{language}-{region}" for language in ("de", "pt", "fr", "en") for region in ("AT", "CH", "PT", "AO", "US", "419", "XX")]
    for count, lang in enumerate([*HOSTILE, *variants, *map(str, range(50))]):
        for request in ({"query": f"lang={lang}"}, {"accept_language": lang.encode("ascii", "replace").decode()}, {"query": f"lang={lang}&x={count}"}):
            status, headers, body = await ask(app, path, host=f"testserver:{1000 + count}", **request)
            assert status == 200
            assert "set-cookie" not in headers
            assert f"connect-src http://testserver:{1000 + count}/api/v1/" in headers["content-security-policy"]
            assert b"zzq" not in body
    assert len(builds.titles) == 3


async def test_vary_names_what_the_answer_depends_on(static_files: None) -> None:
    widget = await a_widget(language="en, de")
    base = f"/integrations/widget/{widget.pk}"
    app = HotPath(Passed())
    for path, names in ((f"{base}/frame", set()), (base, set()), (f"{base}/launcher.json", {"Origin"})):
        seen = []
        for accepted in ("en", "de"):
            _, headers, _ = await ask(app, path, accept_language=accepted)
            assert set(headers["vary"].split(", ")) == {"Accept-Encoding", "Accept-Language"} | names
            status, again, _ = await ask(app, path, accept_language=accepted, if_none_match=headers["etag"])
            assert (status, again["vary"]) == (304, headers["vary"])
            seen.append(headers["etag"])
        assert len(set(seen)) == 2


async def test_behind_a_trusted_proxy_the_scheme_is_the_visitor_s(static_files: None, settings: Any) -> None:
    widget = await a_widget()
    path = f"/integrations/widget/{widget.pk}/frame"
    _, headers, _ = await ask(HotPath(Passed()), path, x_forwarded_proto="https")
    assert "connect-src http://testserver/api/v1/ ws://testserver/ws/;" in headers["content-security-policy"]
    settings.TRUSTED_PROXIES = 1
    _, headers, _ = await ask(HotPath(Passed()), path, x_forwarded_proto="https")
    assert (
        "connect-src https://testserver/api/v1/ wss://testserver/ws/;" in headers["content-security-policy"]
    )
