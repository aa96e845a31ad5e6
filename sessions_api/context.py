"""What a reply is made from: the bot, its instructions, the widget's features and the conversation so far."""

import uuid
from dataclasses import dataclass
from typing import Literal, cast

from bots.engines.base import Engine, HistoryItem, Turn
from bots.engines.registry import get_engine
from bots.models import Bot
from bots.search import search_of
from rendering import Features
from sessions_api.log import Scene
from sessions_api.models import Message
from sessions_api.recent import History, recent
from sessions_api.threads import in_thread
from widgets.config import aeffective_of, rendering_features
from widgets.effective import Effective

Spoken = Literal["user", "bot", "context", "instruction"]
HISTORY = 40  # messages; the token budget of a provider comes with providers
IN_CONTEXT = (Message.Type.USER, Message.Type.BOT, Message.Type.CONTEXT, Message.Type.INSTRUCTION)
SHOWN = ("stream", "verbose", "tools", "unfurl", "math", "carousel", "form", "attachments")


@dataclass(frozen=True)
class Context:
    """``engine`` makes the reply of ``turn``; ``stream`` and ``verbose`` say what visitors see of the making."""

    engine: Engine
    turn: Turn
    features: Features
    stream: bool = True
    verbose: bool = False


@dataclass(frozen=True)
class Mind:
    """The parts of a bot that a reply needs."""

    model: str
    backstory: str
    dataset_id: uuid.UUID | None


class NoBot(Exception):
    """Nobody answers in this conversation: neither it nor its widget has a bot."""


async def load_context(scene: Scene, reply: Message) -> Context:
    """Everything that ``reply`` needs, from memory where it is there. Raises ``NoBot``, and ``ValueError`` for an unknown model."""
    widget = await aeffective_of(scene.widget_id) if scene.widget_id else None
    mind = await _mind(widget, scene)
    engine, options = get_engine(mind.model)
    turn = Turn(
        history=await _history(reply),
        instructions=mind.backstory,
        model=mind.model,
        options=options,
        language=scene.language,
        features=frozenset(name for name in SHOWN if widget and getattr(widget, name)),
        search=search_of(mind.dataset_id) if mind.dataset_id else None,
    )
    if widget is None:
        return Context(engine, turn, Features(), verbose=True)
    return Context(engine, turn, rendering_features(widget), stream=widget.stream, verbose=widget.verbose)


async def _mind(widget: Effective | None, scene: Scene) -> Mind:
    if widget is not None and widget.bot_id:
        return Mind(widget.bot_model, widget.bot_backstory, widget.bot_dataset_id)
    bot = await in_thread(Bot.objects.filter(pk=scene.bot_id).first)() if scene.bot_id else None
    if bot is None:
        raise NoBot
    return Mind(bot.model, bot.backstory, bot.dataset_id)


async def _history(reply: Message) -> History:
    """The visible talk before the reply, its question last."""
    question = Message.question.is_cached(reply) and reply.question
    if question:
        before = recent.before(reply.conversation_id, question.position)
        if before is not None:
            return (*before[1 - HISTORY :], HistoryItem("user", question.text))
    return await in_thread(_read_history)(reply)


def _read_history(reply: Message) -> History:
    rows = (
        Message.objects.filter(
            conversation_id=reply.conversation_id, position__lt=reply.position, type__in=IN_CONTEXT, deleted=False
        )
        .exclude(text="")
        .order_by("-position")
        .values_list("type", "text")[:HISTORY]
    )
    return tuple(HistoryItem(cast(Spoken, kind), text) for kind, text in reversed(rows))
