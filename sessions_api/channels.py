"""Channels of an operator: what is published is a row for a while; the channel layer and this process's bells only say "look".

Subscribers of a process share one poll, so that their number costs nobody anything.
"""

import asyncio
import hashlib
import logging
import random
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from sessions_api.models import ChannelMessage
from sessions_api.patience import within
from sessions_api.threads import in_thread

logger = logging.getLogger(__name__)
Key = tuple[Any, str]  # owner and channel
KEPT = 10_000  # messages a channel
TRIM_EVERY = 200  # publications, on average
LATE_SECONDS = 10.0  # how much later than its id says a message may be committed, other machines' clocks included
POLL_SECONDS = 2.0
READ = 200  # rows at a time


class Bells:
    """The subscribers of this process; listens to other processes while there are any."""

    def __init__(self) -> None:
        self._waiting: dict[Key, set[asyncio.Event]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._channel = ""

    async def join(self, key: Key, bell: asyncio.Event) -> None:
        """Ring the bell at each publication from now on."""
        bells = self._waiting.setdefault(key, set())
        bells.add(bell)
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._poll())]
            if settings.REDIS_URL:
                self._channel = await get_channel_layer().new_channel("channels")
                self._tasks.append(asyncio.create_task(self._listen()))
                for waiting in list(self._waiting):  # also who came while that was made
                    await _quietly(get_channel_layer().group_add(_group(waiting), self._channel))
        elif len(bells) == 1 and self._channel:
            await _quietly(get_channel_layer().group_add(_group(key), self._channel))

    async def leave(self, key: Key, bell: asyncio.Event) -> None:
        """The opposite."""
        bells = self._waiting.get(key, set())
        bells.discard(bell)
        if bells:
            return
        self._waiting.pop(key, None)
        channel = self._channel
        if not self._waiting:
            for task in self._tasks:
                task.cancel()
            self._tasks, self._channel = [], ""
        if channel:
            await _quietly(get_channel_layer().group_discard(_group(key), channel))

    def ring(self, key: Key) -> None:
        """Something was published."""
        for bell in self._waiting.get(key, ()):
            bell.set()

    async def _poll(self) -> None:
        """Doorbells may get lost."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                for key in await in_thread(_busy)(list(self._waiting)):
                    self.ring(key)
            except Exception as error:
                logger.warning("channels: the database does not answer: %s", type(error).__name__)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                message = await layer.receive(self._channel)
                self.ring((message["owner"], message["channel"]))
            except Exception as error:
                logger.warning("channels: the channel layer does not answer: %s", type(error).__name__)
                await asyncio.sleep(1)


bells = Bells()


class Reader:
    """Reads a channel in the order of ids, each message once, also those that were committed a little late. Blocking."""

    def __init__(self, key: Key, history: int = 0) -> None:
        self._rows = ChannelMessage.objects.filter(owner_id=key[0], channel=key[1])
        self._floor = _id_at(time.time() - LATE_SECONDS)
        last = list(self._rows.order_by("-id").values_list("pk", flat=True)[:history])
        known = self._rows.filter(pk__gt=self._floor).values_list("pk", flat=True)
        self._seen = {*known, *last}
        self._replay = last  # newest first

    def read(self) -> list[ChannelMessage]:
        """The next messages, ``READ`` at most; none where there is nothing new."""
        if self._replay:
            self._replay, ids = self._replay[:-READ], self._replay[-READ:]
        else:
            ids = self._unread()
        found = ChannelMessage.objects.in_bulk(ids)
        return [found[pk] for pk in sorted(ids) if pk in found]

    def _unread(self) -> list[uuid.UUID]:
        newer = self._rows.filter(pk__gt=self._floor).order_by("pk").values_list("pk", flat=True)
        ids = [pk for pk in newer if pk not in self._seen][:READ]
        self._seen.update(ids)
        if len(ids) < READ:
            self._floor = max(self._floor, _id_at(time.time() - LATE_SECONDS))
            self._seen = {pk for pk in self._seen if pk > self._floor}
        return ids


async def publish(key: Key, data: dict[str, Any]) -> ChannelMessage:
    """Store a message and tell every subscriber, in every process."""
    message = await in_thread(_store)(key, data)
    bells.ring(key)
    if settings.REDIS_URL:
        layer = get_channel_layer()
        await _quietly(layer.group_send(_group(key), {"type": "channel", "owner": key[0], "channel": key[1]}))
    return message


async def subscribe(key: Key, history: int = 0, beat: float = 10.0) -> AsyncGenerator[ChannelMessage | None]:
    """What is published from now on, after the last ``history`` messages; None where there was nothing for ``beat`` seconds.

    Now is when this is awaited, not when the iterator is first asked.
    """
    return _subscription(key, await in_thread(Reader)(key, history), beat)


async def _subscription(key: Key, reader: Reader, beat: float) -> AsyncGenerator[ChannelMessage | None]:
    bell = asyncio.Event()
    await bells.join(key, bell)
    try:
        while True:
            bell.clear()
            while messages := await in_thread(reader.read)():
                for message in messages:
                    yield message
            try:
                await within(beat, bell.wait())
            except TimeoutError:
                yield None
    finally:
        await asyncio.shield(bells.leave(key, bell))


class OwnChannels:
    """The ``Channels`` of a turn: those of one owner."""

    def __init__(self, owner_id: Any) -> None:
        self._owner_id = owner_id

    async def __call__(self, channel: str) -> Callable[[], Awaitable[Any]]:
        """Listen; awaiting the answer gives the data of the next message."""
        messages = await subscribe((self._owner_id, channel))

        async def following() -> Any:
            try:
                async for message in messages:
                    if message is not None:
                        return message.data
            finally:
                await messages.aclose()

        return following


def forget_old() -> int:
    """Delete what is older than ``CHANNEL_SECONDS``, and of a channel all but the newest; how many. Blocking."""
    old = ChannelMessage.objects.filter(created_at__lt=timezone.now() - timedelta(seconds=settings.CHANNEL_SECONDS))
    deleted = old.delete()[0]
    full = ChannelMessage.objects.order_by().values_list("owner_id", "channel").annotate(size=Count("pk")).filter(size__gt=KEPT)
    return deleted + sum(_trim((owner, channel)) for owner, channel, _ in full)


def _trim(key: Key) -> int:
    rows = ChannelMessage.objects.filter(owner_id=key[0], channel=key[1])
    last = rows.order_by("-id").values_list("pk", flat=True)[KEPT - 1 : KEPT].first()
    return rows.filter(pk__lt=last).delete()[0] if last else 0


def _store(key: Key, data: dict[str, Any]) -> ChannelMessage:
    message = ChannelMessage.objects.create(owner_id=key[0], channel=key[1], data=data)
    if random.randrange(TRIM_EVERY) == 0:  # noqa: S311 (spreads work, guards nothing)
        _trim(key)
    return message


def _busy(keys: list[Key]) -> list[Key]:
    """Which of these channels had something published lately."""
    floor = _id_at(time.time() - LATE_SECONDS)
    found: list[Key] = []
    for start in range(0, len(keys), 200):
        names = {channel for _, channel in keys[start : start + 200]}
        owners = {owner for owner, _ in keys[start : start + 200]}
        rows = ChannelMessage.objects.filter(owner_id__in=owners, channel__in=names, pk__gt=floor).order_by()
        found.extend(rows.values_list("owner_id", "channel").distinct())
    return found


def _id_at(moment: float) -> uuid.UUID:
    """Ids of later messages are greater, those of earlier ones are not."""
    return uuid.UUID(int=int(max(moment, 0) * 1000) << 80)


def _group(key: Key) -> str:
    return "channel." + hashlib.sha256(f"{key[0]}:{key[1]}".encode()).hexdigest()[:40]


async def _quietly(work: Awaitable[Any]) -> None:
    try:
        await work
    except Exception as error:  # a lost doorbell costs delay, never a message: the rows are polled
        logger.warning("channels: the channel layer does not answer: %s", type(error).__name__)
