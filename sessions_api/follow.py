"""Waiting for a reply over HTTP: its closing row, and the engine's events on the way where this process makes it."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from bots.engines.base import Text
from sessions_api.hub import hub
from sessions_api.keeper import keeper
from sessions_api.models import Message
from sessions_api.threads import in_thread

POLL_SECONDS = 2.0
FINAL = (Message.Status.DONE, Message.Status.STOPPED, Message.Status.FAILED)


class Bell:
    """A ``Listener`` that only wakes whoever waits."""

    def __init__(self) -> None:
        self.rang = asyncio.Event()

    def rows(self, seqs: list[int], frame: str) -> None:
        """Something was committed."""
        self.rang.set()

    def knock(self, head: int) -> None:
        """Something was committed elsewhere."""
        self.rang.set()

    def delta(self, reply_id: str, frame: str) -> None:
        """Not looked at."""

    def frame(self, frame: str) -> None:
        """Not looked at."""


async def wait_for_reply(conversation_id: uuid.UUID, reply_id: uuid.UUID, seconds: float) -> Message | None:
    """The reply once it is final; None where it is not within ``seconds``. A caller that goes away does not stop it."""
    bell = Bell()
    hub.join(conversation_id, bell)
    deadline = time.monotonic() + seconds
    try:
        while True:
            bell.rang.clear()
            reply = await in_thread(_load)(reply_id)
            if reply is None or reply.status in FINAL:
                return reply
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            try:
                await asyncio.wait_for(bell.rang.wait(), min(POLL_SECONDS, left))
            except TimeoutError:
                continue
    finally:
        hub.leave(conversation_id, bell)


async def events_of(reply_id: uuid.UUID) -> AsyncIterator[Any]:
    """What a reply of this process has written so far, then its engine's events; ends with the generation. None where there is nothing new for
    a while, so that callers can ping."""
    generation = keeper.generations.get(reply_id)
    if generation is None:
        return
    tap: asyncio.Queue[Any] = asyncio.Queue()
    generation.taps.append(tap)
    try:
        if generation.text:
            yield Text(generation.text)
        while True:
            try:
                event = await asyncio.wait_for(tap.get(), 0.5)
            except TimeoutError:
                event = None
            if event is generation:
                return
            yield event
            if event is None and keeper.generations.get(reply_id) is not generation and tap.empty():
                return
    finally:
        generation.taps.remove(tap)


def _load(reply_id: uuid.UUID) -> Message | None:
    return Message.objects.filter(pk=reply_id).first()
