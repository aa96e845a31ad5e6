"""Summing up: when a talk grows beyond what a model reads of it, its older part becomes a ``checkpoint`` message, kept for the next replies."""

import logging
import uuid
from dataclasses import dataclass
from typing import Any

from bots.engines.base import EngineError, HistoryItem
from bots.engines.providers.summary import summarize
from bots.providers import Chosen
from bots.retrieval.tokens import tokens
from sessions_api.errors import Refused
from sessions_api.log import Log, Scene
from sessions_api.models import Conversation, Message
from sessions_api.operations import Append
from sessions_api.spoken import spoken
from sessions_api.talk import MODEL_MESSAGES, UNTIL, Rows, rows_before
from sessions_api.threads import in_thread
from sessions_api.usage import Spent, record_usage

logger = logging.getLogger(__name__)
FULL = 0.75  # of the tokens that a model reads: from here on the older part is summed up
KEPT = 0.4  # of those tokens stay word for word

_running: set[uuid.UUID] = set()  # conversations that are being summed up


@dataclass(frozen=True)
class Fullness:
    """How much of a talk a model reads, and by whom the rest is summed up."""

    chosen: Chosen
    most_tokens: int
    model: str  # as the bot has it, for the usage

    def reached(self, history: tuple[HistoryItem, ...]) -> bool:
        """Whether it is time. The checkpoint in front counts too, it is as long as it is."""
        return len(history) > MODEL_MESSAGES * FULL or sum(tokens(item.text) for item in history) > self.most_tokens * FULL


async def sum_up(journal: Any, scene: Scene, reply: Message, fullness: Fullness) -> None:
    """Store a checkpoint of all but the newest messages. What goes wrong is logged: the talk goes on without."""
    conversation_id = reply.conversation_id
    if conversation_id in _running or fullness.chosen.access is None:
        return
    _running.add(conversation_id)
    try:
        await _sum_up(journal, scene, reply, fullness)
    except Conversation.DoesNotExist:
        return
    except (EngineError, Refused) as error:
        logger.warning("conversation %s was not summed up: %s", conversation_id, error.code)
    finally:
        _running.discard(conversation_id)


async def _sum_up(journal: Any, scene: Scene, reply: Message, fullness: Fullness) -> None:
    chosen = fullness.chosen
    head, found = await in_thread(_read)(reply)
    left, older = fullness.most_tokens * KEPT, list(found.rows)
    while older and (left := left - tokens(older[-1][2])) >= 0:
        older.pop()
    if len(older) < 2 or chosen.access is None:  # a single long message is cut where it is read
        return
    items = spoken((kind, text, entities) for _, kind, text, entities in older)
    text, used = await summarize(chosen.access, chosen.name, chosen.options, items, found.earlier)
    usage = {"input": used.input_tokens, "output": used.output_tokens, "model": fullness.model}
    spent = Spent(scene.owner_id, "done", "checkpoint", usage, scene.widget_id, scene.bot_id, reply.conversation_id, is_reply=False)
    await record_usage(spent)
    if text.strip():
        kept = Message(
            conversation_id=reply.conversation_id, type=Message.Type.CHECKPOINT, hidden=True, text=text, meta={UNTIL: older[-1][0]}
        )
        await journal.run(Keep(reply.conversation_id, [kept], head=head, until=older[-1][0]))


def _read(reply: Message) -> tuple[int, Rows]:
    """The log's head first: what changes afterwards has a greater number."""
    head = Conversation.objects.values_list("last_seq", flat=True).get(pk=reply.conversation_id)
    return head, rows_before(reply.conversation_id, reply.position + 1, MODEL_MESSAGES)


@dataclass
class Keep(Append):
    """Store a checkpoint, unless something that it sums up was changed or deleted while it was made."""

    head: int = 0
    until: int = 0

    def apply(self, log: Log) -> list[Message]:
        """The row, or nothing."""
        log.require(self.conversation_id)
        summed = Message.objects.filter(conversation_id=self.conversation_id, position__lte=self.until)
        return [] if summed.filter(seq__gt=self.head).exists() else super().apply(log)
