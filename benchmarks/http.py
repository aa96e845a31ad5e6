"""The smallest HTTP client there is, so that it does not slow what it measures."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit


class Http:
    """A keep-alive connection that speaks JSON; ``token`` is sent with every request."""

    def __init__(self, url: str, token: str = "") -> None:
        self._host = urlsplit(url).netloc
        self._token = f"Authorization: Bearer {token}\r\n" if token else ""
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Any:
        """The answer's JSON; raises ``RuntimeError`` for any status but 200."""
        return json.loads(await self.send("GET", path))

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer's JSON; raises ``RuntimeError`` for any status but 200."""
        return json.loads(await self.send("POST", path, body))

    async def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        """The answer's body as it came; raises as above."""
        if self._writer is None:
            name, port = self._host.split(":")
            self._reader, self._writer = await asyncio.open_connection(name, int(port))
        assert self._reader is not None
        data = b"" if body is None else json.dumps(body).encode()
        kind = "" if body is None else f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n{self._token}{kind}\r\n"
        self._writer.write(head.encode() + data)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in answer.split("\r\n")[1:])}
        if headers.get("transfer-encoding") == "chunked":
            content = b""
            while size := int(await self._reader.readline(), 16):
                content += (await self._reader.readexactly(size + 2))[:-2]
            await self._reader.readline()
        else:
            content = await self._reader.readexactly(int(headers["content-length"]))
        if " 200 " not in answer.split("\r\n")[0]:
            raise RuntimeError(f"{path}: {answer.splitlines()[0]} {content[:200]!r}")
        return content

    def close(self) -> None:
        """End the connection."""
        if self._writer:
            self._writer.close()
