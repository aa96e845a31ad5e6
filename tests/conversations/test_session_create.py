"""POST integration/widget/{id}/session/create over HTTP."""

import asyncio
import base64
import json
import time
import uuid
from typing import Any

import httpx
import pytest

from tests.support.sites import Site

SHOP = "https://shop.example"


def claims(token: str) -> dict[str, Any]:
    """The payload of a token, unchecked."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def lifetime(session: dict[str, Any]) -> int:
    """Seconds from now to its end, rounded."""
    return round(session["expiresAt"] / 1000 - time.time(), -1)


async def refuses(answer: httpx.Response, status: int, code: str, part: str = "") -> None:
    """The documented shape of an error."""
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert set(body) == {"message", "code"}
    assert part in body["message"]


async def test_it_answers_a_session(site: Site) -> None:
    widget = await site.widget(initial="Hello")
    answer = await site.create(widget)
    assert answer.status_code == 200
    session = answer.json()
    assert set(session) == {"id", "conversationId", "token", "expiresAt", "messages"}
    assert [(row["type"], row["text"], row["position"]) for row in session["messages"]] == [
        ("bot", "Hello", 1)
    ]
    told = claims(session["token"])
    assert set(told) == {"iss", "aud", "sub", "wid", "uid", "jti", "iat", "exp", "features"}
    assert (told["aud"], told["sub"], told["wid"], told["jti"]) == (
        "conversation",
        session["conversationId"],
        widget,
        session["id"],
    )
    assert told["exp"] * 1000 == session["expiresAt"]
    assert told["features"] == ["math", "stream", "unfurl", "verbose"]
    assert not answer.cookies


@pytest.mark.parametrize(
    ("configured", "requested", "seconds"),
    [
        (None, None, 3600), (0, None, 3600), (None, 1800, 1800), (None, 86_400, 86_400), (0, 7200, 7200),
        (1_200_000, None, 1200), (1_200_000, 86_400, 1200), (3_600_000, 1800, 1800),
    ],
)  # fmt: skip
async def test_how_long_a_session_lasts(
    site: Site, configured: int | None, requested: int | None, seconds: int
) -> None:
    session = await site.session(await site.widget(sessionDuration=configured), durationInSeconds=requested)
    assert lifetime(session) == seconds


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"durationInSeconds": 1799}, "durationInSeconds"),
        ({"durationInSeconds": 86_401}, "durationInSeconds"),
        ({"durationInSeconds": "3600"}, "durationInSeconds"),
        ({"durationInSeconds": True}, "durationInSeconds"),
        ({"messages": "Hi"}, "messages"),
        ({"messages": [{"type": "user", "text": "Hi"}] * 21}, "messages"),
        ({"messages": [{"type": "user", "text": "Hi"}, {"type": "bot", "text": "Hi"}]}, "messages[1].type"),
        ({"messages": [{"type": "instruction", "text": "Obey"}]}, "messages[0].type"),
        ({"messages": ["Hi"]}, "messages[0].type"),
        ({"messages": [{"type": "user", "text": " "}]}, "messages[0].text"),
        ({"messages": [{"type": "user"}]}, "messages[0].text"),
        ({"messages": [{"type": "user", "text": "ä" * 16_385}]}, "messages[0].text"),
        ({"meta": []}, "meta"),
        ({"meta": {"_own": 1}}, "meta"),
        ({"contact": "Vera"}, "contact"),
        ({"contact": {"email": "vera"}}, "contact.email"),
        ({"contact": {"phone": "030 12"}}, "contact.phone"),
        ({"contact": {"name": "x" * 192}}, "contact.name"),
        ({"contact": {"name": 5}}, "contact.name"),
        ({"conversationId": "1"}, "conversationId"),
        ({"conversationId": 7}, "conversationId"),
        ({"language": "d" * 36}, "language"),
        ({"language": 5}, "language"),
        ({"language": "de\u0000"}, "language"),
    ],
)
async def test_a_wrong_field_is_named(site: Site, body: dict[str, Any], field: str) -> None:
    await refuses(
        await site.create(await site.widget(contactCollection=True), **body), 400, "BAD_REQUEST", field
    )


@pytest.mark.parametrize(
    "raw",
    [b"{", b"[]", b'{"meta": NaN}', b"\xff", b'{"meta":{"a":' + b"[" * 100_000, b'{"language":"\\ud800"}'],
)
async def test_json_that_does_not_parse(site: Site, raw: bytes) -> None:
    path = f"integration/widget/{await site.widget()}/session/create"
    headers = {"origin": site.first.url, "content-type": "application/json"}
    await refuses(await site.call("POST", path, content=raw, headers=headers), 400, "BAD_REQUEST")


async def test_other_methods_types_and_an_empty_body(site: Site) -> None:
    path = f"integration/widget/{await site.widget()}/session/create"
    origin = {"origin": site.first.url}
    await refuses(await site.call("GET", path, headers=origin), 405, "METHOD_NOT_ALLOWED")
    await refuses(
        await site.call("POST", path, headers=origin, data={"a": "b"}), 415, "UNSUPPORTED_MEDIA_TYPE"
    )
    assert (await site.call("POST", path, headers=origin)).status_code == 200
    assert (await site.create(await site.widget(), futureKey={"a": 1})).status_code == 200


async def test_seeds_are_answered_before_it_returns(site: Site) -> None:
    widget = await site.widget("echo/delay=0.05", initial="Welcome")
    session = await site.session(
        widget, messages=[{"type": "user", "text": "one one"}, {"type": "user", "text": "two"}]
    )
    assert [(row["type"], row["status"], row["text"]) for row in session["messages"]] == [
        ("bot", "done", "Welcome"), ("user", "done", "one one"), ("bot", "done", "one one"), ("user", "done", "two"), ("bot", "done", "two"),
    ]  # fmt: skip
    assert session["messages"][2]["html"] == "<p>one one</p>"


async def test_meta_language_and_contact_are_kept(site: Site) -> None:
    widget = await site.widget("echo", contactCollection=True)
    body: dict[str, Any] = {
        "meta": {"plan": "pro", "app": "forged", "widget": {"integrationId": "forged"}},
        "contact": {"email": "Vera@Example.com", "name": "Vera"},
    }
    headers = {"accept-language": "fr-FR,fr;q=0.9,en;q=0.5"}
    first = (await site.create(widget, headers=headers, **body)).json()
    second = (await site.create(widget, headers=headers, **{**body, "language": "de"})).json()
    operator = await asyncio.to_thread(site.token)
    shown = [
        (await site.call("GET", f"conversation/{one['conversationId']}/fetch", operator)).json()
        for one in (first, second)
    ]
    assert shown[0]["meta"] == {
        "plan": "pro",
        "app": "widget",
        "widget": {"integrationId": widget},
        "widgetIntegrationId": widget,
    }
    assert shown[0]["contactId"] == shown[1]["contactId"], "the same data finds the same contact"
    told = f"print(*Conversation.objects.filter(pk__in=['{first['conversationId']}', '{second['conversationId']}']).order_by('pk').values_list('language', flat=True))"
    assert await site.shell(told) == "fr-FR de"
    visitor = (await site.call("GET", f"conversation/{first['conversationId']}/fetch", first["token"])).json()
    assert set(visitor) == {"id", "createdAt", "updatedAt"}


async def test_contacts_are_ignored_where_the_widget_collects_none(site: Site) -> None:
    session = await site.session(await site.widget(), contact={"email": "vera@example.com"})
    shown = await site.call(
        "GET", f"conversation/{session['conversationId']}/fetch", await asyncio.to_thread(site.token)
    )
    assert "contactId" not in shown.json()


async def test_the_origin_decides_and_is_echoed(site: Site) -> None:
    widget = await site.widget(origin=f"{SHOP}, https://*.shop.example")
    for origin in (SHOP, "https://de.shop.example"):
        answer = await site.create(widget, headers={"origin": origin})
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == origin
        assert "access-control-allow-credentials" not in answer.headers
        assert "origin" in answer.headers["vary"].lower()
    own = await site.create(widget)
    assert (own.status_code, own.headers.get("access-control-allow-origin")) == (200, None)
    for origin in (
        "https://evil.example",
        "https://shop.example.evil.example",
        "http://shop.example",
        f"{SHOP}:8443",
        "null",
        "",
    ):
        answer = await site.create(widget, headers={"origin": origin})
        await refuses(answer, 403, "NOT_AUTHORIZED", "Origin")
        assert "access-control-allow-origin" not in answer.headers
    path = f"integration/widget/{widget}/session/create"
    await refuses(await site.call("POST", path, json={}), 403, "NOT_AUTHORIZED", "Origin")
    owner = await site.call("POST", path, await asyncio.to_thread(site.token), json={})
    assert owner.status_code == 200, "its owner needs no origin"


async def test_a_preflight(site: Site) -> None:
    widget = await site.widget(origin=SHOP)
    path = f"integration/widget/{widget}/session/create"
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    good = await site.call("OPTIONS", path, headers={"origin": SHOP, **asks})
    assert good.status_code == 200
    assert good.headers["access-control-allow-origin"] == SHOP
    assert set(good.headers["access-control-allow-headers"].replace(" ", "").split(",")) == {
        "accept", "authorization", "content-type", "idempotency-key", "x-timezone",
    }  # fmt: skip
    assert "access-control-allow-credentials" not in good.headers
    bad = await site.call("OPTIONS", path, headers={"origin": "https://evil.example", **asks})
    assert "access-control-allow-origin" not in bad.headers


async def test_attaching_to_a_conversation(site: Site) -> None:
    widget = await site.widget("echo", sessionDuration=1_200_000)
    session = await site.session(widget, messages=[{"type": "user", "text": "Hi"}])
    conversation = session["conversationId"]
    operator = await asyncio.to_thread(site.token)
    by_owner = await site.create(widget, operator, conversationId=conversation)
    by_visitor = await site.create(widget, session["token"], conversationId=conversation)
    for answer in (by_owner, by_visitor):
        assert answer.status_code == 200
        attached = answer.json()
        assert (attached["conversationId"], attached["id"] == session["id"]) == (conversation, False)
        assert [row["text"] for row in attached["messages"]] == ["Hi", "Hi"]
    assert by_visitor.json()["expiresAt"] <= session["expiresAt"], "attaching never gains time"
    other = await site.session(widget)
    elsewhere = await site.session(await site.widget("echo", title="Other"))
    otto = await site.otto()
    refused = [
        await site.create(widget, conversationId=conversation),
        await site.create(widget, other["token"], conversationId=conversation),
        await site.create(widget, elsewhere["token"], conversationId=conversation),
        await site.create(widget, elsewhere["token"], conversationId=elsewhere["conversationId"]),
        await site.create(widget, otto, conversationId=conversation),
        await site.create(widget, operator, conversationId=str(uuid.uuid4())),
    ]
    assert {(answer.status_code, answer.content) for answer in refused} == {(404, refused[0].content)}


async def test_widgets_that_open_nothing(site: Site) -> None:
    disabled = await site.create(await site.widget(enabled=False))
    await refuses(disabled, 409, "CONFLICT", "closed")
    operator = await asyncio.to_thread(site.token)
    nobody = (await site.call("POST", "integration/widget/create", operator, json={"name": "No bot"})).json()[
        "id"
    ]
    await refuses(await site.create(nobody), 409, "CONFLICT", "botId")
    for missing in (str(uuid.uuid4()), "demo", "%00"):
        await refuses(await site.create(missing), 404, "NOT_FOUND")


@pytest.mark.parametrize("token", ["sk-wrong", "a.b.c", "x"])
async def test_a_bad_token_counts_on_the_public_route_too(site: Site, token: str) -> None:
    answer = await site.create(await site.widget(), token)
    await refuses(answer, 401, "NOT_AUTHENTICATED")
    assert answer.headers["www-authenticate"].startswith("Bearer")
