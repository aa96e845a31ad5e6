"""A tool server (Model Context Protocol) on loopback: the package's own, with a few tools."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from mcp.server import MCPServer

TOKEN = "Bearer mcp-standin-secret-77"


def _tools() -> MCPServer[Any]:
    server: MCPServer[Any] = MCPServer("stand-in")

    @server.tool(description="Adds two numbers.")
    def add(a: int, b: int) -> int:
        return a + b

    @server.tool(description="Says what it was told.")
    def echo(text: str) -> str:
        return text

    @server.tool(description="Fails.")
    def fail() -> str:
        raise ValueError("no luck today")

    return server


class Guarded:
    """Asks for the token; what requests said is in ``authorizations``."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.authorizations: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            said = dict(scope["headers"]).get(b"authorization", b"").decode()
            self.authorizations.append(said)
            if said != TOKEN:
                await send({"type": "http.response.start", "status": 401, "headers": []})
                await send({"type": "http.response.body", "body": b""})
                return
        await self.app(scope, receive, send)


@contextmanager
def tool_server() -> Iterator[str]:
    """Its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = Guarded(_tools().streamable_http_app())
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture(scope="module")
def mcp_url() -> Iterator[str]:
    """One server for the tests of a module."""
    with tool_server() as url:
        yield url
