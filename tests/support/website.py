"""A site of somebody else: pages that a test sets, and what was asked of it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

HTML = "text/html; charset=utf-8"
XML = "application/xml"
Page = tuple[int, dict[str, str], bytes]


class Website:
    """``put`` pages, then look at ``asked``: the paths that were requested, in order, but for robots.txt."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.holds: dict[str, threading.Event] = {}

    def url(self, path: str = "/") -> str:
        """A path of it as an address."""
        return f"http://{self.address}{path}"

    def put(self, path: str, body: str | bytes, kind: str = HTML, status: int = 200, **headers: str) -> str:
        """A page, or a newer one in its place; its address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (
            status,
            {"Content-Type": kind, **named},
            body.encode() if isinstance(body, str) else body,
        )
        return self.url(path)

    def article(self, path: str, title: str, text: str, **headers: str) -> str:
        """A page with a heading and a paragraph."""
        body = f"<title>{title}</title><nav>Home</nav><main><h1>{title}</h1><p>{text}</p></main><footer>Imprint</footer>"
        return self.put(path, f"<!doctype html><html><body>{body}</body></html>", **headers)

    def sitemap(self, path: str, *locations: str, index: bool = False) -> str:
        """A sitemap of these addresses."""
        outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
        entries = "".join(f"<{inner}><loc>{location}</loc></{inner}>" for location in locations)
        xml = f'<?xml version="1.0"?><{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{outer}>'
        return self.put(path, xml, XML)

    def move(self, path: str, to: str) -> str:
        """A redirect."""
        return self.put(path, "", status=302, Location=to)

    def hang(self, path: str) -> str:
        """A page that never comes."""
        self.holds[path] = threading.Event()
        return self.url(path)


class _Handler(BaseHTTPRequestHandler):
    site: Website

    def do_GET(self) -> None:
        """The page, or 304, or 404."""
        if self.path != "/robots.txt":
            self.site.asked.append(self.path)
            self.site.headers.append({name.lower(): value for name, value in self.headers.items()})
        if hold := self.site.holds.get(self.path):
            hold.wait(10)
        status, headers, body = self.site.pages.get(
            self.path, (404, {"Content-Type": "text/plain"}, b"no such page")
        )
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # the reader had enough

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def website(settings: Any) -> Iterator[Website]:
    """A site on this machine that may be read."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    site = handler.site = Website(f"127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    settings.FETCH_ALLOWED_HOSTS = [site.address]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield site
    for hold in site.holds.values():
        hold.set()
    server.shutdown()
    thread.join()
    server.server_close()
