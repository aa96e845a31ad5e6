"""Scopes: reads need ``read``, writes ``write``, over every door that operators have."""

from typing import Any

import pytest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts.models import ApiToken, create_api_token
from tests.support.actors import Operator
from tests.support.inprocess import InProcess
from tests.support.world import make_world
from widgetplatform.api.errors import ApiError
from widgetplatform.api.permissions import check_scope
from widgetplatform.api.views import Resource, VerbView

NO_WRITE = {"message": "This API token lacks the scope “write”", "code": "NOT_AUTHORIZED"}
NO_READ = {"message": "This API token lacks the scope “read”", "code": "NOT_AUTHORIZED"}


def narrowed(operator: Operator, *scopes: str) -> Operator:
    """The operator with a token of these scopes."""
    return Operator(operator.user, create_api_token(operator.user, scopes=list(scopes))[1])


def test_a_token_may_do_everything_unless_it_was_narrowed(olive: Operator) -> None:
    assert ApiToken.objects.get().scopes == ["read", "write"]
    made = olive.post("bot/create", {"name": "Helper"})
    assert made.status_code == 200
    assert olive.get(f"bot/{made.json()['id']}/fetch").status_code == 200


def test_a_token_that_reads(olive: Operator) -> None:
    bot, reader = olive.post("bot/create", {"name": "Helper"}).json()["id"], narrowed(olive, "read")
    assert reader.get("bot/list").status_code == 200
    assert reader.get(f"bot/{bot}/fetch").json()["name"] == "Helper"
    assert reader.client.head(f"/api/v1/bot/{bot}/fetch").status_code == 200
    for path in ("bot/create", f"bot/{bot}/update", f"bot/{bot}/delete", "bot/nothing-here/delete"):
        answer = reader.post(path, {"name": "Changed"})
        assert (answer.status_code, answer.json()) == (403, NO_WRITE)
    assert olive.get(f"bot/{bot}/fetch").json()["name"] == "Helper"


def test_a_token_that_writes(olive: Operator) -> None:
    writer = narrowed(olive, "write")
    bot = writer.post("bot/create", {"name": "Helper"}).json()["id"]
    for path in ("bot/list", f"bot/{bot}/fetch", "bot/nothing-here/fetch"):
        answer = writer.get(path)
        assert (answer.status_code, answer.json()) == (403, NO_READ)


def test_without_a_token_it_is_another_matter(client: Any, db: None) -> None:
    assert client.post("/api/v1/bot/create", {}, content_type="application/json").status_code == 401


class Looking(Resource):
    reads = {"look"}

    def look(self, _request: Request) -> Response:
        return Response({})

    def change(self, _request: Request) -> Response:
        return Response({})


class AllRead(VerbView):
    reads = True

    def post(self, _request: Request) -> Response:
        return Response({})


@pytest.mark.parametrize(
    ("view", "status"), [(Looking.as_view({"post": "look"}), 200), (Looking.as_view({"post": "change"}), 403), (AllRead.as_view(), 200)]
)
def test_posts_that_only_read(olive: Operator, view: Any, status: int) -> None:
    def post(token: str) -> int:
        return view(APIRequestFactory(headers={"authorization": f"Bearer {token}"}).post("/", {}, format="json")).status_code

    assert post(narrowed(olive, "read").token) == status
    assert post(narrowed(olive, "write").token) == (200 if status == 403 else 403)


def test_for_plain_views() -> None:
    reader = ApiToken(scopes=["read"])
    check_scope(reader, "GET")
    check_scope(reader, "POST", reads=True)
    with pytest.raises(ApiError, match="lacks the scope “write”") as error:
        check_scope(reader, "POST")
    assert error.value.status_code == 403
    with pytest.raises(ApiError, match="lacks the scope “read”"):
        check_scope(ApiToken(scopes=["write"]), "GET")


def test_conversations_and_sessions(app: InProcess, olive: Operator) -> None:
    ids = make_world(olive.user)
    base = f"/api/v1/conversation/{ids['conversation_id']}"
    reader, writer = narrowed(olive, "read").token, narrowed(olive, "write").token
    message = {"type": "user", "text": "Hi"}
    assert app.request("GET", f"{base}/message/list", token=reader).status == 200
    assert app.request("POST", f"{base}/message/create", token=writer, body=message).status == 200
    sessions = f"/api/v1/integration/widget/{ids['widget_integration_id']}/session/create"
    assert app.request("POST", sessions, token=writer, body={}).status == 200
    refused = [
        app.request("POST", f"{base}/message/create", token=reader, body=message),
        app.request("POST", "/api/v1/conversation/nothing-here/message/create", token=reader, body=message),
        app.request("POST", sessions, token=reader, body={}),
    ]
    assert [(answer.status, answer.json()) for answer in refused] == [(403, NO_WRITE)] * 3
    answer = app.request("GET", f"{base}/message/list", token=writer)
    assert (answer.status, answer.json()) == (403, NO_READ)
