"""Services that speak OpenAI's chat completions: OpenAI, Ollama, vLLM, llama.cpp, Mistral, Groq, OpenRouter …"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from math import inf

import httpcore
from django.conf import settings

from bots.engines.base import EngineError, ProviderAccess

from .base import Finish, Request, RoundEvent
from .errors import Refused, failed, refused
from .exchange import Address, ask, headers_of, read, send
from .network import Stream
from .openai_body import body_of, encoded, without
from .openai_events import Completion
from .retrying import first_deadline, wait_before_next
from .sse import EventStream, TooLong
from .watch import Watch

MAX_EVENT = 1024 * 1024  # bytes
MAX_ERROR = 64 * 1024
TEXTS = 4  # times REPLY_BYTES: characters that a model may write, with what it thinks and asks for
OVERHEAD = 512  # bytes of JSON around a piece of one character
LAST_SECONDS = 2.0  # for the usage, after the service has said why it ends
REST_SECONDS = 0.25  # for the end of the body, after the last event: the connection can then be used again
STREAMS = {"text/event-stream", "text/plain", ""}


class OpenAIClient:
    """See `Client`."""

    async def stream(self, request: Request) -> AsyncIterator[RoundEvent]:
        """One round. The time that the first piece may take includes all repetitions."""
        address = Address(request.access, "/chat/completions")
        body = body_of(request, address.url.host)
        deadline = first_deadline()
        attempt, yielded = 0, False
        while True:
            try:
                async with aclosing(_attempt(request, address, encoded(body), deadline)) as events:  # type: ignore[type-var]
                    async for event in events:
                        yielded = True
                        yield event
                return
            except EngineError as error:
                if yielded:
                    raise
                other = without(body, error.message) if isinstance(error, Refused) and error.code == "provider" else None
                if other is None:
                    await wait_before_next(error, attempt, deadline)
                    attempt += 1
                else:
                    body = other

    async def models(self, access: ProviderAccess) -> tuple[str, ...]:
        """Asked once: who tests a connection wants to know how it is now. Twice where an idle connection had just been closed."""
        deadline = first_deadline()
        try:
            answer = await ask(access, "GET", "/models", deadline=deadline)
        except EngineError as error:
            if error.code != "unavailable" or isinstance(error, Refused):
                raise
            answer = await ask(access, "GET", "/models", deadline=deadline)
        listed = answer.get("data") or answer.get("models") or [] if isinstance(answer, dict) else answer
        if not isinstance(listed, list):
            raise failed("broken", access, "sent something that is no list of models")
        names = {item.get("id") or item.get("name") for item in listed if isinstance(item, dict)}
        return tuple(sorted(name for name in names if isinstance(name, str)))

    async def moderate(self, access: ProviderAccess, text: str) -> tuple[str, ...]:
        """What the categories are called in which the text is flagged."""
        content = encoded({"model": access.moderation_model, "input": text})
        deadline = first_deadline()
        attempt = 0
        while True:
            try:
                answer = await ask(access, "POST", "/moderations", content, deadline=deadline, sent=[text])
                break
            except EngineError as error:
                await wait_before_next(error, attempt, deadline)
                attempt += 1
        try:
            result = answer["results"][0]
            found = sorted(str(name) for name, objected in result["categories"].items() if objected)
            return tuple(found) or (("other",) if result.get("flagged") else ())
        except (AttributeError, LookupError, TypeError):
            raise failed("broken", access, "sent something that is no moderation") from None


async def _attempt(request: Request, address: Address, content: bytes, deadline: float) -> AsyncIterator[RoundEvent]:
    access, sent = request.access, [prompt.text for prompt in request.prompts]
    response = await send(access, address, "POST", content, deadline)
    try:
        headers = headers_of(response)
        if response.status != 200:
            failure = refused(response.status, headers, await read(response, access, deadline, MAX_ERROR), access, sent)
            if not failure.filtered:
                raise failure
            yield Finish("filter")
            return
        completion = Completion(access, sent)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if headers.get("content-encoding", "identity") != "identity":
            raise failed("broken", access, "answered with an encoding that was not asked for")
        if kind == "application/json":
            for event in completion.take_whole(await read(response, access, deadline)):
                yield event
        elif kind in STREAMS:
            async with aclosing(_events(response, completion, access, deadline)) as events:  # type: ignore[type-var]
                async for event in events:
                    yield event
        else:
            raise failed("broken", access, f"answered with the type {kind[:80]} instead of a stream; is the base URL right?")
        for event in completion.end():
            yield event
    finally:
        await response.aclose()


async def _events(
    response: httpcore.Response, completion: Completion, access: ProviderAccess, deadline: float
) -> AsyncIterator[RoundEvent]:
    """What arrives piece by piece. Raises EngineError unless the stream is complete."""
    loop, at, cut = asyncio.get_running_loop(), deadline, False
    network: Stream = response.extensions["network_stream"]
    watch, stream = Watch(deadline, network.abort), EventStream(MAX_EVENT)
    max_characters, bytes_left = TEXTS * settings.REPLY_BYTES, TEXTS * OVERHEAD * settings.REPLY_BYTES
    begun = False
    try:
        async for chunk in response.aiter_stream():
            watch.move(inf)  # while the reader has what came, nobody waits for more
            for data in stream.feed(chunk):
                for event in completion.take(data):
                    yield event
            bytes_left -= len(chunk)
            if completion.size > max_characters or bytes_left < 0:
                raise failed("provider", access, "writes without an end")
            if completion.done:
                at = min(at, loop.time() + REST_SECONDS)
            elif completion.finished:
                at = min(at, loop.time() + LAST_SECONDS)
            elif completion.moved:
                at, begun = loop.time() + settings.PROVIDER_NEXT_SECONDS, True
            completion.moved = False
            watch.move(at)
        for data in stream.close():
            for event in completion.take(data):
                yield event
    except TooLong:
        raise failed("broken", access, f"sent an event of more than {MAX_EVENT} bytes") from None
    except (httpcore.NetworkError, httpcore.ProtocolError):
        cut = True
    finally:
        watch.stop()
    if cut and not completion.complete:
        if watch.expired and begun:
            raise failed("timeout", access, f"said nothing for {settings.PROVIDER_NEXT_SECONDS:g} seconds")
        if watch.expired:
            raise failed("timeout", access, f"did not begin its answer within {settings.PROVIDER_FIRST_SECONDS:g} seconds")
        raise failed("broken", access, "broke the connection off in the middle of its answer")
