"""Who hears of a change: the sockets of this process directly, other processes by the channel layer.

Rows are the truth, so the layer carries only doorbells for them ("look, the head is n"). Deltas of a reply go to another process
only after it said ``want``: sent token by token through a layer, a reply would cost ten times its own CPU.
"""

import asyncio
import logging
import secrets
import uuid
from collections.abc import Callable
from typing import Any, Protocol

from channels.layers import get_channel_layer
from django.conf import settings

from sessions_api.log import Change
from sessions_api.wire import dumps, shown

logger = logging.getLogger(__name__)
WANT_SECONDS = 1.0


class Listener(Protocol):
    """A socket of this process. Each call must return at once."""

    def rows(self, seqs: list[int], frame: str) -> None: ...
    def knock(self, head: int) -> None: ...
    def delta(self, reply_id: str, frame: str) -> None: ...
    def frame(self, frame: str) -> None: ...


class Live(Protocol):
    """A reply that this process is generating."""

    id: uuid.UUID
    attempt: int

    @property
    def rev(self) -> int: ...
    def snapshot(self) -> dict[str, Any]: ...
    def request_stop(self) -> None: ...


class Hub:
    """One a process; everything but ``publish`` and ``stop_reply`` runs on its loop."""

    def __init__(self) -> None:
        self.rooms: dict[uuid.UUID, set[Listener]] = {}
        self.live: dict[uuid.UUID, Live] = {}
        self.hear: dict[str, Callable[[uuid.UUID, dict[str, Any]], None]] = {}  # what else other processes may say, by its kind
        self._wanted: set[uuid.UUID] = set()  # conversations whose deltas other processes asked for
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._inbox: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._channel = ""
        self._id = secrets.token_hex(6)

    @property
    def shared(self) -> bool:
        """Whether other processes may hold sockets."""
        return bool(settings.REDIS_URL)

    async def start(self) -> None:
        """Take the running loop, and listen to other processes where there may be some."""
        self._loop = asyncio.get_running_loop()
        if self.shared:
            self._channel = await get_channel_layer().new_channel("hub")
            self._inbox = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening."""
        for task in [self._inbox, *self._tasks]:
            if task:
                task.cancel()
        self._inbox = self._loop = None
        self._tasks.clear()

    def join(self, conversation_id: uuid.UUID, listener: Listener) -> None:
        """Deliver the conversation's changes to this listener from now on."""
        room = self.rooms.setdefault(conversation_id, set())
        room.add(listener)
        if len(room) == 1 and self.shared:
            self._spawn(get_channel_layer().group_add(self._group(conversation_id), self._channel))

    def leave(self, conversation_id: uuid.UUID, listener: Listener) -> None:
        """The opposite; does nothing for one who never joined."""
        room = self.rooms.get(conversation_id)
        if room is None:
            return
        room.discard(listener)
        if not room:
            del self.rooms[conversation_id]
            if self.shared:
                self._spawn(get_channel_layer().group_discard(self._group(conversation_id), self._channel))

    def publish(self, changes: list[Change]) -> None:
        """Tell everybody of committed rows. Any thread may call it."""
        rows: dict[uuid.UUID, list[tuple[int, dict[str, Any] | None]]] = {}
        for change in changes:
            message = change.message
            rows.setdefault(change.conversation_id, []).append((message.seq, shown(message)))
        loop = self._loop
        if loop is None:
            return  # no sockets here (a worker, a command): the others poll the heads
        try:
            on_loop = asyncio.get_running_loop() is loop
        except RuntimeError:
            on_loop = False
        if on_loop:
            self._deliver(rows)
        else:
            loop.call_soon_threadsafe(self._deliver, rows)

    def delta(self, conversation_id: uuid.UUID, reply_id: str, frame: dict[str, Any]) -> None:
        """Send a piece of an open reply."""
        room = self.rooms.get(conversation_id)
        if room:
            text = dumps(frame)
            for listener in room:
                listener.delta(reply_id, text)
        if conversation_id in self._wanted:
            self._send(conversation_id, "delta", reply=reply_id, frame=frame)

    def activity(self, conversation_id: uuid.UUID, frame: dict[str, Any]) -> None:
        """Tell what the bot is doing; lost on a cut, which harms nobody."""
        for listener in self.rooms.get(conversation_id, ()):
            listener.frame(dumps(frame))
        if conversation_id in self._wanted:
            self._send(conversation_id, "activity", frame=frame)

    def want(self, conversation_id: uuid.UUID, reply_id: str, fallback: Any) -> None:
        """Ask whoever generates this reply for its state; ``fallback`` runs where nobody answers within a second."""
        if not self.shared:
            fallback()
            return
        if reply_id in self._waiting:
            self._waiting[reply_id].cancel()
        loop = asyncio.get_running_loop()
        self._waiting[reply_id] = loop.call_later(WANT_SECONDS, self._unanswered, reply_id, fallback)
        self._send(conversation_id, "want", reply=reply_id)

    def begin(self, conversation_id: uuid.UUID, live: Live) -> None:
        """This process generates a reply of the conversation now."""
        self.live[conversation_id] = live

    def end(self, conversation_id: uuid.UUID, live: Live) -> None:
        """It does no longer."""
        if self.live.get(conversation_id) is live:
            del self.live[conversation_id]
            self._wanted.discard(conversation_id)

    def stop_reply(self, conversation_id: uuid.UUID, reply_id: uuid.UUID) -> None:
        """Tell the generator, here or elsewhere, that a stop was requested; the row says so too."""
        live = self.live.get(conversation_id)
        if live is not None and live.id == reply_id:
            live.request_stop()
        elif self.shared:
            self._send(conversation_id, "stop", reply=str(reply_id), group=self._everyone())

    def send(self, conversation_id: uuid.UUID, kind: str, *, everyone: bool = False, **body: Any) -> None:
        """Tell the processes that hold sockets of the conversation, or every one; they ``hear`` it."""
        self._send(conversation_id, kind, group=self._everyone() if everyone else "", **body)

    def _deliver(self, rows: dict[uuid.UUID, list[tuple[int, dict[str, Any] | None]]]) -> None:
        for conversation_id, changed in rows.items():
            head = max(seq for seq, _ in changed)
            room = self.rooms.get(conversation_id)
            if room:
                shown = [shape for _, shape in changed if shape]
                text = dumps({"type": "rows", "rows": shown, "head": head, "more": False})
                for listener in list(room):
                    listener.rows([seq for seq, _ in changed], text)
            if self.shared:
                self._send(conversation_id, "doorbell", head=head)

    def _group(self, conversation_id: uuid.UUID) -> str:
        return f"conversation.{conversation_id}"

    def _everyone(self) -> str:
        return "replies"

    def _send(self, conversation_id: uuid.UUID, kind: str, group: str = "", **body: Any) -> None:
        message = {"type": kind, "conversation": str(conversation_id), "from": self._id, **body}
        target = group or (self._everyone() if kind == "want" else self._group(conversation_id))
        self._spawn(get_channel_layer().group_send(target, message))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Any) -> None:
        try:
            await work
        except Exception as error:  # a lost doorbell costs delay, never data: heads are polled
            logger.warning("hub: the channel layer does not answer: %s", type(error).__name__)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        await self._quietly(layer.group_add(self._everyone(), self._channel))
        while True:
            try:
                message = await layer.receive(self._channel)
                if message.get("from") != self._id:
                    self._hear(message)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                logger.warning("hub: the channel layer does not answer: %s", type(error).__name__)
                await asyncio.sleep(1)

    def _hear(self, message: dict[str, Any]) -> None:
        conversation_id = uuid.UUID(message["conversation"])
        room = list(self.rooms.get(conversation_id, ()))
        live = self.live.get(conversation_id)
        match message["type"]:
            case "doorbell":
                for listener in room:
                    listener.knock(message["head"])
            case "delta":
                handle = self._waiting.pop(message["reply"], None)
                if handle:
                    handle.cancel()
                text = dumps(message["frame"])
                for listener in room:
                    listener.delta(message["reply"], text)
            case "activity":
                for listener in room:
                    listener.frame(dumps(message["frame"]))
            case "want" if live is not None and str(live.id) == message["reply"]:
                self._wanted.add(conversation_id)
                self._send(conversation_id, "delta", reply=message["reply"], frame=live.snapshot())
            case "stop" if live is not None and str(live.id) == message["reply"]:
                live.request_stop()
            case kind if kind in self.hear:
                self.hear[kind](conversation_id, message)

    def _unanswered(self, reply_id: str, fallback: Any) -> None:
        self._waiting.pop(reply_id, None)
        fallback()


hub = Hub()
