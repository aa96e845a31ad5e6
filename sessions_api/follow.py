"""Waiting for a reply over HTTP: the engine's events on the way where this process makes it, then its closing row."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from bots.engines.base import Text
from sessions_api.hub import hub
from sessions_api.keeper import keeper
from sessions_api.models import Message
from sessions_api.threads import in_thread

BEAT_SECONDS = 10.0
FINAL = (Message.Status.DONE, Message.Status.STOPPED, Message.Status.FAILED)
RANG = object()


class Bell:
    """A ``Listener`` that only says in an inbox that something was committed, once until it is looked at."""

    def __init__(self, inbox: "asyncio.Queue[Any]") -> None:
        self._inbox = inbox
        self._head = 0
        self.rung = False

    def ring(self) -> None:
        """Something may have changed."""
        if not self.rung:
            self.rung = True
            self._inbox.put_nowait(RANG)

    def rows(self, seqs: list[int], frame: str) -> None:
        """Something was committed."""
        self._head = max(self._head, *seqs)
        self.ring()

    def knock(self, head: int) -> None:
        """Something was committed elsewhere; also asked when nothing was."""
        if head > self._head:
            self._head = head
            self.ring()

    def delta(self, reply_id: str, frame: str) -> None:
        """Not looked at."""

    def frame(self, frame: str) -> None:
        """Not looked at."""


async def follow(conversation_id: uuid.UUID, reply_id: uuid.UUID, seconds: float, beat: float = BEAT_SECONDS) -> AsyncGenerator[Any]:
    """What this process has written of the reply so far, its engine's events, and last the final row; without a row where it is not final
    within ``seconds`` or gone. None after each ``beat`` seconds of silence. Who stops following does not stop the reply.
    """
    inbox: asyncio.Queue[Any] = asyncio.Queue()
    bell = Bell(inbox)
    hub.join(conversation_id, bell)
    deadline = time.monotonic() + seconds
    tapped: Any = None
    bell.ring()
    try:
        while (left := deadline - time.monotonic()) > 0:
            making = keeper.generations.get(reply_id)
            if making is not None and making is not tapped and not making.ended:
                if tapped is not None:
                    tapped.taps.remove(inbox)
                tapped = making
                tapped.taps.append(inbox)
                if tapped.text:
                    yield Text(tapped.text)
            try:
                item = inbox.get_nowait() if not inbox.empty() else await asyncio.wait_for(inbox.get(), min(beat, left))
            except TimeoutError:
                yield None
                item = RANG  # a lost doorbell
            if item is not RANG:
                if item is not tapped:
                    yield item
                continue
            bell.rung = False
            if tapped is None or tapped.ended or keeper.generations.get(reply_id) is not tapped:
                reply = await in_thread(_load)(reply_id)
                if reply is None or reply.deleted:
                    return
                if reply.status in FINAL:
                    yield reply
                    return
    finally:
        hub.leave(conversation_id, bell)
        if tapped is not None:
            tapped.taps.remove(inbox)


async def wait_for_reply(conversation_id: uuid.UUID, reply_id: uuid.UUID, seconds: float) -> Message | None:
    """The reply once it is final; None where it is not within ``seconds``. A caller that goes away does not stop it."""
    async with aclosing(follow(conversation_id, reply_id, seconds)) as items:
        async for item in items:
            if isinstance(item, Message):
                return item
    return None


def _load(reply_id: uuid.UUID) -> Message | None:
    return Message.objects.filter(pk=reply_id).first()
