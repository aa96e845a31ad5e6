"""The real ASGI application in this process: middleware, streams and background services, without a socket. Some 3 ms a request."""

import asyncio
import contextlib
import itertools
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest

WAIT_SECONDS = 60.0
HOST = "testserver"
_addresses = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)

    def lines(self) -> list[Any]:
        """The body as JSON lines."""
        return [json.loads(line) for line in self.content.decode().splitlines()]

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


class InProcess:
    """One event loop in a thread, as a server has it; ``request`` may be called from any other thread."""

    def __init__(self) -> None:
        from widgetplatform.asgi import application

        self._application = application
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="in-process server", daemon=True)
        self._thread.start()

    def request(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: Any = None,
        query: Any = (),
        headers: Mapping[str, str] | None = None,
        enough_lines: int | None = None,
        patience: float | None = None,
    ) -> Answer:
        """``body``: an object becomes JSON, bytes go as they are. Leave a stream after ``enough_lines`` or ``patience`` seconds.

        Every request comes from an address of its own, so that limits by address do not matter here.
        """
        sent = {"host": HOST, **(headers or {})}
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        body = body or b""
        if "transfer-encoding" not in sent and (body or method == "POST"):
            sent.setdefault("content-length", str(len(body)))
        number = next(_addresses)
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": method,
            "path": unquote(path), "raw_path": quote(path, safe="/%").encode(), "root_path": "",
            "query_string": (query if isinstance(query, str) else urlencode(query)).encode(),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()],
            "client": (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 40_000), "server": (HOST, 80),
        }  # fmt: skip
        running = asyncio.run_coroutine_threadsafe(
            self._exchange(scope, body, enough_lines, patience), self._loop
        )
        return running.result(WAIT_SECONDS)

    def close(self) -> None:
        """Stop the background services, then the loop."""
        from widgetplatform.background import stop_all

        asyncio.run_coroutine_threadsafe(stop_all(), self._loop).result(WAIT_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_SECONDS)
        self._loop.close()

    async def _exchange(
        self, scope: dict[str, Any], body: bytes, enough_lines: int | None, patience: float | None
    ) -> Answer:
        start: dict[str, Any] = {}
        chunks: list[bytes] = []
        bodies = iter([{"type": "http.request", "body": body, "more_body": False}])
        left = asyncio.Event()

        async def receive() -> dict[str, Any]:
            message = next(bodies, None)
            if message is None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(left.wait(), patience)
                return {"type": "http.disconnect"}
            return message

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))
                if enough_lines is not None and b"".join(chunks).count(b"\n") >= enough_lines:
                    left.set()

        await self._application(scope, receive, send)
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]
        }
        return Answer(start["status"], headers, b"".join(chunks))


@pytest.fixture(scope="module")
def running_app(static_files: None, django_db_blocker: Any) -> Iterator[InProcess]:
    """One for a whole module: its services start once, and look at the database between the tests too."""
    logger = logging.getLogger("django")
    level = logger.level
    logger.setLevel(logging.ERROR)  # thousands of refusals are what these tests are about
    with django_db_blocker.unblock():
        running = InProcess()
        yield running
        running.close()
    logger.setLevel(level)


@pytest.fixture
def app(running_app: InProcess, transactional_db: None) -> InProcess:
    """The application, with an empty database that its threads see."""
    return running_app


@dataclass
class Caller:
    """Somebody with a token; paths are below ``prefix``."""

    app: InProcess
    token: str | None
    prefix: str = "/api/v1/"

    def get(self, path: str, **query: Any) -> Answer:
        """GET."""
        return self.app.request("GET", self.prefix + path, token=self.token, query=query)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """POST: an object as JSON, bytes as they are."""
        sent = {} if body is None else body
        return self.app.request("POST", self.prefix + path, token=self.token, body=sent, headers=headers)
