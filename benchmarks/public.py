"""What every page view of every site asks for, on one process that has answered it before: requests a second."""

from typing import Any

from benchmarks.api import calls
from tests.support.processes import Server

CONNECTIONS = 16
REQUESTS = 10_000
LANGUAGES = "en, de, fr, es, pt-BR, it, nl, pl, tr, ar, he, fa, hi, ja, ko, zh-Hans, zh-Hant"


def measure(server: Server) -> dict[str, Any]:
    """widget.js, launcher.json and the frame page of a widget with many languages, asked for as a browser does."""
    widget = server.scripted_widget(language=LANGUAGES, initial="Hello, **how** can I help?", intro="Ask away\n\n[What?]()")
    base = f"/integrations/widget/{widget}"
    paths = {"widget_js": "/widget.js", "launcher": f"{base}/launcher.json?lang=pt-PT,de", "frame": f"{base}/frame?lang=pt-PT,de"}
    jobs = [{"name": name, "method": "GET", "path": path, "token": False} for name, path in paths.items()]
    figures = calls(server, "", jobs, connections=CONNECTIONS, requests=REQUESTS)
    return {f"{name}_{figure}": value for name, row in figures.items() for figure, value in row.items()}
