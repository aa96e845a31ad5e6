"""Small servers on loopback that answer what a test wants, byte for byte, and count who came."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    port: int = 0
    requests: list[bytes] = field(default_factory=list)  # heads and what came with them
    connections: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/"


@asynccontextmanager
async def serving(
    handler: Handler, *, addresses: tuple[str, ...] = ("127.0.0.1",), tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """A server that reads one request a connection and lets `handler` write what it likes."""
    server = Server()
    busy: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        task = asyncio.current_task()
        assert task is not None
        busy.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            server.requests.append(head + await reader.readexactly(int(length[0].split(b":")[1]) if length else 0))
            await handler(head, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client had enough
        except asyncio.CancelledError:
            pass  # the test has ended
        finally:
            writer.close()
            busy.discard(task)

    first = await asyncio.start_server(serve, addresses[0], 0, ssl=tls)
    server.port = first.sockets[0].getsockname()[1]
    rest = [await asyncio.start_server(serve, address, server.port) for address in addresses[1:]]
    try:
        yield server
    finally:
        for listener in (first, *rest):
            listener.close()
        for task in [*busy]:
            task.cancel()
        await asyncio.gather(*busy)
        await asyncio.sleep(0)  # transports close in the loop's next turn


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; header names with _ for -."""
    fields = {"content-type": "text/plain", "content-length": str(len(body)), "connection": "close"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items() if value)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def fixed(data: bytes) -> Handler:
    """Answers every request with the same bytes."""

    async def handler(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return handler


def by_path(pages: dict[str, bytes]) -> Handler:
    """Answers by the path; anything else is 404."""

    async def handler(head: bytes, writer: asyncio.StreamWriter) -> None:
        path = head.split(b" ")[1].decode()
        writer.write(pages.get(path, answer(b"nothing here", "404 Not Found")))
        await writer.drain()

    return handler
