"""Waiting for a reply over HTTP: the engine's events on the way where this process makes it, then its closing row."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

from bots.engines.base import Text
from sessions_api.hub import hub
from sessions_api.keeper import keeper
from sessions_api.models import Message
from sessions_api.patience import within
from sessions_api.replies import Generation, Tap
from sessions_api.threads import in_thread

BEAT_SECONDS = 10.0
FINAL = (Message.Status.DONE, Message.Status.STOPPED, Message.Status.FAILED)
RANG = object()


class Bell:
    """A ``Listener`` that only says in an inbox that something was committed, once until it is looked at."""

    def __init__(self, inbox: Tap) -> None:
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


class Following:
    """Follows one reply. ``tap``, given along when the reply is asked for, misses nothing even of one that is made in no time.

    ``attach`` it, then use ``items`` up or ``close`` it. Who stops following does not stop the reply.
    """

    def __init__(self) -> None:
        self.tap: Tap = asyncio.Queue()
        self._bell = Bell(self.tap)
        self._conversation_id: uuid.UUID | None = None
        self._reply_id: uuid.UUID | None = None
        self._tapped: Generation | None = None

    def __del__(self) -> None:
        self.close()

    def attach(self, reply: Message) -> None:
        """This is the reply."""
        self._conversation_id, self._reply_id = reply.conversation_id, reply.pk
        hub.join(reply.conversation_id, self._bell)
        self._listen()
        self._bell.ring()

    def close(self) -> None:
        """Let go."""
        if self._conversation_id is not None:
            hub.leave(self._conversation_id, self._bell)
            self._conversation_id = None
        if self._tapped is not None:
            self._tapped.taps.remove(self.tap)
            self._tapped = None

    async def items(self, seconds: float, beat: float = BEAT_SECONDS) -> AsyncGenerator[Any]:
        """What this process has written of the reply so far, its engine's events, and last the final row; without a row where it is not
        final within ``seconds``, or gone. None after each ``beat`` seconds of silence."""
        deadline = time.monotonic() + seconds
        try:
            while (left := deadline - time.monotonic()) > 0:
                self._listen()
                try:
                    item = self.tap.get_nowait() if not self.tap.empty() else await within(min(beat, left), self.tap.get())
                except TimeoutError:
                    yield None
                    item = RANG  # a doorbell may be lost
                if item is RANG:
                    self._bell.rung = False
                    if self._making():
                        continue
                    reply = await in_thread(load)(self._reply_id)
                    if reply is None or reply.deleted:
                        return
                    if reply.status in FINAL:
                        for event in self._left():
                            yield event
                        yield reply
                        return
                elif not isinstance(item, Generation):
                    yield item
        finally:
            self.close()

    def _left(self) -> list[Any]:
        """The events that nobody has looked at yet."""
        left = [self.tap.get_nowait() for _ in range(self.tap.qsize())]
        return [item for item in left if item is not RANG and not isinstance(item, Generation)]

    def _making(self) -> bool:
        """Whether the end of the reply will be told by the tap."""
        making = self._tapped
        return making is not None and not making.ended and keeper.generations.get(making.id) is making

    def _listen(self) -> None:
        making = keeper.generations.get(self._reply_id) if self._reply_id else None
        if making is None or making is self._tapped or making.ended:
            return
        if self._tapped is not None:
            self._tapped.taps.remove(self.tap)
        self._tapped = making
        if self.tap not in making.taps:
            making.taps.append(self.tap)
            if making.text:
                self.tap.put_nowait(Text(making.text))


async def wait_for_reply(conversation_id: uuid.UUID, reply_id: uuid.UUID, seconds: float) -> Message | None:
    """The reply once it is final; None where it is not within ``seconds``. A caller that goes away does not stop it."""
    tap: Tap = asyncio.Queue()
    bell = Bell(tap)
    hub.join(conversation_id, bell)
    deadline = time.monotonic() + seconds
    try:
        while True:
            bell.rung = False
            reply = await in_thread(load)(reply_id)
            if reply is None or reply.status in FINAL:
                return reply
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            with suppress(TimeoutError):
                await within(min(BEAT_SECONDS, left), tap.get())
    finally:
        hub.leave(conversation_id, bell)


def load(reply_id: uuid.UUID | None) -> Message | None:
    """The reply's row. Blocking."""
    return Message.objects.filter(pk=reply_id).first() if reply_id else None
