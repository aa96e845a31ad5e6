"""A site under test: one process on embedded defaults, or two web processes on PostgreSQL and Valkey."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.chat_client import ChatClient
from tests.support.drafts import Frame
from tests.support.processes import Server
from tests.support.shell import Shell

SCRIPT = "sample/tokens=80"
SLOW = "sample/tokens=400/delay=0.05"  # 20 s: long enough to meet it in the middle


@dataclass
class Site:
    """``first`` and ``second`` are the doors of two tabs: the same process twice, or two."""

    first: Server
    second: Server
    tokens: dict[str, str] = field(default_factory=dict)
    _widgets: dict[str, str] = field(default_factory=dict)
    _shell: Shell = field(init=False)

    def __post_init__(self) -> None:
        self._shell = Shell(self.first.environment)

    def token(self, username: str = "demo") -> str:
        """An API token of a user, made once."""
        if username not in self.tokens:
            self.tokens[username] = self.first.api_token(username)
        return self.tokens[username]

    async def otto(self) -> str:
        """The token of another operator, who sees nothing of demo's."""
        if "otto" not in self.tokens:
            await self.shell(
                "from django.contrib.auth.models import User; User.objects.get_or_create(username='otto')"
            )
        return await asyncio.to_thread(self.token, "otto")

    def http(self, token: str | None = None, server: Server | None = None) -> httpx.AsyncClient:
        """A client below ``/api/v1/`` with this bearer token, or none."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(
            base_url=f"{(server or self.first).url}/api/v1/", headers=headers, timeout=60
        )

    async def call(
        self, method: str, path: str, token: str | None = None, server: Server | None = None, **options: Any
    ) -> httpx.Response:
        """One request below ``/api/v1/``."""
        async with self.http(token, server) as api:
            return await api.request(method, path, **options)

    async def widget(self, script: str = SCRIPT, **fields: Any) -> str:
        """The id of a widget whose bot is the scripted engine; the same one for the same wishes."""
        key = f"{script} {sorted(fields.items())}"
        if key not in self._widgets:
            token = await asyncio.to_thread(self.token)
            bot = (
                await self.call(
                    "POST", "bot/create", token, json={"name": "Scripted", "model": f"scripted:{script}"}
                )
            ).json()["id"]
            made = await self.call("POST", "integration/widget/create", token, json={"botId": bot, **fields})
            self._widgets[key] = made.raise_for_status().json()["id"]
        return self._widgets[key]

    async def create(
        self, widget: str, token: str | None = None, headers: dict[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        """POST session/create as the frame does."""
        path = f"integration/widget/{widget}/session/create"
        return await self.call(
            "POST", path, token, json=body, headers={"origin": self.first.url, **(headers or {})}
        )

    async def session(self, widget: str, **body: Any) -> dict[str, Any]:
        """A new session of a visitor."""
        return (await self.create(widget, **body)).raise_for_status().json()

    def tab(self, session: dict[str, Any], *, second: bool = False, **options: Any) -> ChatClient:
        """A tab of the session's conversation, at the first or the second door."""
        return ChatClient((self.second if second else self.first).url, session["token"], **options)

    async def listed(self, session: dict[str, Any], **query: Any) -> dict[str, Any]:
        """message/list as the visitor gets it."""
        path = f"conversation/{session['conversationId']}/message/list"
        return (await self.call("GET", path, session["token"], params=query)).raise_for_status().json()

    async def stored(self, session: dict[str, Any]) -> list[Frame]:
        """Every message that the visitor may see, in the order of reading."""
        items = (await self.listed(session, after=0))["items"]
        return sorted(items, key=lambda item: item["position"])

    async def shell(self, code: str) -> str:
        """Run Python inside the server's settings, the models of conversations imported; what it printed."""
        begin = "from sessions_api.models import *; from django.utils import timezone; from datetime import timedelta\n"
        return await asyncio.to_thread(self._shell.run, begin + code)

    def close(self) -> None:
        """End what was started for it."""
        self._shell.close()
