"""Stand-ins for DeepL and LibreTranslate: their wire formats over real HTTP, answers that can be told apart, and every way to fail.

In a test::

    def test_it(deepl):                     # a running stand-in; `with translator_server("deepl") as deepl:` elsewhere
        deepl.script(Reply(status=429, headers={"Retry-After": "7"}), Reply(change=lambda texts: texts[:-1]))
        ...                                 # let the code under test talk to deepl.url with deepl.key
        assert deepl.requests[0]["target_lang"] == "DE"

Without a script each text is translated by ``deepl.translate``, which puts the language's code before it. ``most_at_once`` is how many
requests were open together; with ``delay`` each takes so many seconds. Requests wait while ``gate`` is cleared.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import pytest

Kind = Literal["deepl", "libretranslate"]
DEEPL_LANGUAGES = frozenset(
    ["AR", "BG", "CS", "DA", "DE", "EL", "EN-GB", "EN-US", "ES", "ET", "FI", "FR", "HE", "HU", "ID", "IT", "JA", "KO", "LT", "LV", "NB", "NL", "PL", "PT-BR", "PT-PT", "RO", "RU", "SK", "SL", "SV", "TH", "TR", "UK", "VI", "ZH-HANS", "ZH-HANT"]
)
LIBRETRANSLATE_LANGUAGES = frozenset(
    ["ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "pb", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sv", "th", "tl", "tr", "uk", "ur", "vi", "zh", "zt"]
)
WAIT_SECONDS = 20


@dataclass
class Reply:
    """One scripted answer: an error, a ``body`` as it is, texts as ``change`` makes them of the translated ones, or none: ``mute``
    says nothing until the stand-in ends, ``cut`` ends after half of the body."""

    status: int = 200
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    change: Callable[[list[str]], list[Any]] = list
    mute: bool = False
    cut: bool = False


class Refused(Exception):
    """What the service would refuse."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class TranslatorServer:
    """``requests`` are the bodies that came, ``headers`` those of each, names in lower case."""

    def __init__(self, kind: Kind, key: str) -> None:
        self.kind = kind
        self.key = key
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.translate: Callable[[str, str], str] = lambda text, target: f"{target.lower()} {text}"
        self.delay = 0.0
        self.most_at_once = 0
        self.gate = threading.Event()
        self.gate.set()
        self.ended = threading.Event()
        self._at_once = 0
        self._replies: deque[Reply] = deque()
        self._lock = threading.Lock()

    @property
    def texts(self) -> list[str]:
        """Every text that was to be translated, in order."""
        return [text for body in self.requests for text in body["text" if self.kind == "deepl" else "q"]]

    def script(self, *replies: Reply) -> None:
        """Give the next requests these answers, each one."""
        self._replies.extend(replies)

    def answer(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, str], bytes, Reply]:
        """Status, headers and body of one request, and what it was scripted to be."""
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            reply = self._replies.popleft() if self._replies else Reply()
        try:
            time.sleep(self.delay)
            self.gate.wait(WAIT_SECONDS)
            return self._answer(path, headers, body, reply)
        finally:
            with self._lock:
                self._at_once -= 1

    def _answer(self, path: str, headers: dict[str, str], body: dict[str, Any], reply: Reply) -> tuple[int, dict[str, str], bytes, Reply]:
        if reply.mute:
            self.ended.wait(WAIT_SECONDS)
        if reply.body is not None:
            return reply.status, reply.headers, reply.body, reply
        try:
            if reply.status != 200:
                raise Refused(reply.status, reply.message)
            found = self._deepl(path, headers, body, reply) if self.kind == "deepl" else self._libretranslate(path, body, reply)
        except Refused as refused:
            name = "message" if self.kind == "deepl" else "error"
            return refused.status, reply.headers, _json({name: refused.message} if refused.message else {}), reply
        return 200, {}, _json(found), reply

    def _deepl(self, path: str, headers: dict[str, str], body: dict[str, Any], reply: Reply) -> dict[str, Any]:
        if path != "/v2/translate":
            raise Refused(404, "Not found")
        if headers.get("authorization") != f"DeepL-Auth-Key {self.key}":
            raise Refused(403, "")  # DeepL says nothing
        if len(body["text"]) > 50:
            raise Refused(400, "Too many texts in request.")
        if body.get("tag_handling") != "xml":
            raise Refused(400, "Value for 'tag_handling' not supported.")
        if body["target_lang"] not in DEEPL_LANGUAGES:
            raise Refused(400, "Value for 'target_lang' not supported.")
        if not any(body["source_lang"] == language.partition("-")[0] for language in DEEPL_LANGUAGES):
            raise Refused(400, "Value for 'source_lang' not supported.")
        texts = reply.change([self.translate(text, body["target_lang"]) for text in body["text"]])
        return {"translations": [{"detected_source_language": body["source_lang"], "text": text} for text in texts]}

    def _libretranslate(self, path: str, body: dict[str, Any], reply: Reply) -> dict[str, Any]:
        if path != "/translate":
            raise Refused(404, "Not Found")
        if self.key and body.get("api_key") != self.key:
            raise Refused(403, "Invalid API key" if body.get("api_key") else "Please contact the server operator to get an API key")
        for name in ("source", "target"):
            if body[name] not in LIBRETRANSLATE_LANGUAGES:
                raise Refused(400, f"{body[name]} is not supported")
        if body["format"] != "html":
            raise Refused(400, "Invalid request: format must be html")
        return {"translatedText": reply.change([self.translate(text, body["target"]) for text in body["q"]])}


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def _handler(server: TranslatorServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Translate."""
            content = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra, body, reply = server.answer(self.path, headers, json.loads(content))
            try:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **extra, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if reply.cut else body)
            except OSError:
                pass  # nobody waited for it
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def translator_server(kind: Kind, key: str = "") -> Iterator[TranslatorServer]:
    """A stand-in that serves in threads for as long as the block runs."""
    server = TranslatorServer(kind, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server)) as listening:
        listening.daemon_threads = True
        server.url = f"http://127.0.0.1:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, name=f"stand-in {kind}", daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.gate.set()
            listening.shutdown()
            thread.join(10)


@pytest.fixture
def deepl(settings: Any) -> Iterator[TranslatorServer]:
    """The translator that is configured."""
    with translator_server("deepl", "5f1c-standin:fx") as server:
        settings.TRANSLATOR, settings.DEEPL_URL, settings.DEEPL_API_KEY = "deepl", server.url, server.key
        yield server


@pytest.fixture
def libretranslate(settings: Any) -> Iterator[TranslatorServer]:
    """The translator that is configured."""
    with translator_server("libretranslate", "0b7e-standin") as server:
        settings.TRANSLATOR, settings.LIBRETRANSLATE_URL, settings.LIBRETRANSLATE_API_KEY = "libretranslate", server.url, server.key
        yield server
