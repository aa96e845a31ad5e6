"""Between a chat and its server: what the chat sends, and frames that the server did not send."""

import json
import re
from typing import Any

from playwright.sync_api import Page, WebSocketRoute


class Line:
    """The socket of a page. ``kept_back`` are types of frames that the server never gets; ``change`` edits what it sends."""

    def __init__(self, page: Page, kept_back: tuple[str, ...] = ()) -> None:
        self.sent: list[dict[str, Any]] = []
        self.change: dict[str, Any] = {}
        self._kept_back = kept_back
        self._routes: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/ws/v1/"), self._between)

    def _between(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        self._routes.append(route)

        def up(text: str | bytes) -> None:
            frame = json.loads(text)
            self.sent.append(frame)
            if frame["type"] not in self._kept_back:
                server.send(text)

        def down(text: str | bytes) -> None:
            frame = json.loads(text)
            for row in frame.get("rows", []):
                if row["type"] == "bot" and row["status"] != "open":
                    row.update(self.change)
            route.send(json.dumps(frame))

        route.on_message(up)
        server.on_message(down)

    def say(self, **frame: Any) -> None:
        """As if the server had sent it."""
        self._routes[-1].send(json.dumps(frame))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The frames of a type that the chat has sent."""
        return [frame for frame in self.sent if frame["type"] == kind]
