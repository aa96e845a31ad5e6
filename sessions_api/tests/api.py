"""People who call the running application: operators with a new account each, and whoever holds a session's token."""

from dataclasses import dataclass
from typing import Any

from accounts.models import create_api_token
from tests.support.inprocess import Answer, InProcess
from tests.support.world import Ids, make_user, make_world


@dataclass(frozen=True)
class Caller:
    """``token`` opens what it opens; ``ids`` are an operator's objects by the names that routes give them."""

    app: InProcess
    token: str | None
    ids: Ids

    def get(self, path: str, **query: Any) -> Answer:
        """GET below ``/api/v1/``; ``{bot_id}`` and the like are filled in."""
        return self.app.request("GET", f"/api/v1/{path.format(**self.ids)}", token=self.token, query=query)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """POST below ``/api/v1/``."""
        path = f"/api/v1/{path.format(**self.ids)}"
        return self.app.request("POST", path, token=self.token, body={} if body is None else body, headers=headers)

    def made(self, path: str, body: Any = None) -> Any:
        """What a POST that must work answers."""
        answer = self.post(path, body)
        assert answer.status == 200, answer.content
        return answer.json()

    def read(self, path: str, **query: Any) -> Any:
        """What a GET that must work answers."""
        answer = self.get(path, **query)
        assert answer.status == 200, answer.content
        return answer.json()


def operator(app: InProcess) -> Caller:
    """Somebody new, with one of everything."""
    user = make_user()
    return Caller(app, create_api_token(user)[1], make_world(user))


def refused(answer: Answer, status: int, part: str = "") -> None:
    """The documented shape of an error, whose message holds ``part``."""
    body = answer.json()
    assert (answer.status, set(body)) == (status, {"message", "code"}), body
    assert part in body["message"], body
