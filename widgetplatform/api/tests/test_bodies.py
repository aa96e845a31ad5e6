"""Bodies: JSON objects within a size; everything else is refused before anything is stored."""

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.handlers.asgi import ASGIHandler

from bots.models import Bot
from widgetplatform.bodies import BodyLimit, body_limit

URL = "/api/v1/bot/create"


def post(operator, body: bytes, content_type: str = "application/json", **headers: str):
    return operator.client.generic("POST", URL, body, content_type=content_type, headers=headers)


def refused(response, status: int, code: str) -> str:
    assert response.status_code == status, response.content
    assert set(response.json()) == {"message", "code"}
    assert response.json()["code"] == code
    assert not Bot.objects.exists()
    return response.json()["message"]


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}", b'{"name": "\xc3\xa9"}'])
@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"]
)
def test_accepted(olive, body, content_type):
    assert post(olive, body, content_type).status_code == 200


def test_an_empty_body_needs_no_content_type(olive):
    assert post(olive, b"", "").status_code == 200
    assert post(olive, b"", "text/plain").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"{'a': 1}", b"nonsense", b"\xff\xfe{\x00", b'{"name": "\xe9"}', b'{"meta": {"a": NaN}}', b'{"meta": {"a": Infinity}}',
        b'{"meta": {"a": 1e999}}', b'{"meta": {"a": ' + b"9" * 5000 + b"}}", b"[" * 100_000, b'{"a":' * 50_000,
    ],
)  # fmt: skip
def test_what_is_not_json(olive, body):
    assert "JSON" in refused(post(olive, body), 400, "BAD_REQUEST")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"true", b'[{"name": "x"}]'])
def test_what_is_not_an_object(olive, body):
    assert refused(post(olive, body), 400, "BAD_REQUEST") == "The body must be a JSON object"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonl",
        "",
    ],
)
def test_other_types(olive, content_type):
    assert "application/json" in refused(
        post(olive, b'{"name": "x"}', content_type), 415, "UNSUPPORTED_MEDIA_TYPE"
    )


def test_too_large(olive, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = b'{"name": "' + b"x" * 88 + b'"}'
    assert post(olive, body).status_code == 200
    Bot.objects.all().delete()
    assert "100 bytes" in refused(post(olive, body + b" "), 413, "CONTENT_TOO_LARGE")


def test_the_token_comes_first(db, client):
    response = client.generic("POST", URL, b"{", content_type="application/json")
    assert refused(response, 401, "NOT_AUTHENTICATED")


@pytest.mark.django_db(transaction=True)
async def test_chunked_bodies_under_asgi(olive, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    authorization = [(b"authorization", f"Bearer {olive.token}".encode())]
    for body, status in ((b'{"name": "chunked"}', 200), (b"{", 400), (b" " * 101, 413)):
        assert await send_chunked(authorization, body) == status
    assert [bot.name async for bot in Bot.objects.all()] == ["chunked"]


@pytest.mark.django_db(transaction=True)
async def test_a_body_is_cut_off_before_django_keeps_it(olive, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    authorization = [(b"authorization", f"Bearer {olive.token}".encode())]
    limited = BodyLimit(ASGIHandler())
    assert await send_chunked(authorization, b'{"name": "chunked"}', limited) == 200
    assert await send_chunked(authorization, b" " * 101, limited) == 413
    untouched = BodyLimit(None)  # nothing behind it: what was announced is refused unread
    assert await send_chunked([(b"content-length", b"5000000")], b"", untouched) == 413
    assert await Bot.objects.acount() == 1


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/v1/bot/create", 1_048_576),
        ("/api/v1/file/x/upload", 20_971_520 + 65_536),
        ("/api/v1/conversation/x/attachment/upload", 20_971_520 + 65_536),
        ("/api/v1/file/x/upload/y", 1_048_576),
    ],
)
def test_uploads_may_be_larger(path, limit):
    assert body_limit(path) == limit


async def send_chunked(headers: list[tuple[bytes, bytes]], body: bytes, app: Any = None) -> int:
    """POST without Content-Length, as a server hands it on; the status."""
    headers = [
        *headers,
        (b"host", b"testserver"),
        (b"content-type", b"application/json"),
        (b"transfer-encoding", b"chunked"),
    ]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": URL,
        "query_string": b"",
        "headers": headers,
    }
    communicator = ApplicationCommunicator(app or ASGIHandler(), scope)
    await communicator.send_input({"type": "http.request", "body": body[:10], "more_body": True})
    await communicator.send_input({"type": "http.request", "body": body[10:], "more_body": False})
    start = await communicator.receive_output(10)
    await communicator.receive_output(10)
    await communicator.wait()
    return start["status"]


@pytest.mark.parametrize("body", [b'{"name": "a", "name": "b"}', b'{"meta": {"x": {"k": 1, "k": 2}}}'])
def test_a_key_given_twice(olive, body):
    assert "is given twice" in refused(post(olive, body), 400, "BAD_REQUEST")
