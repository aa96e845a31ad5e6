"""Messages that a conversation begins with: stored as given, in a transaction or through its log, and answered where that is wanted."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rendering import Features
from sessions_api import chat
from sessions_api.chat import Access
from sessions_api.entities import detect
from sessions_api.follow import wait_for_reply
from sessions_api.keeper import keeper
from sessions_api.models import Message
from sessions_api.operations import Append
from sessions_api.replies import rendered_blocks
from sessions_api.threads import in_thread

ANSWER_SECONDS = 60
SEEDS_MAX = 1000
SPOKEN = (Message.Type.USER, Message.Type.BOT)


@dataclass(frozen=True)
class Seed:
    """A message of any type."""

    type: str
    text: str
    meta: dict[str, Any] = field(default_factory=dict)


def rows_of(conversation_id: uuid.UUID, seeds: Sequence[Seed], private: bool) -> list[Message]:
    """The rows, numbered from 1 as a new conversation's log begins. ``private``: the bot does not get to read personal data."""
    return [
        Message(
            conversation_id=conversation_id, type=seed.type, text=seed.text, meta=seed.meta, position=number, seq=number,
            blocks=rendered_blocks(seed.text, Features()) if seed.type == Message.Type.BOT else [],
            entities=detect(seed.text) if private and seed.type == Message.Type.USER else [],
        )
        for number, seed in enumerate(seeds, start=1)
    ]  # fmt: skip


def open_questions(seeds: Sequence[Seed]) -> list[bool]:
    """For each seed whether it wants an answer: a visitor's words that no bot's words follow."""
    wanted = []
    answered = False
    for seed in reversed(seeds):
        wanted.append(seed.type == Message.Type.USER and not answered and bool(seed.text.strip()))
        if seed.type in SPOKEN:
            answered = seed.type == Message.Type.BOT
    return wanted[::-1]


async def say(conversation_id: uuid.UUID, seeds: Sequence[Seed], private: bool) -> None:
    """Store the seeds in their order; questions without an answer are answered before the next one is stored. Raises ``Refused``."""
    told: list[Seed] = []
    for seed, wants in zip(seeds, open_questions(seeds), strict=True):
        if not wants:
            told.append(seed)
            continue
        await _store(conversation_id, told, private)
        told = []
        accepted = await chat.send(Access(conversation_id), uuid.uuid4(), seed.text, meta=seed.meta)
        if accepted.reply is not None:
            await wait_for_reply(conversation_id, accepted.reply.pk, ANSWER_SECONDS)
    await _store(conversation_id, told, private)


async def _store(conversation_id: uuid.UUID, seeds: Sequence[Seed], private: bool) -> None:
    if seeds:
        rows = await in_thread(rows_of)(conversation_id, seeds, private)
        await keeper.journal.run(Append(conversation_id, rows))
