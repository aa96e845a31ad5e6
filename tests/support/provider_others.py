"""Stand-ins for Anthropic's and Google's services: their wire formats over real HTTP, answers as scripted."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

KEY = "key-standin-93ab17"


@dataclass(frozen=True)
class Said:
    """One answer: ``pieces`` of text, after ``thinking``; ``calls`` as (name, arguments). ``cut`` ends the stream in its middle, ``silent``
    sends nothing until the client leaves; a ``status`` other than 200 is an error with ``message``."""

    pieces: tuple[str, ...] = ("Hello ", "there.")
    thinking: str = ""
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()
    status: int = 200
    message: str = ""
    finish: str = ""
    cut: bool = False
    silent: bool = False
    retry_after: str = ""


class Others:
    """``url`` serves both; ``requests`` are the bodies, ``headers`` those of each in lower case, ``paths`` where they went."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.left = threading.Event()
        self.over = threading.Event()
        self._answers: deque[Said] = deque()

    def script(self, *answers: Said) -> None:
        """What the next requests get, one each; without one, ``Said()``."""
        self._answers.extend(answers)

    def next(self) -> Said:
        """The answer of the next request."""
        return self._answers.popleft() if self._answers else Said()


class Handler(BaseHTTPRequestHandler):
    """Which service is asked, its path says."""

    server: Any
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        """The models."""
        google = self.path.startswith("/v1beta/")
        if not self._known(google):
            return
        names = ["model-a", "model-b"]
        shape = {"models": [{"name": f"models/{name}"} for name in names]} if google else {
            "data": [{"id": name, "type": "model", "display_name": name, "created_at": "2026-01-01T00:00:00Z"} for name in names],
            "has_more": False, "first_id": names[0], "last_id": names[-1],
        }  # fmt: skip
        self._json(200, shape)

    def do_POST(self) -> None:
        """A round."""
        others: Others = self.server.others
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        google = self.path.startswith("/v1beta/")
        if not self._known(google):
            return
        others.requests.append(body)
        others.headers.append({name.lower(): value for name, value in self.headers.items()})
        others.paths.append(self.path)
        said = others.next()
        if said.status != 200:
            error = {"type": "error", "error": {"type": "some_error", "message": said.message}}
            self._json(said.status, {"error": {"code": said.status, "message": said.message, "status": "X"}} if google else error,
                       {"retry-after": said.retry_after} if said.retry_after else {})  # fmt: skip
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            if said.silent:
                others.over.wait(60)
                return
            for name, event in google_events(said) if google else anthropic_events(said):
                head = "" if google else f"event: {name}\n"
                self.wfile.write(f"{head}data: {json.dumps(event)}\n\n".encode())
                self.wfile.flush()
        except OSError:
            others.left.set()

    def _known(self, google: bool) -> bool:
        if KEY in (self.headers.get("x-goog-api-key" if google else "authorization") or "").split():
            return True
        length = int(self.headers.get("content-length") or 0)
        if self.command == "GET":
            self.rfile.read(length)
        error = {"type": "authentication_error", "message": "invalid x-api-key"}
        self._json(401, {"error": {"code": 401, "message": "bad key", "status": "UNAUTHENTICATED"}} if google else {"type": "error", "error": error})
        return False

    def _json(self, status: int, shape: Any, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(shape).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def anthropic_events(said: Said) -> Iterator[tuple[str, dict[str, Any]]]:
    """A message, block by block."""
    start = {"id": "msg_1", "type": "message", "role": "assistant", "model": "model-a", "content": [], "stop_reason": None,
             "stop_sequence": None, "usage": {"input_tokens": 11, "output_tokens": 1}}  # fmt: skip
    yield "message_start", {"type": "message_start", "message": start}
    blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    if said.thinking:
        deltas = [{"type": "thinking_delta", "thinking": said.thinking}, {"type": "signature_delta", "signature": "c2lnbmVk"}]
        blocks.append(({"type": "thinking", "thinking": "", "signature": ""}, deltas))
    if said.pieces:
        blocks.append(({"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in said.pieces]))
    for number, (name, arguments) in enumerate(said.calls):
        text = json.dumps(arguments)
        halves = [{"type": "input_json_delta", "partial_json": half} for half in (text[:3], text[3:])]
        blocks.append(({"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": {}}, halves))
    for index, (block, block_deltas) in enumerate(blocks):
        yield "content_block_start", {"type": "content_block_start", "index": index, "content_block": block}
        for delta in block_deltas:
            yield "content_block_delta", {"type": "content_block_delta", "index": index, "delta": delta}
            if said.cut:
                return
        yield "content_block_stop", {"type": "content_block_stop", "index": index}
    reason = said.finish or ("tool_use" if said.calls else "end_turn")
    yield "message_delta", {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": {"output_tokens": 7}}
    yield "message_stop", {"type": "message_stop"}


def google_events(said: Said) -> Iterator[tuple[str, dict[str, Any]]]:
    """A candidate, part by part."""
    parts: list[dict[str, Any]] = [{"text": said.thinking, "thought": True}] if said.thinking else []
    parts += [{"text": piece} for piece in said.pieces]
    parts += [{"functionCall": {"name": name, "args": arguments}, "thoughtSignature": "c2lnbmVk"} for name, arguments in said.calls]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1 and not said.cut
        candidate = {"content": {"parts": [part], "role": "model"}, "index": 0, **({"finishReason": said.finish or "STOP"} if last else {})}
        counts = {"promptTokenCount": 11, "candidatesTokenCount": 7, "totalTokenCount": 18}
        yield "", {"candidates": [candidate], "modelVersion": "model-a", **({"usageMetadata": counts} if last else {})}
        if said.cut:
            return


@contextmanager
def others_server() -> Iterator[Others]:
    """Serve on a free port of loopback."""
    others = Others()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.others = others  # type: ignore[attr-defined]
    others.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield others
    finally:
        others.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def others() -> Iterator[Others]:
    """Both services."""
    with others_server() as running:
        yield running
