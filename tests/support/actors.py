"""Olive operates widgets, Otto operates others, Vera visits."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts.models import create_api_token

PASSWORD = "correct horse battery staple"


@dataclass
class Operator:
    """A person with an account: ``client`` carries the API token, ``browser`` is logged in to the admin."""

    user: User
    token: str
    client: Client = field(init=False)
    browser: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(headers={"authorization": f"Bearer {self.token}"})
        self.browser = Client()
        self.browser.force_login(self.user)

    def get(self, path: str, **query: Any) -> Any:
        """GET below ``/api/v1/``."""
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, body: Any = None) -> Any:
        """POST JSON below ``/api/v1/``."""
        return self.client.post(f"/api/v1/{path}", {} if body is None else body, content_type="application/json")


@dataclass
class Visitor:
    """A browser without an account; ``open`` begins a conversation and keeps its token."""

    client: Client = field(default_factory=Client)
    session: dict[str, Any] = field(default_factory=dict)

    def open(self, widget_id: object, *, origin: str = "http://testserver", **body: Any) -> Any:
        """POST session/create as a page of ``origin`` does; the answer's token is used from then on."""
        answer = self.client.post(
            f"/api/v1/integration/widget/{widget_id}/session/create", body, content_type="application/json", headers={"origin": origin}
        )
        if answer.status_code == 200:
            self.session = answer.json()
            self.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.session['token']}"
        return answer

    def get(self, path: str, **query: Any) -> Any:
        """GET below ``/api/v1/conversation/<own>/``."""
        return self.client.get(f"/api/v1/conversation/{self.session['conversationId']}/{path}", query)

    def post(self, path: str, body: Any = None) -> Any:
        """POST JSON below ``/api/v1/conversation/<own>/``."""
        path = f"/api/v1/conversation/{self.session['conversationId']}/{path}"
        return self.client.post(path, {} if body is None else body, content_type="application/json")


def _operator(name: str, **fields: Any) -> Operator:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    return Operator(user, create_api_token(user, name="tests")[1])


@pytest.fixture
def olive(db: None) -> Operator:
    """An operator."""
    return _operator("olive")


@pytest.fixture
def otto(db: None) -> Operator:
    """Another operator, who must never see what is Olive's."""
    return _operator("otto")


@pytest.fixture
def root(db: None) -> Operator:
    """A superuser."""
    return _operator("root", is_superuser=True)


@pytest.fixture
def vera() -> Visitor:
    """A visitor."""
    return Visitor()
