"""What is outside of the platform and answers it: a site with a file on it, and a server that reads aloud."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

TEXT = b"The shop is open from nine to five.\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x64" + b"\x00" * 413


class Outside(BaseHTTPRequestHandler):
    """GET is the file, POST the sound."""

    def do_GET(self) -> None:
        """The file."""
        self._answer("text/plain", TEXT)

    def do_POST(self) -> None:
        """The sound of whatever was sent."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer("audio/mpeg", MP3)

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="session")
def outside_server() -> Iterator[str]:
    """Its address, as host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Outside)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def outside(outside_server: str, settings: Any) -> str:
    """The address of a file that may be fetched, though it is on this machine; messages are read aloud by the same server."""
    settings.FETCH_ALLOWED_HOSTS = [outside_server]
    settings.SPEECH_PROVIDER, settings.SPEECH_URL = "openai", f"http://{outside_server}/v1"
    return f"http://{outside_server}/notes.txt"
