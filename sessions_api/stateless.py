"""A reply that is not stored: the engine runs for whoever listens, and is closed when nobody does."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from bots.calling import OwnCaller
from bots.engines.base import End, Engine, EngineError, Text, Turn, Usage
from sessions_api.patience import within
from sessions_api.usage import Spent, record_usage

logger = logging.getLogger(__name__)
AHEAD = 64  # events that the engine may be ahead of a slow reader


@dataclass(frozen=True)
class Ended:
    """The whole reply. ``reason`` is stop, length, iteration or error, the last with a ``code``."""

    text: str
    tokens: int
    reason: str
    code: str = ""


async def made(engine: Engine, turn: Turn, beat: float, owner_id: Any) -> AsyncGenerator[Any]:
    """The engine's events, None after each ``beat`` seconds of silence, and last an ``Ended``. Closing it closes the engine.

    What a language model costs counts for the owner, also where nobody waited for its end.
    """
    inbox: asyncio.Queue[Any] = asyncio.Queue(AHEAD)
    usage: dict[str, Any] = {}
    began = time.monotonic()
    task = asyncio.create_task(_run(engine, turn, inbox, usage))
    try:
        while True:
            try:
                item = inbox.get_nowait() if not inbox.empty() else await within(beat, inbox.get())
            except TimeoutError:
                item = None
            yield item
            if isinstance(item, Ended):
                return
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if turn.access is not None:
            usage["totalMs"] = int((time.monotonic() - began) * 1000)
            usage["output"] = usage.get("output", 0) + (turn.call.tokens if isinstance(turn.call, OwnCaller) else 0)
            status = "done" if usage.pop("ended", False) else "stopped"
            await record_usage(Spent(owner_id, status, usage.pop("code", ""), usage))


async def _run(engine: Engine, turn: Turn, inbox: "asyncio.Queue[Any]", usage: dict[str, Any]) -> None:
    pieces: list[str] = []
    size = tokens = 0
    reason, code = "stop", ""
    try:
        async with asyncio.timeout(settings.REPLY_SECONDS), aclosing(engine.reply(turn)) as events:  # type: ignore[type-var]
            async for event in events:
                match event:
                    case Text(text):
                        pieces.append(text)
                        size += len(text)
                    case Usage(taken, written, model):
                        tokens += taken + written
                        event = Usage(taken, written, model or turn.model)
                        usage["input"], usage["output"] = usage.get("input", 0) + taken, usage.get("output", 0) + written
                        usage["model"] = event.model
                    case End(why):
                        reason = "stop" if why == "unknown" else why  # a caller's API knows no such end
                await inbox.put(event)
                if isinstance(event, End):
                    break
                if size > settings.REPLY_BYTES:
                    reason = "length"
                    break
    except EngineError as error:
        reason, code = "error", error.code
    except TimeoutError:
        reason, code = "error", "timeout"
    except Exception:
        logger.exception("a stateless reply failed")
        reason, code = "error", "internal"
    usage |= {"ended": True, "code": code}
    await inbox.put(Ended("".join(pieces), tokens, reason, code))
