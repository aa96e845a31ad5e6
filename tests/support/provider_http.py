"""The stand-in's HTTP: just enough of 1.1 to stream, to be left in the middle, and to break in every way."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from tests.support.provider_wire import DONE, Answer, Stream, whole

FAULTS = {
    "drop": "the connection is closed before any answer",
    "mute": "no answer at all, not even a status",
    "silence": "the stream begins and says nothing",
    "silence_midway": "nothing more after half of the pieces",
    "comments": "only comments, for ever",
    "cut_first": "the connection breaks before the first piece",
    "cut": "the connection breaks after half of the pieces",
    "no_done": "no [DONE] at the end",
    "no_finish": "[DONE] without a finish_reason",
    "no_end": "a clean end with neither finish_reason nor [DONE]",
    "half_json": "an event ends in the middle of its JSON",
    "not_json": "an event that is no JSON",
    "not_object": "an event that is JSON of another shape",
    "bytes": "a piece with bytes that are no UTF-8",
    "garbage": "random bytes instead of events",
    "duplicate": "every event twice",
    "endless": "the pieces again and again, for ever",
    "huge_line": "an event whose line never ends",
    "wrong_type": "a web page with status 200",
    "whole": "one JSON answer, though a stream was asked for",
    "error_200": "an error object with status 200",
    "error_midway": "an error object after half of the pieces",
    "crlf": "lines that end in CR LF, comments and fields between them",
    "bad_length": "a whole answer that is shorter than it promises",
}
REASONS = {200: "OK", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}
STREAM_HEADERS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", "transfer-encoding": "chunked"}
Release = Callable[[], Awaitable[Any]]


class Wire:
    """One answer on one connection."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._cuts = 0
        self.keep = True  # whether the connection can carry another request
        self.first_at = 0.0  # the loop's time at which the first piece was written

    def head(self, status: int, headers: dict[str, str]) -> None:
        """Status line and headers."""
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}", *(f"{name}: {value}" for name, value in headers.items())]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())

    def whole(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """A complete answer: JSON, or bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "text/html" if isinstance(body, bytes) else "application/json"
        self.head(status, {"content-type": kind, "content-length": str(len(content)), "x-request-id": "req_standin", **(headers or {})})
        self._writer.write(content)

    def cut(self) -> None:
        """Break the connection."""
        self.keep = False
        self._writer.transport.abort()

    async def chunk(self, data: bytes) -> None:
        """A piece of a body without a length."""
        framed = b"%x\r\n%b\r\n" % (len(data), data)
        if not self._cuts:
            self._writer.write(framed)
            return await self._writer.drain()
        for start in range(0, len(data), self._cuts):
            part = data[start : start + self._cuts]
            self._writer.write(b"%x\r\n%b\r\n" % (len(part), part))
            await asyncio.sleep(0)

    async def chat(self, answer: Answer, body: dict[str, Any], release: Release) -> None:
        """Answer a chat request, well or badly."""
        fault, loop = answer.fault, asyncio.get_running_loop()
        self._cuts = answer.cuts
        if fault == "drop":
            return self.cut()
        if fault == "mute":
            await asyncio.Event().wait()
        if fault == "wrong_type":
            return self.whole(200, b"<!doctype html><title>Welcome</title>")
        if fault == "error_200":
            return self.whole(200, {"error": {"message": answer.message or "Overloaded", "type": "server_error", "code": None}})
        if not body.get("stream") or fault in {"whole", "bad_length"}:
            await asyncio.sleep(answer.first)
            content = whole(answer, body)
            self.whole(200, content, {"content-length": str(len(json.dumps(content)) + 9)} if fault == "bad_length" else None)
            return self.cut_soon() if fault == "bad_length" else None
        self.head(200, STREAM_HEADERS | answer.headers)
        stream = Stream(answer, body)
        pieces = list(stream.pieces())
        began, sent = loop.time() + answer.first, 0
        if answer.first:
            await asyncio.sleep(answer.first)
        async for event in _faulty(fault, answer, stream, pieces):
            if event is None:
                return self.cut()
            if answer.hold is not None and sent == answer.hold + 1:  # the first event carries the role only
                await release()
            if answer.delay and sent > 1:  # against a clock of its own, so that a late piece does not delay the next
                await asyncio.sleep(max(began + answer.delay * (sent - 1) - loop.time(), 0))
            if sent == 1:
                self.first_at = loop.time()
            await self.chunk(event)
            sent += 1
        if answer.hold is not None and sent == answer.hold + 1:
            await release()
        self._writer.write(b"0\r\n\r\n")

    def cut_soon(self) -> None:
        """Close after what was written."""
        self.keep = False
        self._writer.close()


async def _faulty(fault: str, answer: Answer, stream: Stream, pieces: list[bytes]) -> AsyncIterator[bytes | None]:
    """The events of an answer; None breaks the connection."""
    half = max(len(pieces) // 2, 1)
    ended = [event for event in (stream.finish(), stream.usage(), DONE) if event]
    if fault == "silence":
        yield b": welcome\n\n"
        await asyncio.Event().wait()
    while fault == "comments":
        yield b": still working\n\n"
        await asyncio.sleep(0.02)
    if fault == "garbage":
        yield bytes(range(128, 256)) * 4
        return
    yield stream.begin() if fault != "crlf" else b"\xef\xbb\xbf" + _crlf(stream.begin())
    if fault == "cut_first":
        yield None
    while fault == "endless":
        for piece in pieces:
            yield piece
    if fault in {"cut", "silence_midway", "error_midway", "half_json", "not_json", "not_object", "bytes", "huge_line"}:
        for piece in pieces[:half]:
            yield piece
        if fault == "cut":
            yield None
        if fault == "silence_midway":
            await asyncio.Event().wait()
        if fault == "error_midway":
            text = json.dumps({"error": {"message": answer.message or "The server had an error", "type": "server_error", "code": None}})
            yield f"data: {text}\n\n".encode()
            return
        if fault == "half_json":
            event = stream.delta({"content": "never"})
            yield event[: len(event) // 2]
            return
        if fault == "not_json":
            yield b"data: <html>502</html>\n\n"
        if fault == "not_object":
            yield b'data: ["a", "list"]\n\n'
        if fault == "bytes":
            yield stream.delta({"content": "broken @"}).replace(b"@", b"\xff\xc3")
        if fault == "huge_line":
            yield b'data: {"choices":[{"delta":{"content":"'
            while True:
                yield b"x" * 65_536
        pieces = pieces[half:]
    for piece in pieces:
        for _ in range(2 if fault == "duplicate" else 1):
            yield _crlf(piece) if fault == "crlf" else piece
    if fault == "no_end":
        return
    for event in ended[fault == "no_finish" : -1 if fault == "no_done" else None]:
        for _ in range(2 if fault == "duplicate" else 1):
            yield _crlf(event) if fault == "crlf" else event


def _crlf(event: bytes) -> bytes:
    return b": a comment\r\nevent: message\r\nid: 7\r\nretry: 100\r\n" + event.replace(b"\n", b"\r\n")
