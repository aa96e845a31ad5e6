"""Who answers in a conversation: its widget's bot, its own, or one that is described on the conversation itself."""

import uuid
from dataclasses import dataclass
from typing import Any

from bots.models import Bot
from bots.skills import abilities_in
from sessions_api.models import Conversation
from sessions_api.threads import in_thread
from widgets.config import aeffective_of
from widgets.effective import Effective

__all__ = ["Mind", "NoBot", "abilities_in", "keeps_privacy", "mind_of", "mind_of_bot"]

INLINE = ("model", "backstory", "dataset_id", "skillset_id", "privacy", "moderation")
WIDGET_APP = "widget"  # the ``app`` in the meta of conversations that a widget began


@dataclass(frozen=True)
class Mind:
    """The parts of a bot that a reply needs."""

    model: str = ""
    backstory: str = ""
    dataset_id: uuid.UUID | None = None
    skillset_id: uuid.UUID | None = None
    privacy: bool = False
    moderation: bool = False
    moderation_words: str = ""


class NoBot(Exception):
    """Nobody answers in this conversation: neither it nor its widget has a bot."""


async def mind_of(widget: Effective | None, bot_id: uuid.UUID | None, conversation_id: uuid.UUID) -> Mind:
    """From memory where the widget has a bot. Raises ``NoBot``."""
    if widget is not None and widget.bot_id:
        return Mind(
            widget.bot_model, widget.bot_backstory, widget.bot_dataset_id, widget.bot_skillset_id, widget.bot_privacy,
            widget.bot_moderation, widget.bot_moderation_words,
        )  # fmt: skip
    return await in_thread(_load)(bot_id, conversation_id)


async def keeps_privacy(conversation_id: uuid.UUID, widget_id: uuid.UUID | None) -> bool:
    """Whether the bot of a conversation must not read personal data."""
    widget = await aeffective_of(widget_id) if widget_id else None
    if widget is not None and widget.bot_id:
        return widget.bot_privacy
    row = await in_thread(_privacy)(conversation_id)
    return bool(row)


def mind_of_bot(bot: Bot) -> Mind:
    """A stored bot's."""
    return Mind(
        bot.model, bot.backstory, bot.dataset_id, bot.skillset_id, bool(bot.privacy), bool(bot.moderation), bot.moderation_words or ""
    )


def _load(bot_id: uuid.UUID | None, conversation_id: uuid.UUID) -> Mind:
    bot = Bot.objects.filter(pk=bot_id).first() if bot_id else None
    if bot is not None:
        return mind_of_bot(bot)
    row: dict[str, Any] = Conversation.objects.filter(pk=conversation_id).values(*INLINE, "meta").first() or {"meta": {"app": WIDGET_APP}}
    meta = row.pop("meta")
    if not any(value not in (None, "") for value in row.values()) and meta.get("app") == WIDGET_APP:
        raise NoBot
    return Mind(
        row["model"] or "", row["backstory"] or "", row["dataset_id"], row["skillset_id"], bool(row["privacy"]), bool(row["moderation"])
    )


def _privacy(conversation_id: uuid.UUID) -> bool | None:
    row = Conversation.objects.filter(pk=conversation_id).values_list("bot_id", "bot__privacy", "privacy").first()
    if row is None:
        return None
    bot_id, of_bot, own = row
    return of_bot if bot_id else own
