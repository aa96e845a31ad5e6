"""Asking a bot outside a conversation: its whole reply at once."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from bots.engines.base import EngineError, HistoryItem, Text, Turn, Usage
from bots.engines.registry import get_engine
from bots.search import search_of


@dataclass(frozen=True)
class BotSpec:
    """The parts of a bot that a reply needs."""

    model: str = ""
    backstory: str = ""
    dataset_id: UUID | None = None


async def ask(bot: BotSpec, text: str, history: tuple[HistoryItem, ...] = ()) -> tuple[str, int]:
    """The reply to ``text`` after ``history``, and the tokens that were counted. Raises ``EngineError``; ``timeout`` is one that takes
    too long."""
    engine, options = get_engine(bot.model)
    turn = Turn(
        history=(*history, HistoryItem("user", text)),
        instructions=bot.backstory,
        model=bot.model,
        options=options,
        search=search_of(bot.dataset_id),
    )
    pieces: list[str] = []
    tokens = 0
    try:
        async with asyncio.timeout(settings.REPLY_SECONDS):
            async for event in engine.reply(turn):
                match event:
                    case Text(piece):
                        pieces.append(piece)
                    case Usage(taken, made):
                        tokens += taken + made
    except TimeoutError:
        raise EngineError("timeout", retryable=True) from None
    return "".join(pieces), tokens
