"""A stand-in for a service of language models: speaks OpenAI's wire format over real HTTP, answers as scripted, and can misbehave.

In a test::

    def test_it(provider):                      # a running Provider; `with provider_server() as provider:` elsewhere
        provider.script(Answer("Hello there."), Answer(tools=[("order", '{"id": 7}')]))   # one for each request, in order
        ...                                     # let the code under test talk to provider.url with provider.key
        assert provider.requests[0]["messages"][-1]["content"] == "Hi"

Without a script it answers `provider.default`: what the user said last, after "You said: ". A script may also be a function of the
request's body that gives an Answer. Models are `provider.models`; any other is refused as OpenAI refuses it.
Wait for what the server sees with `provider.wait(lambda seen: seen.left)`, in a coroutine with `await provider.until(…)`.

``python -m tests.support.provider JSON`` serves one Answer (the JSON of its fields) to everybody, prints one line of JSON with url and
key, and ends when standard input closes.
"""

import asyncio
import json
import ssl
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.provider_http import FAULTS, Wire
from tests.support.provider_wire import Answer, Body, Refused, check_chat, check_key, error, said

__all__ = ["FAULTS", "Answer", "Provider", "provider_server"]

KEY = "sk-standin-4f1b9c2d7e"
MODELS = ("gpt-test", "gpt-test-mini", "llama3.2:1b", "org/model-7b")
MODERATION_MODEL = "omni-moderation-latest"
Script = Answer | Callable[[Body], Answer]


def echo(body: Body) -> Answer:
    """What the user said last."""
    return Answer(f"You said: {said(body)}")


