"""The middleware ahead of Django: the same answers, from memory."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.handlers.asgi import ASGIHandler

from accounts.ids import new_id
from widgetplatform.hotpath import HotPath
from widgets.config import CACHE
from widgets.models import WidgetIntegration
from widgets.services import create_widget, update_widget

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
VISITORS = 50


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


async def test_a_warm_answer_asks_nobody(static_files: None, monkeypatch: pytest.MonkeyPatch) -> None:
    widget = await a_widget()
    app = HotPath(Passed())
    path = f"/integrations/widget/{widget.pk}/frame"
    await ask(app, path)
    monkeypatch.setattr(CACHE, "get", None)
    monkeypatch.setattr(asyncio, "to_thread", None)
    assert (await ask(app, path))[0] == 200


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


async def test_many_at_once_get_one_page(static_files: None) -> None:
    widget = await a_widget()
    app = HotPath(Passed())
    answers = await asyncio.gather(
        *(ask(app, f"/integrations/widget/{widget.pk}/frame") for _ in range(VISITORS))
    )
    assert {status for status, _, _ in answers} == {200}
    assert len({body for _, _, body in answers}) == 1


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
