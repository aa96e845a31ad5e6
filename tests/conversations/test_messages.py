"""Messages over HTTP: lists, one by its client id, votes; and who may see them."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest

from tests.support.sites import Site

MANY_KINDS = """
c = Conversation.objects.get(pk='{}')
kinds = ['user', 'bot', 'instruction', 'context', 'backstory', 'reasoning', 'activity', 'checkpoint', 'user', 'bot', 'bot']
for n, kind in enumerate(kinds, 1):
    Message.objects.create(conversation=c, type=kind, text=f'{{kind}} {{n}}', position=n, seq=n, hidden=n == 9, deleted=n == 11, cause='secret cause')
Conversation.objects.filter(pk=c.pk).update(last_seq=11)
"""
EXPIRED = """
from sessions_api.tokens import SessionClaims, issue_token
from uuid import UUID
s = Session.objects.get(pk='{0}')
for hours in (1, 23, 25):
    moment = timezone.now() - timedelta(hours=hours)
    one = Session.objects.create(conversation=s.conversation, expires_at=moment, revoked_at=None)
    print(issue_token(SessionClaims(s.conversation_id, s.conversation.widget_id, '1', one.pk, moment, frozenset())))
gone = Session.objects.create(conversation=s.conversation, expires_at=timezone.now() - timedelta(hours=1), revoked_at=timezone.now())
print(issue_token(SessionClaims(s.conversation_id, s.conversation.widget_id, '1', gone.pk, gone.expires_at, frozenset())))
"""


async def get(
    site: Site, session: dict[str, Any], path: str, token: str | None = None, **query: Any
) -> httpx.Response:
    """GET below the conversation, as a page of our own does: without an Origin."""
    return await site.call(
        "GET", f"conversation/{session['conversationId']}/{path}", token or session["token"], params=query
    )


async def post(
    site: Site, session: dict[str, Any], path: str, token: str | None = None, **body: Any
) -> httpx.Response:
    """POST below the conversation."""
    path = f"conversation/{session['conversationId']}/{path}"
    return await site.call(
        "POST", path, token or session["token"], json=body, headers={"origin": site.first.url}
    )


async def test_pages_by_cursor(site: Site) -> None:
    session = await site.session(await site.widget("echo", origin="https://shop.example"))
    for number in range(5):
        answer = await post(site, session, "message/create", type="user", text=str(number))
        assert set(answer.json()) == {"id", "entities"}
    page = (await get(site, session, "message/list", take=2)).json()
    assert [item["text"] for item in page["items"]] == ["4", "3"]
    assert page["cursor"] == page["items"][-1]["id"]
    assert {"id", "type", "text", "createdAt", "updatedAt", "seq", "position", "status"} <= set(
        page["items"][0]
    )
    page = (await get(site, session, "message/list", take=2, cursor=page["cursor"])).json()
    assert [item["text"] for item in page["items"]] == ["2", "1"]
    oldest = (await get(site, session, "message/list", order="asc", take=1)).json()
    assert [item["text"] for item in oldest["items"]] == ["0"]
    end = (await get(site, session, "message/list", cursor=oldest["cursor"])).json()
    assert end == {"items": []}
    lines = await site.call(
        "GET",
        f"conversation/{session['conversationId']}/message/list",
        session["token"],
        headers={"accept": "application/jsonl"},
    )
    assert lines.text.count('"type":"item"') == 5


async def test_what_changed_since_a_number(site: Site) -> None:
    session = await site.session(await site.widget("echo", initial="Welcome"))
    await post(site, session, "message/create", type="user", text="Hi")
    since = (await get(site, session, "message/list", after=1)).json()
    assert [item["text"] for item in since["items"]] == ["Hi"]
    assert (since["head"], since["more"], set(since)) == (
        2,
        False,
        {"items", "epoch", "head", "more"},
    )
    assert (await get(site, session, "message/list", after=2)).json()["items"] == []


@pytest.mark.parametrize(
    "query", [{"after": "-1"}, {"after": "x"}, {"after": "9" * 16}, {"cursor": "x"}, {"order": "up"}]
)
async def test_queries_that_are_refused(site: Site, query: dict[str, str]) -> None:
    session = await site.session(await site.widget())
    answer = await get(site, session, "message/list", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
    assert next(iter(query)) in answer.json()["message"]


async def test_visitors_see_only_what_is_theirs_to_see(site: Site) -> None:
    session = await site.session(await site.widget())
    await site.shell(MANY_KINDS.format(session["conversationId"]))
    listed = (await get(site, session, "message/list")).json()["items"]
    since = (await get(site, session, "message/list", after=0)).json()
    async with site.tab(session) as tab:
        on_the_socket = [row for frame in tab.of("rows") for row in frame["rows"]]
    attached = (
        await site.create(await site.widget(), session["token"], conversationId=session["conversationId"])
    ).json()["messages"]
    for rows in (listed, since["items"], on_the_socket, attached):
        assert sorted(row["text"] for row in rows if not row.get("deleted")) == ["bot 10", "bot 2", "user 1"]
        assert "secret" not in str(rows)
    for rows in (since["items"], on_the_socket):
        tombstones = [row for row in rows if row.get("deleted")]
        assert [set(row) for row in tombstones] == [{"id", "seq", "position", "deleted"}]
    assert tab.seq == since["head"] == 11
    operator = await asyncio.to_thread(site.token)
    everything = (await get(site, session, "message/list", operator)).json()["items"]
    assert len(everything) == 10


async def test_one_message_by_its_client_id(site: Site) -> None:
    session = await site.session(await site.widget("echo"))
    cid = str(uuid.uuid4())
    async with site.tab(session) as tab:
        sent = await tab.send("Hi", cid)
        await tab.closing_row(2)
    found = (await get(site, session, f"message/by-cid/{cid}")).json()
    assert (found["id"], found["cid"], found["text"], found["position"]) == (sent["id"], cid, "Hi", 1)
    for missing in (str(uuid.uuid4()), "nonsense"):
        assert (await get(site, session, f"message/by-cid/{missing}")).status_code == 404
    other = await site.session(await site.widget("echo"))
    assert (await get(site, session, f"message/by-cid/{cid}", other["token"])).status_code == 404
    assert (await get(site, session, f"message/by-cid/{cid}", await asyncio.to_thread(site.token))).json()[
        "id"
    ] == sent["id"]


async def test_an_expired_token_may_ask_for_a_day_and_nothing_else(site: Site) -> None:
    session = await site.session(await site.widget("echo"))
    cid = str(uuid.uuid4())
    async with site.tab(session) as tab:
        await tab.send("Hi", cid)
    an_hour, a_day, too_long, revoked = (await site.shell(EXPIRED.format(session["id"]))).split()
    path = f"message/by-cid/{cid}"
    answers = [await get(site, session, path, token) for token in (an_hour, a_day, too_long, revoked)]
    assert [answer.status_code for answer in answers] == [200, 200, 401, 401]
    assert (await get(site, session, f"message/by-cid/{uuid.uuid4()}", an_hour)).status_code == 404
    for other in ("message/list", "fetch"):
        assert (await get(site, session, other, an_hour)).status_code == 401
    assert (await post(site, session, "complete", an_hour, text="Hi")).status_code == 401


async def test_votes_replace_each_other_and_show_on_every_tab(site: Site) -> None:
    session = await site.session(await site.widget("echo"))
    async with site.tab(session) as one, site.tab(session, second=True) as two:
        row = await one.ask("Good?")
        await two.closing_row(2)
        answer = await post(site, session, f"message/{row['id']}/upvote")
        assert (answer.status_code, answer.json()) == (200, {"id": row["id"]})
        for tab in (one, two):
            await tab.vote(row["id"], 1)
        await post(site, session, f"message/{row['id']}/downvote", reason="Wrong")
        for tab in (one, two):
            await tab.vote(row["id"], -1)
        assert one.rows[row["id"]]["html"] == "<p>Good?</p>"
    assert (
        await site.shell(
            f"print(*Rating.objects.filter(message_id='{row['id']}').values_list('value', 'reason'))"
        )
        == "(-100, 'Wrong')"
    )
    assert (await site.stored(session))[1]["vote"] == -1


async def test_votes_that_are_refused(site: Site) -> None:
    session = await site.session(await site.widget("echo"))
    other = await site.session(await site.widget("echo"), messages=[{"type": "user", "text": "Hi"}])
    mine = (await post(site, session, "message/create", type="user", text="Mine")).json()["id"]
    theirs = other["messages"][1]["id"]
    refused = [await post(site, session, f"message/{pk}/upvote") for pk in (theirs, str(uuid.uuid4()), mine)]
    assert {(answer.status_code, answer.content) for answer in refused} == {(404, refused[0].content)}
    assert (await post(site, session, "message/nonsense/upvote")).status_code == 404
    for reason in (5, "x" * 2001):
        answer = await post(site, session, f"message/{theirs}/downvote", reason=reason)
        assert (answer.status_code, "reason" in answer.json()["message"]) == (400, True)


async def test_what_visitors_may_not_write(site: Site) -> None:
    session = await site.session(await site.widget())
    for kind in ("bot", "instruction", "context", "nonsense", 5, None):
        answer = await post(site, session, "message/create", type=kind, text="Obey")
        assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
        assert answer.json()["message"].startswith("type: must be one of user")
    assert (await post(site, session, "message/create", type="user", text="")).status_code == 400
    assert (
        await post(site, session, "message/create", type="user", text="Hi", meta={"_a": 1})
    ).status_code == 400
    assert await site.stored(session) == []
    operator = await asyncio.to_thread(site.token)
    assert (
        await post(site, session, "message/create", operator, type="instruction", text="Be kind")
    ).status_code == 200
    assert await site.stored(session) == []


ROUTES = [
    ("GET", "fetch"), ("GET", "message/list"), ("GET", "message/list?after=0"), ("POST", "complete"), ("POST", "message/create"),
    ("GET", "message/by-cid/01a20cc4-74ba-754d-8397-800317293a4b"), ("POST", "message/01a20cc4-74ba-754d-8397-800317293a4b/upvote"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_foreign_and_missing_conversations_are_the_same_404(site: Site, method: str, path: str) -> None:
    widget = await site.widget("echo")
    session, foreign = await site.session(widget), await site.session(widget)
    otto = await site.otto()
    body: dict[str, Any] = {"json": {"text": "Hi", "type": "user"}} if method == "POST" else {}
    answers = [
        await site.call(
            method, f"conversation/{pk}/{path}", token, headers={"origin": site.first.url}, **body
        )
        for token in (session["token"], otto)
        for pk in (foreign["conversationId"], str(uuid.uuid4()), "nonsense")
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    for token in (None, "sk-nonsense", "a.b.c"):
        answer = await site.call(
            method,
            f"conversation/{session['conversationId']}/{path}",
            token,
            headers={"origin": site.first.url},
            **body,
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "NOT_AUTHENTICATED")
    wrong = await site.call(
        "POST" if method == "GET" else "GET",
        f"conversation/{session['conversationId']}/{path}",
        session["token"],
    )
    assert wrong.status_code == 405
