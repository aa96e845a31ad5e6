"""What a reply is made from: the bot, its instructions, the widget's features and the conversation so far."""

import uuid
from dataclasses import dataclass
from typing import Literal, cast

from bots.engines.base import Engine, HistoryItem, Turn
from bots.engines.registry import get_engine
from bots.models import Bot
from bots.search import search_of
from rendering import Features
from sessions_api.models import Conversation, Message
from widgets.config import effective_of, rendering_features

Spoken = Literal["user", "bot", "context", "instruction"]
HISTORY = 40  # messages; the token budget of a provider comes with providers

IN_CONTEXT = (Message.Type.USER, Message.Type.BOT, Message.Type.CONTEXT, Message.Type.INSTRUCTION)


@dataclass(frozen=True)
class Context:
    """``engine`` makes the reply of ``turn``; ``stream`` and ``verbose`` say what visitors see of the making."""

    engine: Engine
    turn: Turn
    features: Features
    stream: bool = True
    verbose: bool = False


class NoBot(Exception):
    """Nobody answers in this conversation: neither it nor its widget has a bot."""


def load_context(conversation_id: uuid.UUID, position: int) -> Context:
    """Read everything that the reply at ``position`` needs. Raises ``NoBot``, and ``ValueError`` for a model nobody knows."""
    conversation = Conversation.objects.get(pk=conversation_id)
    widget = effective_of(conversation.widget_id) if conversation.widget_id else None
    bot_id = (widget.bot_id if widget else None) or conversation.bot_id
    bot = Bot.objects.filter(pk=bot_id).first() if bot_id else None
    if bot is None:
        raise NoBot
    engine, options = get_engine(bot.model)
    rows = (
        Message.objects.filter(conversation_id=conversation_id, position__lt=position, type__in=IN_CONTEXT, deleted=False)
        .exclude(text="")
        .order_by("-position")
        .values_list("type", "text")[:HISTORY]
    )
    names = ("stream", "verbose", "tools", "unfurl", "math", "carousel", "form", "attachments")
    turn = Turn(
        history=tuple(HistoryItem(cast(Spoken, kind), text) for kind, text in reversed(rows)),
        instructions=bot.backstory,
        model=bot.model,
        options=options,
        language=conversation.language,
        features=frozenset(name for name in names if widget and getattr(widget, name)),
        search=search_of(bot.dataset_id) if bot.dataset_id else None,
    )
    return Context(
        engine, turn, rendering_features(widget) if widget else Features(), stream=widget.stream if widget else True, verbose=widget.verbose if widget else True
    )
