"""CORS: a widget's own origins, exactly, for the routes that a page of somebody else may call."""

from typing import Any

import pytest
from django.test import AsyncClient, Client

from accounts.ids import new_id
from sessions_api.models import Conversation
from tests.support.actors import Operator
from widgets.models import WidgetIntegration
from widgets.services import update_widget

ALLOWED = "https://a.example"
REFUSED = "https://b.example"


@pytest.fixture
def closed(widget: WidgetIntegration) -> WidgetIntegration:
    return update_widget(widget, origin=ALLOWED)


def session_create(widget: WidgetIntegration) -> str:
    return f"/api/v1/integration/widget/{widget.pk}/session/create"


def messages(widget: WidgetIntegration) -> str:
    conversation = Conversation.objects.create(owner_id=widget.owner_id, widget=widget, bot=widget.bot)
    return f"/api/v1/conversation/{conversation.pk}/message/list"


def preflight(client: Client, path: str, origin: str, method: str = "POST") -> Any:
    asked = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type",
    }
    return client.options(path, headers=asked)


@pytest.mark.parametrize("path_of", [session_create, messages])
def test_an_allowed_page_may_call(client: Client, closed: WidgetIntegration, path_of: Any) -> None:
    answer = preflight(client, path_of(closed), ALLOWED)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == ALLOWED
    assert answer["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert "authorization" in answer["Access-Control-Allow-Headers"]
    assert "origin" in answer["Vary"].lower()
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("path_of", [session_create, messages])
@pytest.mark.parametrize("origin", [REFUSED, "null", f"{ALLOWED}.evil.example", "http://a.example"])
def test_another_page_may_not(client: Client, closed: WidgetIntegration, path_of: Any, origin: str) -> None:
    answer = preflight(client, path_of(closed), origin)
    assert "Access-Control-Allow-Origin" not in answer


def test_an_open_widget_echoes_and_never_stars(client: Client, widget: WidgetIntegration) -> None:
    assert preflight(client, session_create(widget), REFUSED)["Access-Control-Allow-Origin"] == REFUSED


def test_errors_can_be_read_too(client: Client, closed: WidgetIntegration) -> None:
    answer = client.get(messages(closed), headers={"origin": ALLOWED, "authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer["Access-Control-Allow-Origin"] == ALLOWED


def test_management_routes_have_no_cors(olive: Operator, widget: WidgetIntegration) -> None:
    path = f"/api/v1/integration/widget/{widget.pk}/fetch"
    answer = olive.client.get(path, headers={"origin": ALLOWED})
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer
    assert "Access-Control-Allow-Origin" not in preflight(olive.client, path, ALLOWED, "GET")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "integration/widget/nonsense/session/create",
        "conversation/nonsense/message/list",
        "conversation/create",
    ],
)
def test_what_is_unknown_lets_nobody_in(client: Client, path: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(client, f"/api/v1/{path}", ALLOWED)
    gone = f"/api/v1/conversation/{new_id()}/message/list"
    assert "Access-Control-Allow-Origin" not in preflight(client, gone, ALLOWED)


@pytest.mark.django_db(transaction=True)
async def test_the_same_in_an_async_stack(transactional_widget: WidgetIntegration) -> None:
    asked = {"origin": ALLOWED, "access-control-request-method": "POST"}
    path = session_create(transactional_widget)
    assert (await AsyncClient().options(path, headers=asked))["Access-Control-Allow-Origin"] == ALLOWED
    refused = await AsyncClient().options(path, headers={**asked, "origin": REFUSED})
    assert "Access-Control-Allow-Origin" not in refused


@pytest.fixture
def transactional_widget(transactional_db: None, olive: Operator) -> WidgetIntegration:
    return WidgetIntegration.objects.create(owner=olive.user, origin=ALLOWED)