class Provider:
    """``url`` is the base URL, ``key`` what it asks for. Everything that was received of chats is in ``requests`` (bodies), ``headers``
    (of each, names in lower case); ``left`` counts streams whose client went away, ``connections`` what was connected,
    ``moderated`` texts that were to be judged: those with a word of ``objectionable`` are flagged, by the category that it maps to."""

    def __init__(self, key: str = KEY, tls: ssl.SSLContext | None = None) -> None:
        self.key = key
        self.models: list[str] = list(MODELS)
        self.default: Script = echo
        self.objectionable: dict[str, str] = {}
        self.requests: list[Body] = []
        self.headers: list[dict[str, str]] = []
        self.moderated: list[str] = []
        self.left = 0
        self.connections = 0
        self.url = ""
        self._tls = tls
        self._scripts: deque[Script] = deque()
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._held = asyncio.Semaphore(0)
        self._tasks: set[asyncio.Task[None]] = set()

    def script(self, *answers: Script) -> None:
        """Give the next requests these answers, each one."""
        self._scripts.extend(answers)

    def release(self) -> None:
        """Let one answer with ``hold`` go on, now or once it gets there."""
        self._loop.call_soon_threadsafe(self._held.release)

    def wait(self, seen: "Callable[[Provider], Any]", seconds: float = 10) -> None:
        """Block until ``seen(provider)`` is true. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: seen(self), seconds):
                raise TimeoutError(f"The provider saw {len(self.requests)} requests, {self.left} of them left")

    async def until(self, seen: "Callable[[Provider], Any]", seconds: float = 10) -> None:
        """``wait`` for coroutines."""
        await asyncio.to_thread(self.wait, seen, seconds)

    def hang_up(self) -> None:
        """Close every connection, and wait until it is."""
        asyncio.run_coroutine_threadsafe(self._close_all(), self._loop).result(10)

    async def _close_all(self) -> None:
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def start(self) -> asyncio.Server:
        """Listen on a free port of this machine."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=64 * 1024 * 1024, ssl=self._tls)
        self.url = f"http{'s' if self._tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        return server

    def run(self, ready: threading.Event) -> None:
        """Serve in this thread until ``stop``."""
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self.start())
        ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._close_all())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def stop(self) -> None:
        """End ``run``."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._note("connections")
        next_byte = asyncio.ensure_future(reader.read(1))
        try:
            while byte := await next_byte:
                method, path, headers, content = await _read(byte, reader)
                next_byte = asyncio.ensure_future(reader.read(1))  # empty when the client has left
                wire = Wire(writer)
                answering = asyncio.ensure_future(self._answer(wire, method, path, headers, content))
                try:
                    await asyncio.wait({next_byte, answering}, return_when=asyncio.FIRST_COMPLETED)
                    if not answering.done():
                        self._note("left")
                        break
                    await answering
                finally:
                    answering.cancel()
                if not wire.keep:
                    break
        except (OSError, asyncio.IncompleteReadError):
            self._note("left")
        except asyncio.CancelledError:
            pass  # the server ends; asyncio's streams complain about handlers that were cancelled
        finally:
            next_byte.cancel()
            writer.close()

    async def _answer(self, wire: Wire, method: str, path: str, headers: dict[str, str], content: bytes) -> None:
        try:
            check_key(headers.get("authorization", ""), self.key)
            route = (method, path.removeprefix("/v1"))
            if route == ("GET", "/models"):
                listed = [{"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "stand-in"} for name in self.models]
                wire.whole(200, {"object": "list", "data": listed})
            elif route == ("POST", "/moderations"):
                wire.whole(200, self._moderate(_parsed(content)))
            elif route == ("POST", "/chat/completions"):
                await self._chat(wire, headers, _parsed(content))
            else:
                raise Refused(404, f"Invalid URL ({method} {path})")
        except Refused as refused:
            wire.whole(refused.status, refused.body)

    async def _chat(self, wire: Wire, headers: dict[str, str], body: Body) -> None:
        with self._changed:
            self.requests.append(body)
            self.headers.append(headers)
            self._changed.notify_all()
        check_chat(body, self.models)
        script = self._scripts.popleft() if self._scripts else self.default
        answer = script if isinstance(script, Answer) else script(body)
        if answer.status == 200:
            return await wire.chat(answer, body, self._held.acquire)
        extra = {} if answer.retry_after is None else {"retry-after": str(answer.retry_after)}
        kind = "server_error" if answer.status >= 500 else "invalid_request_error"
        wire.whole(answer.status, error(answer.message or f"Error {answer.status}", code=answer.code, kind=kind), extra | answer.headers)

    def _moderate(self, body: Body) -> Body:
        if body.get("model") != MODERATION_MODEL:
            raise Refused(404, f"The model `{body.get('model')}` does not exist or you do not have access to it.", code="model_not_found")
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        with self._changed:
            self.moderated += texts
            self._changed.notify_all()
        results = []
        for text in texts:
            found = {category for word, category in self.objectionable.items() if word in text}
            categories = {name: name in found for name in {"harassment", "violence", *self.objectionable.values()}}
            scores = {name: 0.97 if objected else 0.01 for name, objected in categories.items()}
            results.append({"flagged": bool(found), "categories": categories, "category_scores": scores})
        return {"id": "modr-1", "model": MODERATION_MODEL, "results": results}

    def _note(self, count: str) -> None:
        with self._changed:
            setattr(self, count, getattr(self, count) + 1)
            self._changed.notify_all()


async def _read(first: bytes, reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], bytes]:
    """One request: method, path, headers, body."""
    head, *lines = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return method, path, headers, await reader.readexactly(int(headers.get("content-length", 0)))


def _parsed(content: bytes) -> Body:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "We could not parse the JSON body of your request.")
    return body


@contextmanager
def provider_server(key: str = KEY, tls: ssl.SSLContext | None = None) -> Iterator[Provider]:
    """A provider that serves in a thread of its own for as long as the block runs; by https where `tls` has a certificate."""
    provider, ready = Provider(key, tls), threading.Event()
    thread = threading.Thread(target=provider.run, args=[ready], name="stand-in provider", daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield provider
    finally:
        provider.stop()
        thread.join(10)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider of this test alone."""
    with provider_server() as running:
        yield running


async def _serve(answer: Answer) -> None:
    provider = Provider()
    provider.default = answer
    async with await provider.start():
        print(json.dumps({"url": provider.url, "key": provider.key}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    print(json.dumps({"cpu_seconds": time.process_time(), "requests": len(provider.requests)}), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve(Answer(**json.loads(sys.argv[1]))))
