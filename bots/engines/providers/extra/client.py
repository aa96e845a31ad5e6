"""Anthropic and Google as the ``Client`` protocol has it."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress

from anthropic import APIError as AnthropicError
from anthropic import AsyncAnthropic
from django.conf import settings
from google.genai import Client as GoogleAPI
from google.genai.errors import APIError as GoogleError
from google.genai.types import HttpOptions
from pydantic_ai import direct
from pydantic_ai.exceptions import AgentRunError, UserError
from pydantic_ai.models import Model, StreamedResponse
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.google import GoogleProvider

from bots.engines.base import EngineError, ProviderAccess, Usage
from bots.engines.providers.base import Finish, Request, RoundEvent
from bots.engines.providers.errors import failed, refused
from bots.engines.providers.retrying import first_deadline, wait_before_next

from .errors import engine_error
from .network import client_of
from .translation import calls_of, events_of, messages_of, parameters_of, settings_of

NO_KEY = "none"  # the libraries want one, a stand-in or a proxy may not
FINISHES = {"stop": "stop", "length": "length", "content_filter": "filter", "tool_call": "tools"}


class ExtraClient(ABC):
    """See ``Client``. Costs some ten times the CPU of our own for each piece, which is what a library's validation costs."""

    async def stream(self, request: Request) -> AsyncIterator[RoundEvent]:
        """One round. The time that the first piece may take includes all repetitions."""
        deadline, attempt, yielded = first_deadline(), 0, False
        while True:
            try:
                async with aclosing(self._attempt(request, deadline)) as events:  # type: ignore[type-var]
                    async for event in events:
                        yielded = True
                        yield event
                return
            except EngineError as error:
                if yielded:
                    raise
                await wait_before_next(error, attempt, deadline)
                attempt += 1

    async def moderate(self, access: ProviderAccess, text: str) -> tuple[str, ...]:
        """These services judge no texts for others."""
        raise failed("provider", access, "has no moderation models; leave its moderation model empty")

    @abstractmethod
    async def models(self, access: ProviderAccess) -> tuple[str, ...]:
        """See ``Client``."""

    @abstractmethod
    async def _model(self, request: Request) -> Model:
        """The library's model."""

    async def _attempt(self, request: Request, deadline: float) -> AsyncIterator[RoundEvent]:
        access, sent = request.access, [prompt.text for prompt in request.prompts]
        model = await self._model(request)
        try:
            asked = direct.model_request_stream(
                model, messages_of(request.prompts), model_settings=settings_of(request),
                model_request_parameters=parameters_of(request, model), instrument=False,
            )  # fmt: skip
            async with asyncio.timeout_at(deadline):
                streamed = await asked.__aenter__()
            try:
                async with aclosing(_events(streamed, access, deadline)) as events:  # type: ignore[type-var]
                    async for event in events:
                        yield event
            finally:
                with suppress(Exception):
                    await asked.__aexit__(None, None, None)
        except EngineError:
            raise
        except TimeoutError:
            raise failed("timeout", access, "did not answer in time") from None
        except (AgentRunError, UserError, AnthropicError, GoogleError, OSError, ValueError) as error:
            raise engine_error(error, access, sent) from None


async def _events(streamed: StreamedResponse, access: ProviderAccess, deadline: float) -> AsyncIterator[RoundEvent]:
    events = aiter(streamed)
    loop, size = asyncio.get_running_loop(), 0
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                event = await anext(events)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise failed("timeout", access, "said nothing for too long") from None
        for piece in events_of(event):
            size += len(piece.text)
            yield piece
        if size > 4 * settings.REPLY_BYTES:
            raise failed("provider", access, "writes without an end")
        deadline = loop.time() + settings.PROVIDER_NEXT_SECONDS
    response = streamed.get()
    calls = calls_of(response)
    for call in calls:
        yield call
    if response.usage.input_tokens or response.usage.output_tokens:
        yield Usage(response.usage.input_tokens, response.usage.output_tokens)
    reason = response.finish_reason
    if reason is None and not calls:
        raise failed("broken", access, "broke its answer off in the middle")
    yield Finish("tools" if calls and reason != "length" else FINISHES.get(reason or "stop", "stop"))  # type: ignore[arg-type]


class AnthropicClient(ExtraClient):
    """Claude."""

    async def _model(self, request: Request) -> Model:
        provider = AnthropicProvider(anthropic_client=await self._api(request.access))
        return AnthropicModel(request.model, provider=provider)

    async def models(self, access: ProviderAccess) -> tuple[str, ...]:
        """Asked once."""
        try:
            async with asyncio.timeout_at(first_deadline()):
                api = await self._api(access)
                return tuple(sorted([model.id async for model in api.models.list(limit=100)]))
        except (AnthropicError, OSError, ValueError) as error:
            raise _of_api(error, access, getattr(error, "status_code", None)) from None

    async def _api(self, access: ProviderAccess) -> AsyncAnthropic:
        return AsyncAnthropic(
            api_key=access.key or NO_KEY, base_url=access.base_url, http_client=await client_of(access), max_retries=0,
        )  # fmt: skip


class GoogleClient(ExtraClient):
    """Gemini."""

    async def _model(self, request: Request) -> Model:
        return GoogleModel(request.model, provider=GoogleProvider(client=await self._api(request.access)))

    async def models(self, access: ProviderAccess) -> tuple[str, ...]:
        """Asked once."""
        try:
            async with asyncio.timeout_at(first_deadline()):
                pager = await (await self._api(access)).aio.models.list(config={"page_size": 100})
                return tuple(sorted([(model.name or "").removeprefix("models/") async for model in pager]))
        except (GoogleError, OSError, ValueError) as error:
            raise _of_api(error, access, getattr(error, "code", None)) from None

    async def _api(self, access: ProviderAccess) -> GoogleAPI:
        options = HttpOptions(base_url=access.base_url, httpx_async_client=await client_of(access))
        return GoogleAPI(vertexai=False, api_key=access.key or NO_KEY, http_options=options)


def _of_api(error: Exception, access: ProviderAccess, status: int | None) -> EngineError:
    if status is None:
        return engine_error(error, access, [])
    message = _message_of(error)[:300]
    known = refused(status, {}, b"{}", access)
    known.cause = known.cause.partition(":")[0] + (f": {message}" if message and access.key not in message else "")
    return known


def _message_of(error: Exception) -> str:
    """What the service says; Anthropic's exceptions say the whole body, and Google's only that."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else {}
    said = inner.get("message") if isinstance(inner, dict) else None
    return said if isinstance(said, str) else str(getattr(error, "message", "") or "")
