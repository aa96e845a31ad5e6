"""Asking a bot outside a conversation: its whole reply at once."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings

from bots.engines.base import Caller, EngineError, HistoryItem, Text, Turn, Usage
from bots.engines.guarded import Guard, guarded
from bots.models import Bot
from bots.providers import choose
from bots.search import search_of
from bots.skills import abilities_in

DEPTH = 3  # bots that ask bots
# How personal data is taken out of a text; a higher layer, which knows what it looks like, adds it here.
HIDERS: list[Callable[[str], str]] = []
_depth: ContextVar[int] = ContextVar("_depth", default=0)


@dataclass(frozen=True)
class BotSpec:
    """The parts of a bot that a reply needs."""

    model: str = ""
    backstory: str = ""
    dataset_id: UUID | None = None
    skillset_id: UUID | None = None
    privacy: bool = False
    moderation: bool = False
    moderation_words: str = ""
    owner_id: Any = None


def spec_of_bot(bot: Bot) -> BotSpec:
    """A stored bot's."""
    return BotSpec(
        bot.model, bot.backstory, bot.dataset_id, bot.skillset_id, bool(bot.privacy), bool(bot.moderation), bot.moderation_words or "",
        bot.owner_id,
    )  # fmt: skip


async def ask(bot: BotSpec, text: str, history: tuple[HistoryItem, ...] = (), call: Caller | None = None) -> tuple[str, int]:
    """The reply to ``text`` after ``history``, and the tokens that were counted. ``call`` carries the bot's own abilities out.

    Raises ``EngineError``; ``timeout`` is one that takes too long, ``too_deep`` a bot that is asked by a bot that is asked by …
    """
    depth = _depth.get()
    if depth >= DEPTH:
        raise EngineError("too_deep", retryable=False, cause=f"More than {DEPTH} bots ask each other")
    items = (*history, HistoryItem("user", text))
    if bot.privacy:
        items = await database_sync_to_async(_hidden, thread_sensitive=False)(items)
    chosen = await choose(bot.model, bot.owner_id)
    abilities = database_sync_to_async(abilities_in, thread_sensitive=False)
    turn = Turn(
        history=items,
        instructions=bot.backstory,
        model=bot.model,
        options=chosen.options,
        search=search_of(bot.dataset_id),
        abilities=await abilities(bot.skillset_id) if bot.skillset_id and call is not None else (),
        access=chosen.access,
        call=call,
    )
    engine = guarded(chosen.engine, Guard(bot.moderation, bot.moderation_words, chosen.access, bot.privacy))
    pieces: list[str] = []
    tokens = 0
    token = _depth.set(depth + 1)
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
    finally:
        _depth.reset(token)
    return "".join(pieces), tokens


def _hidden(items: tuple[HistoryItem, ...]) -> tuple[HistoryItem, ...]:
    """What users said, without personal data."""
    for hide in HIDERS:
        items = tuple(replace(item, text=hide(item.text)) if item.type == "user" else item for item in items)
    return items
