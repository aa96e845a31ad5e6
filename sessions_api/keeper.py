"""Who generates what: starts the replies that commits open, renews their leases, takes over dead ones, ends what is revoked."""

import asyncio
import logging
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from rendering import Features, render
from sessions_api.checkpoints import sum_up
from sessions_api.hub import hub
from sessions_api.journal import Journal
from sessions_api.log import Change
from sessions_api.models import Conversation, Message, Session
from sessions_api.replies import Generation
from sessions_api.reply_operations import TakeOver, renew_leases
from sessions_api.switchboard import switchboard
from sessions_api.threads import in_thread

logger = logging.getLogger(__name__)
RENEW_SECONDS = 5
POLL_SECONDS = 2
SWEEP_ROWS = 50


class Keeper:
    """The replies of this process."""

    def __init__(self) -> None:
        self.journal = Journal(self.publish)
        self.generations: dict[uuid.UUID, Generation] = {}
        self.sessions: dict[uuid.UUID, set[Any]] = {}  # open sockets by session; each has ``expire(reason)``
        self._tasks: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._periodic: list[asyncio.Task[None]] = []
        self._after: set[asyncio.Task[None]] = set()  # what is done when a reply has ended
        self._first_sweep = True

    async def start(self) -> None:
        """Take the running loop; take over what an earlier process left."""
        self._loop = asyncio.get_running_loop()
        self._first_sweep = True
        self._started = timezone.now()
        await hub.start()
        self._loop.run_in_executor(None, _warm)
        self._periodic = [
            asyncio.create_task(self._every(settings.SWEEP_SECONDS, self.sweep)),
            asyncio.create_task(self._every(RENEW_SECONDS, self.renew)),
            asyncio.create_task(self._every(POLL_SECONDS, self.poll)),
        ]

    async def stop(self) -> None:
        """Leave open replies to others at once, and write what is queued."""
        tasks = [*self._periodic, *self._tasks.values(), *self._after]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        left = dict(self.generations)
        self._periodic, self._loop = [], None
        self._tasks.clear()
        self.generations.clear()
        if left:
            await in_thread(renew_leases)(
                {pk: generation.attempt for pk, generation in left.items()}, timezone.now()
            )
        switchboard.clear()
        await hub.stop()
        await in_thread(self.journal.drain)()

    def publish(self, changes: list[Change]) -> None:
        """After a commit, in commit order: start what was opened, tell who listens."""
        loop = self._loop
        opened = [change for change in changes if change.message.status == Message.Status.OPEN]
        if loop is not None and opened:
            try:
                on_loop = asyncio.get_running_loop() is loop
            except RuntimeError:
                on_loop = False
            for change in opened:
                if on_loop:
                    self.generate(change)
                else:
                    loop.call_soon_threadsafe(self.generate, change)
        hub.publish(changes)

    def generate(self, change: Change) -> None:
        """Start the reply's task; an older attempt of the same reply is fenced out by its row."""
        message = change.message
        generation = Generation(message, change.scene, self.journal)
        self.generations[message.pk] = generation
        hub.begin(message.conversation_id, generation)
        task = asyncio.get_running_loop().create_task(generation.run(), name=f"reply {message.pk}")
        self._tasks[message.pk] = task
        task.add_done_callback(lambda done: self._done(generation, done))

    async def sweep(self) -> None:
        """Take over replies whose task died, and open queued ones that nobody opened."""
        first, self._first_sweep = self._first_sweep, False
        # With SQLite there is one process, so at its start every open reply has lost its task.
        alone = first and not settings.DATABASE_URL
        for conversation_id, reply_id, attempt in await in_thread(_unowned)(self._started if alone else None):
            if reply_id not in self.generations:
                await self.journal.run(TakeOver(conversation_id, reply_id, attempt, dead=alone))

    async def renew(self) -> None:
        """Keep the leases of this process; stop what somebody else owns now or a visitor stopped elsewhere."""
        owned = {pk: generation.attempt for pk, generation in self.generations.items()}
        if not owned:
            return
        kept = await in_thread(_renew)(owned)
        for pk in owned:
            generation = self.generations.get(pk)
            if generation is not None and generation.attempt == owned[pk] and kept.get(pk) is not False:
                generation.lost = generation.lost or pk not in kept
                generation.request_stop()

    async def poll(self) -> None:
        """Close sockets of revoked sessions; where other processes write, notice lost doorbells."""
        if self.sessions:
            gone = await in_thread(_revoked)(list(self.sessions))
            for jti in gone:
                for socket in list(self.sessions.get(jti, ())):
                    socket.revoked()
        if hub.shared and hub.rooms:
            heads = await in_thread(_heads)(list(hub.rooms))
            for conversation_id, head in heads:
                for listener in list(hub.rooms.get(conversation_id, ())):
                    listener.knock(head)

    def _done(self, generation: Generation, task: "asyncio.Task[None]") -> None:
        if self.generations.get(generation.id) is generation:
            del self.generations[generation.id]
            self._tasks.pop(generation.id, None)
        if not task.cancelled() and task.exception():
            logger.error("reply %s ended badly", generation.id, exc_info=task.exception())
        elif (fullness := generation.full) and self._loop is not None:
            after = self._loop.create_task(sum_up(self.journal, generation.scene, generation.message, fullness))
            self._after.add(after)
            after.add_done_callback(self._after.discard)

    async def _every(self, seconds: float, work: Any) -> None:
        while True:
            began = time.monotonic()
            try:
                await work()
            except Exception as error:
                logger.warning("%s failed: %s", work.__name__, type(error).__name__, exc_info=error)
            await asyncio.sleep(max(0.1, seconds - (time.monotonic() - began)))


