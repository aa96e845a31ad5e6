"""What schemathesis sends goes to the application in this process."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.models import PreparedRequest
from urllib3 import HTTPResponse

from tests.support.inprocess import InProcess

BASE = "http://testserver"
PATIENCE_SECONDS = 0.3
ENDLESS = "/subscribe"


class Adapter(HTTPAdapter):
    """An HTTP session's way to the application."""

    def __init__(self, app: InProcess) -> None:
        super().__init__()
        self._app = app

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Ask the application."""
        where = urlsplit(str(request.url))
        body = request.body or b""
        answer = self._app.request(
            str(request.method), where.path, query=where.query, body=body.encode() if isinstance(body, str) else body,
            headers={name: text(value) for name, value in request.headers.items() if name.lower() != "host"},
            patience=PATIENCE_SECONDS if where.path.endswith(ENDLESS) else None,
        )  # fmt: skip
        raw = HTTPResponse(BytesIO(answer.content), answer.headers, answer.status, preload_content=False)
        return self.build_response(request, raw)  # type: ignore[no-untyped-call]


def text(value: str | bytes) -> str:
    """A header's value."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


def session_of(app: InProcess, token: str) -> requests.Session:
    """An HTTP session with an operator's token."""
    session = requests.Session()
    session.trust_env = False
    session.mount(BASE, Adapter(app))
    session.headers["Authorization"] = f"Bearer {token}"
    return session
