"""A reply that is not stored: the engine runs for whoever listens, and is closed when nobody does."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from bots.calling import OwnCaller
from bots.engines.base import End, Engine, EngineError, Reasoning, Text, Turn, Usage
from sessions_api.bill import CUT, Bill
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
    bill, ended = Bill(), None
    task = asyncio.create_task(_run(engine, turn, inbox, bill))
    try:
        while True:
            try:
                item = inbox.get_nowait() if not inbox.empty() else await within(beat, inbox.get())
            except TimeoutError:
                item = None
            if isinstance(item, Ended):
                ended = item  # before it is given away: nobody asks for more
            yield item
            if ended:
                return
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if turn.access is not None:
            bill.close(turn, cut=ended is None or ended.code in CUT or ended.reason == "length")
            asked = turn.call.tokens if isinstance(turn.call, OwnCaller) else 0  # of bots that were asked
            usage = {**bill.usage, "output": bill.usage.get("output", 0) + asked}
            code = ended.code if ended else ""
            status = "failed" if code else "done" if ended else "stopped"
            await record_usage(Spent(owner_id, status, code, usage))


async def _run(engine: Engine, turn: Turn, inbox: "asyncio.Queue[Any]", bill: Bill) -> None:
    pieces: list[str] = []
    size = tokens = 0
    reason, code = "stop", ""
    try:
        async with asyncio.timeout(settings.REPLY_SECONDS), aclosing(engine.reply(turn)) as events:  # type: ignore[type-var]
            async for event in events:
                match event:
                    case Text(text):
                        bill.said(text)
                        pieces.append(text)
                        size += len(text)
                    case Reasoning(text):
                        bill.thought(text)
                    case Usage(taken, written, model):
                        tokens += taken + written
                        event = Usage(taken, written, model or turn.model)
                        bill.counted(event)
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
    await inbox.put(Ended("".join(pieces), tokens, reason, code))
