"""Somebody else's site: another origin, with a policy that allows the platform and nothing more."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

POLICY = (
    "default-src 'none'; script-src {host}; frame-src {host}; connect-src {host}; require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE = """<!doctype html><html lang="{lang}"{attributes}><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A site</title><h1>A site</h1><p>Words before.</p>{body}<p>Words after.</p></html>"""


@contextmanager
def foreign_site(host: str, body: str, *, lang: str = "en", attributes: str = "", policy: str = POLICY) -> Iterator[str]:
    """Serve one page with ``body`` on a port of its own; the URL of it. ``host`` is the platform's origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/"
            content = PAGE.format(lang=lang, attributes=attributes, body=body).encode() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy.format(host=host))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def snippet(host: str, widget: str, **data: str) -> str:
    """The line that site owners paste; ``data`` are attributes of it."""
    more = "".join(f' data-{name}="{value}"' for name, value in data.items())
    return f'<script src="{host}/widget.js" data-widget="{widget}"{more} async></script>'
