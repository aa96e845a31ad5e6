"""What abilities reach, of one owner's only: datasets, files, bots, and public addresses through the safe fetcher."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from django.db.models import Model

from accounts.seal import SealError, unseal
from bots.abilities.base import AbilityError, AbilitySpec, Answer, Request, SecretValue
from bots.abilities.mcp import filled_headers, read_tool
from bots.abilities.secrets import redacted, secrets_of
from bots.asking import ask, spec_of_bot
from bots.engines.base import Caller, EngineError, HistoryItem
from bots.models import Bot, Dataset, Secret
from bots.retrieval.result import Passage
from bots.search import search_of
from fetcher import FetchRefused, fetch
from files.extract import ExtractError
from files.models import File
from files.text import text_of
from widgetplatform.api.lookup import find, owned

FETCH_BYTES = 1_048_576
FETCH_SECONDS = 20
PASSAGES = 5
EXTRA = "requirements-llm.txt"
M = TypeVar("M", bound=Model)


class OwnTools:
    """The ``Tools`` of an ability; ``owner_id`` is whose objects it may use. Holds no database connection while it waits."""

    def __init__(self, owner_id: int, call: Caller | None = None) -> None:
        self._owner_id = owner_id
        self._call = call  # what a bot that is asked calls its own abilities with

    async def fetch(self, request: Request) -> Answer:
        """Send a request; the fetcher refuses addresses that are not public."""
        try:
            fetched = await fetch(
                request.url,
                method=request.method,
                headers=request.headers,
                content=request.body,
                max_bytes=FETCH_BYTES,
                seconds=FETCH_SECONDS,
                any_status=True,
            )
        except FetchRefused as refusal:
            raise AbilityError(refusal.message) from None
        return Answer(fetched.status, fetched.headers.get("content-type", fetched.content_type), fetched.body)

    async def secret(self, name: str) -> SecretValue:
        """Out of the owner's vault."""
        row = await self._own(Secret, name)
        if row is None:
            raise AbilityError(f"There is no secret “{name[:60]}”")
        try:
            value = unseal(row.value, str(row.pk))
        except SealError as error:
            raise AbilityError(f"The secret “{row.alias}” cannot be read: {error}") from None
        return SecretValue(row.alias or "", value, tuple(row.hosts.split()))

    async def call_tool(self, url: str, headers: Mapping[str, str], name: str, arguments: Mapping[str, Any]) -> Any:
        """Over streamable HTTP; only public addresses, as for requests."""
        try:
            from bots.tool_server import call_tool  # an optional package, which takes its time
        except ImportError:
            raise AbilityError(f"Tool servers need the packages of {EXTRA}") from None
        return await call_tool(url, headers, name, arguments)

    async def server_tools(self, block: str) -> list[Any]:
        """What a tool server offers (``ServedTool``); ``block`` is an ``mcp`` block's content, its tool's name not looked at."""
        try:
            from bots.tool_server import list_tools
        except ImportError:
            raise AbilityError(f"Tool servers need the packages of {EXTRA}") from None
        tool = read_tool(block)
        secrets = await secrets_of(AbilitySpec(block), block, self)
        try:
            return await list_tools(tool.url, filled_headers(tool, secrets))
        except AbilityError as error:
            raise AbilityError(redacted(str(error), secrets.values())) from None

    async def search(self, dataset: str, query: str) -> tuple[Passage, ...]:
        """The best passages of a dataset."""
        found = await self._own(Dataset, dataset)
        if found is None:
            raise AbilityError(f"There is no such dataset: {dataset[:60]}")
        search = search_of(found.pk)
        return (await search(query, take=PASSAGES)).passages if search else ()

    async def file_text(self, file_id: UUID) -> str:
        """The text of a file, extracted now where that was not done yet."""
        file = await self._own(File, str(file_id))
        if file is None:
            raise AbilityError("The file is gone")
        try:
            return await database_sync_to_async(text_of, thread_sensitive=False)(file)
        except ExtractError as error:
            raise AbilityError(f"The file cannot be read: {error}") from None

    async def ask(self, bot_id: UUID, instruction: str, text: str) -> tuple[str, int]:
        """A bot's whole reply."""
        bot = await self._own(Bot, str(bot_id))
        if bot is None:
            raise AbilityError("The bot is gone")
        history = (HistoryItem("instruction", instruction),) if instruction.strip() else ()
        try:
            return await ask(spec_of_bot(bot), text, history, self._call)
        except EngineError as error:
            raise AbilityError(f"The bot did not answer ({error.code})") from None

    async def _own(self, model: type[M], name: str) -> M | None:
        return await database_sync_to_async(
            lambda: find(owned(model, self._owner_id), name), thread_sensitive=False
        )()
