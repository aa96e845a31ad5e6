"""What a site's page pays: bytes of loader and frame, requests before the visitor acts."""

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urljoin

import httpx
from playwright.sync_api import sync_playwright

from tests.support.browser import launch
from tests.support.processes import Server

ASSET = re.compile(r"""<(?:script|link)\b[^>]*?(?:src|href)="([^"]+)"[^>]*>""")
IMPORT = re.compile(r"""(?:from|import)\s*\(?["'](\.[^"']+)["']""")


def _sizes(client: httpx.Client, url: str) -> tuple[int, int, str]:
    """Raw bytes, bytes sent with brotli, and the text."""
    with client.stream("GET", url, headers={"accept-encoding": "br"}) as answer:
        answer.raise_for_status()
        text = answer.read().decode()
        return len(text.encode()), answer.num_bytes_downloaded, text


def sizes(server: Server, widget: str) -> dict[str, Any]:
    """The loader, and every script and style that the frame page names or a module imports."""
    with httpx.Client(base_url=server.url, follow_redirects=True) as client:
        loader = _sizes(client, "/widget.js")
        frame = f"{server.url}/integrations/widget/{widget}/frame"
        page = _sizes(client, frame)
        waiting = [urljoin(frame, found) for found in ASSET.findall(page[2]) if re.search(r"\.(js|css)(\?|$)", found)]
        seen: dict[str, tuple[int, int]] = {}
        while waiting:
            url = waiting.pop()
            if url not in seen:
                raw, sent, text = _sizes(client, url)
                seen[url] = raw, sent
                if url.endswith(".js"):
                    waiting.extend(urljoin(url, found) for found in IMPORT.findall(text))
    return {
        "loader_raw": loader[0],
        "loader_brotli": loader[1],
        "frame_files": len(seen),
        "frame_raw": sum(raw for raw, _ in seen.values()),
        "frame_brotli": sum(sent for _, sent in seen.values()),
        "frame_page_brotli": page[1],
    }


class _Site(BaseHTTPRequestHandler):
    snippet = ""

    def do_GET(self) -> None:
        body = f"<!doctype html><html lang=en><title>A site</title><h1>A site</h1>{self.snippet}</html>".encode()
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Nothing."""


def requests(server: Server, widget: str) -> dict[str, Any]:
    """Requests to us from another site's page, before and after the first intent."""
    site = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    _Site.snippet = f'<script src="{server.url}/widget.js" data-widget="{widget}" async></script>'
    Thread(target=site.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            page = browser.new_page()
            seen: list[str] = []
            page.on("request", lambda request: seen.append(request.url) if request.url.startswith(server.url) else None)
            page.goto(f"http://localhost:{site.server_port}/")
            page.wait_for_function("customElements.get('chat-widget') && document.querySelector('chat-widget')")
            page.wait_for_load_state("networkidle")
            before = len(seen)
            page.evaluate("document.querySelector('chat-widget').show()")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(1000)
            browser.close()
    finally:
        site.shutdown()
    return {"requests_before_intent": before, "requests_until_open": len(seen), "first": seen[:before]}