def _warm() -> None:
    """Load what rendering loads on first use (lexers, tables), so that the first visitor's reply does not stall for it."""
    render("# A\n\n- b\n\n```python\nc = 1\n```\n\n| d |\n|---|\n| e |\n\n$f$ [g]()", Features())


def _unowned(before: datetime | None) -> list[tuple[uuid.UUID, uuid.UUID, int]]:
    """Open replies whose lease has run out, with ``before`` all that were there before that moment; and queued ones in no queue."""
    dead = Q(status=Message.Status.OPEN, lease_until__lt=Now())
    if before is not None:
        dead = Q(status=Message.Status.OPEN, updated_at__lt=before)
    rows = Message.objects.filter(dead).values_list("conversation_id", "pk", "attempt")[:SWEEP_ROWS]
    busy = Message.objects.filter(status=Message.Status.OPEN).values("conversation_id")
    queued = Message.objects.filter(status=Message.Status.QUEUED).exclude(conversation_id__in=busy).order_by("position")
    return [*rows, *queued.values_list("conversation_id", "pk", "attempt")[:SWEEP_ROWS]]


def _renew(owned: dict[uuid.UUID, int]) -> dict[uuid.UUID, bool]:
    return renew_leases(owned, Now() + timedelta(seconds=settings.LEASE_SECONDS))


def _revoked(jtis: list[uuid.UUID]) -> list[uuid.UUID]:
    alive: set[uuid.UUID] = set()
    for start in range(0, len(jtis), 500):
        alive.update(Session.objects.filter(pk__in=jtis[start : start + 500], revoked_at=None).values_list("pk", flat=True))
    return [jti for jti in jtis if jti not in alive]


def _heads(ids: list[uuid.UUID]) -> list[tuple[uuid.UUID, int]]:
    heads: list[tuple[uuid.UUID, int]] = []
    for start in range(0, len(ids), 500):
        heads.extend(Conversation.objects.filter(pk__in=ids[start : start + 500]).values_list("pk", "last_seq"))
    return heads


keeper = Keeper()
