"""Tool servers (Model Context Protocol over streamable HTTP): calling a tool and listing them. Needs the package mcp of requirements-llm.txt."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from django.conf import settings
from mcp import ClientSession, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, PaginatedRequestParams, TextContent

from bots.abilities.base import RESULT_CHARACTERS, AbilityError, trimmed
from bots.engines.providers.extra.network import transport_to
from fetcher.errors import FetchRefused
from fetcher.urls import target_of

TOOLS = 200
PAGES = 10


@dataclass(frozen=True)
class ServedTool:
    """A tool that a server offers; ``parameters`` is the JSON schema of its arguments. What only reads says so."""

    name: str
    description: str
    parameters: dict[str, Any]
    reads: bool = False


async def call_tool(url: str, headers: Mapping[str, str], name: str, arguments: Mapping[str, Any]) -> Any:
    """What it answers: its structured content, else JSON or text. Raises AbilityError."""
    async with _session(url, headers) as session:
        answer = await session.call_tool(name, dict(arguments))
    if not isinstance(answer, CallToolResult):
        raise AbilityError("The tool wants to know more, which is not possible here")
    text = "\n".join(part.text for part in answer.content if isinstance(part, TextContent))
    if answer.is_error:
        raise AbilityError(f"The tool failed: {text[:1000]}" if text else "The tool failed")
    if answer.structured_content is not None:
        written = json.dumps(answer.structured_content, ensure_ascii=False)
        return answer.structured_content if len(written) <= RESULT_CHARACTERS else trimmed(written)
    return trimmed(text)


async def list_tools(url: str, headers: Mapping[str, str]) -> list[ServedTool]:
    """What a server offers. Raises AbilityError."""
    found: list[ServedTool] = []
    async with _session(url, headers) as session:
        cursor = None
        for _ in range(PAGES):
            page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
            for tool in page.tools:
                reads = bool(tool.annotations and tool.annotations.read_only_hint)
                found.append(ServedTool(tool.name, tool.description or tool.title or "", dict(tool.input_schema), reads))
            cursor = page.next_cursor
            if not cursor or len(found) >= TOOLS:
                break
    return found[:TOOLS]


@asynccontextmanager
async def _session(url: str, headers: Mapping[str, str]) -> AsyncIterator[ClientSession]:
    """A session for one piece of work, which has ``CALL_SECONDS``; what goes wrong in it becomes an AbilityError."""
    refused: list[int] = []  # statuses, which the package does not tell

    async def look(response: httpx2.Response) -> None:
        if response.status_code in (401, 403, 404):
            refused.append(response.status_code)

    try:
        transport = transport_to(public=not target_of(url).trusted)
        timeout = httpx2.Timeout(settings.CALL_SECONDS)
        async with (
            asyncio.timeout(settings.CALL_SECONDS),
            httpx2.AsyncClient(
                transport=transport, headers=dict(headers), timeout=timeout, trust_env=False, event_hooks={"response": [look]}
            ) as client,
            streamable_http_client(url, http_client=client) as streams,
            ClientSession(streams[0], streams[1]) as session,
        ):
            await session.initialize()
            yield session
    except Exception as error:  # task groups wrap what goes wrong in them
        if refused:
            raise AbilityError(f"The tool server answered {refused[0]}") from None
        raise _refusal(error) from None


def _refusal(error: BaseException) -> AbilityError:
    for found in _flat(error):
        match found:
            case AbilityError():
                return found
            case FetchRefused():
                return AbilityError(found.message)
            case MCPError():
                return AbilityError(f"The tool server refused: {str(found)[:500]}")
            case httpx2.HTTPStatusError():
                return AbilityError(f"The tool server answered {found.response.status_code}")
            case httpx2.HTTPError() | OSError() if not isinstance(found, TimeoutError):
                return AbilityError("The tool server cannot be reached")
            case TimeoutError():
                return AbilityError(f"The tool server took longer than {settings.CALL_SECONDS} seconds")
    return AbilityError(f"The tool server does not speak the Model Context Protocol ({type(error).__name__})")


def _flat(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [found for inner in error.exceptions for found in _flat(inner)]
    return [error, *([error.__cause__] if error.__cause__ else []), *([error.__context__] if error.__context__ else [])]
