"""What every page view of every customer asks for, answered from memory ahead of Django.

``/widget.js``, ``/integrations/widget/v2.js``, launcher.json and the frame page. Whatever this cannot answer, an unknown widget or
a wrong host, goes on to Django, whose views give the same answers from the same functions.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from widgets.answers import Answer, Ask, answer, launcher_answer
from widgets.config import aeffective_of, language_for
from widgets.effective import Effective
from widgets.own import own_address
from widgets.pages import Page, frame_page, launcher_page, loader_page

LOADERS = ("/widget.js", "/integrations/widget/v2.js")
WIDGET_PATH = re.compile(r"/integrations/widget/([0-9a-f-]{36})/(launcher\.json|frame)")
PAGES_MAX = 1024

App = Callable[..., Any]


class HotPath:
    """ASGI middleware around ``app``."""

    def __init__(self, app: App) -> None:
        self.app = app
        # A page goes with the widget that it was made of.
        self._pages: OrderedDict[tuple[str, UUID, str, str], tuple[Effective, Page]] = OrderedDict()

    async def __call__(self, scope: dict[str, Any], receive: App, send: App) -> None:
        """Answer, or pass on."""
        given = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            given = await self._answer(scope)
        if given is None:
            await self.app(scope, receive, send)
            return
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in given.headers.items()]
        await send({"type": "http.response.start", "status": given.status, "headers": headers})
        await send({"type": "http.response.body", "body": given.body})

    async def _answer(self, scope: dict[str, Any]) -> Answer | None:
        path = scope["path"]
        if path in LOADERS:
            return answer(loader_page(), _ask(scope, own=""))
        match = WIDGET_PATH.fullmatch(path)
        own = _own(scope) if match else None
        if match is None or own is None:
            return None
        effective = await aeffective_of(match[1])
        if effective is None:
            return None
        ask = _ask(scope, own)
        page = await self._page(match[2], effective, language_for(effective, ask.languages), own)
        return answer(page, ask) if match[2] == "frame" else launcher_answer(page, effective, ask)

    async def _page(self, kind: str, effective: Effective, language: str, own: str) -> Page:
        key = (kind, effective.id, language, own if kind == "frame" else "")
        source, page = self._pages.get(key, (None, None))
        if page is None or (source is not effective and source != effective):
            page = await asyncio.to_thread(_build, kind, effective, language, own)
            source = None
        if source is not effective:
            self._pages[key] = (effective, page)
            self._pages.move_to_end(key)
            while len(self._pages) > PAGES_MAX:
                self._pages.popitem(last=False)
        return page


def _build(kind: str, effective: Effective, language: str, own: str) -> Page:
    page = frame_page(effective, language, own) if kind == "frame" else launcher_page(effective, language)
    page.etag, page.compressed  # noqa: B018 - made here, in the thread, and kept on the page
    return page


def _ask(scope: dict[str, Any], own: str) -> Ask:
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode("latin-1")[:1000])
    return Ask(
        own=own,
        head=scope["method"] == "HEAD",
        origin=headers.get(b"origin"),
        if_none_match=headers.get(b"if-none-match", ""),
        accept_encoding=headers.get(b"accept-encoding", ""),
        accept_language=headers.get(b"accept-language", ""),
        lang=query.get("lang", [""])[-1],
    )


def _own(scope: dict[str, Any]) -> str | None:
    address = own_address(scope)
    return "://".join(address) if address else None
