"""The talk before a reply, as far back as the bot gets to read."""

import uuid
from dataclasses import dataclass
from typing import Any

from bots.engines.base import HistoryItem
from bots.retrieval.tokens import tokens
from sessions_api.entities import replaced
from sessions_api.models import Message
from sessions_api.recent import History, recent
from sessions_api.spoken import ROLES, spoken
from sessions_api.threads import in_thread

Type = Message.Type
MESSAGES = 40  # for an engine that reads little
MODEL_MESSAGES = 400  # for one that is bounded by tokens
UNTIL = "until"  # in the meta of a checkpoint of ours: the position of the last message that it sums up
SPEAKING = [kind for kind in ROLES if kind != Type.CHECKPOINT]
CHECKPOINTS = 5  # the newest may be of something that is asked anew


@dataclass(frozen=True)
class Rows:
    """A stretch of the log: what sums up the time before it (or ""), and (position, type, text, entities), in order."""

    earlier: str
    rows: list[tuple[int, str, str, list[Any]]]

    @property
    def history(self) -> History:
        """As engines read it; what came before is one context."""
        first = (HistoryItem("context", self.earlier),) if self.earlier else ()
        return first + spoken((kind, text, entities) for _, kind, text, entities in self.rows)


async def talk_before(reply: Message, most_tokens: int = 0) -> History:
    """The visible talk, its question last; with ``most_tokens`` as much of it as that, else the last few messages."""
    messages = MODEL_MESSAGES if most_tokens else MESSAGES
    question = Message.question.is_cached(reply) and reply.question
    before = recent.before(reply.conversation_id, question.position) if question else None
    if question and before is not None:
        history = (*before, HistoryItem("user", replaced(question.text, question.entities)))
    else:
        history = (await in_thread(rows_before)(reply.conversation_id, reply.position, messages)).history
    return fitted(history, messages, most_tokens)


def fitted(history: History, messages: int, most_tokens: int = 0) -> History:
    """The newest part of a talk; what stands for the time before stays in front of it, and the last item always stays."""
    first = history[:1] if history and history[0].type == "context" else ()
    rest = history[len(first) :][-messages:]
    if not most_tokens:
        return (*first, *rest)
    left = most_tokens - sum(tokens(item.text) for item in first)
    start = len(rest)
    while start and (start == len(rest) or left >= tokens(rest[start - 1].text)):
        start -= 1
        left -= tokens(rest[start].text)
    return (*first, *rest[start:])


def rows_before(conversation_id: uuid.UUID, position: int, messages: int) -> Rows:
    """What a reply at ``position`` is given. Blocking."""
    log = Message.objects.filter(conversation_id=conversation_id, deleted=False).exclude(text="")
    earlier, after = "", 0
    checkpoints = log.filter(type=Type.CHECKPOINT).order_by("-position")
    for text, entities, meta, at in checkpoints.values_list("text", "entities", "meta", "position")[:CHECKPOINTS]:
        until = meta.get(UNTIL, at)
        if isinstance(until, int) and until < position - 1:  # else it would swallow the question
            earlier, after = replaced(text, entities), until
            break
    rows = log.filter(position__lt=position, position__gt=after, type__in=SPEAKING).order_by("-position")
    found = list(rows.values_list("position", "type", "text", "entities")[:messages])
    return Rows(earlier, found[::-1])


def forget_sums(conversation_id: uuid.UUID, position: int) -> None:
    """Drop what sums up a message that was changed or deleted; it is made anew. In the transaction that does so."""
    ours = Message.objects.filter(conversation_id=conversation_id, type=Type.CHECKPOINT, deleted=False, meta__has_key=UNTIL)
    ours.filter(**{f"meta__{UNTIL}__gte": position}).update(deleted=True, text="", meta={})
