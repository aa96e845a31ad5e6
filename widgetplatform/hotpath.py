"""What every page view of every customer asks for, answered from memory ahead of Django.

``/widget.js``, ``/integrations/widget/v2.js``, launcher.json, the frame page and the full page. Whatever this cannot answer, an unknown widget or
a wrong host, goes on to Django, whose views give the same answers from the same functions.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from widgets.answers import Answer, Ask, answer, frame_answer, launcher_answer
from widgets.config import CACHE, aeffective_of, language_for
from widgets.effective import Effective
from widgets.own import own_address
from widgets.pages import Page, frame_page, launcher_page, loader_page

LOADERS = ("/widget.js", "/integrations/widget/v2.js")
FRAME, LAUNCHER = "frame", "launcher.json"
WIDGET_PATH = re.compile(r"/integrations/widget/([0-9a-f-]{36})(?:/(launcher\.json|frame))?")
PAGES_MAX = 1024

App = Callable[..., Any]
Key = tuple[str, UUID, str]  # the kind of page, the widget, the language


class HotPath:
    """ASGI middleware around ``app``."""

    def __init__(self, app: App) -> None:
        self.app = app
        # A page goes with the widget that it was made of. Keys hold nothing that a visitor can make up.
        self._pages: OrderedDict[Key, tuple[Effective, Page]] = OrderedDict()
        self._building: dict[tuple[int, Key, int], asyncio.Task[Page]] = {}

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
        kind = LAUNCHER if match[2] == LAUNCHER else FRAME
        page = await self._page((kind, effective.id, language_for(effective, ask.languages)), effective)
        return (frame_answer if kind == FRAME else launcher_answer)(page, effective, ask)

    async def _page(self, key: Key, effective: Effective) -> Page:
        """From memory where it was made of this very widget, or of an equal one; made once for everybody who waits."""
        source, page = self._pages.get(key, (None, None))
        if page is None or (source is not effective and source != effective):
            flight = (id(asyncio.get_running_loop()), key, id(effective))
            task = self._building.get(flight)
            if task is None:
                task = self._building[flight] = asyncio.ensure_future(asyncio.to_thread(_build, key, effective))
                task.add_done_callback(lambda _: self._building.pop(flight, None))
            page = await asyncio.shield(task)
        self._keep(key, effective, page)
        return page

    def _keep(self, key: Key, effective: Effective, page: Page) -> None:
        if self._pages.get(key, (None, None))[0] is effective or not CACHE.holds(effective.id, effective):
            return  # the widget has changed meanwhile: a page that took long does not take the place of a newer one
        self._pages[key] = (effective, page)
        self._pages.move_to_end(key)
        while len(self._pages) > PAGES_MAX:
            self._pages.popitem(last=False)


def _build(key: Key, effective: Effective) -> Page:
    kind, _, language = key
    page = frame_page(effective, language) if kind == FRAME else launcher_page(effective, language)
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
