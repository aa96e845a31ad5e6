"""One visitor's socket, without the transport: where it is in the log, and what it must be sent to stay there."""

import asyncio
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from rendering import Change
from sessions_api.history import Since, changed_since
from sessions_api.hub import hub
from sessions_api.models import Message
from sessions_api.outbox import Outbox, Send
from sessions_api.seats import waiting_calls
from sessions_api.switchboard import switchboard
from sessions_api.threads import in_thread
from sessions_api.wire import ROWS_BYTES, CloseCode, delta_frame, dumps


class Socket:
    """A ``Listener`` of the hub, and a ``Seat`` of the switchboard. ``close(code)`` ends the transport and must return at once."""

    def __init__(self, conversation_id: uuid.UUID, send: Send, close: Callable[[int], None], tab: str = "") -> None:
        self.conversation_id = conversation_id
        self.tab = tab
        self.functions: frozenset[str] | None = None
        self.seq = 0
        self._send = send
        self._close = close
        self._outbox = Outbox(send, self._merged, lambda: close(CloseCode.TIMEOUT))
        self._ready = False
        self._known = 0  # the newest number heard of
        self._open: dict[str, Any] | None = None  # reply, attempt and rev that the client holds
        self._task: asyncio.Task[None] | None = None

    async def start(self, resume: dict[str, Any] | None, welcome: Callable[[Since], dict[str, Any]]) -> None:
        """Join, say welcome, bring the client up to date. Events that happen meanwhile are held until that is out."""
        hub.join(self.conversation_id, self)
        await self._catch_up(resume or {}, welcome)

    async def resume(self, resume: dict[str, Any]) -> None:
        """The client noticed a gap: the same as in ``start``, from where it says it is."""
        self._ready = False
        if self._task:
            self._task.cancel()
        await self._catch_up(resume, None)

    def stop(self) -> None:
        """Leave; nothing is sent any more."""
        hub.leave(self.conversation_id, self)
        switchboard.leave(self)
        self._outbox.close()
        if self._task:
            self._task.cancel()

    async def declare(self, functions: Iterable[str]) -> None:
        """The page behind it has these functions; calls of them that wait come here."""
        self.functions = frozenset(functions)
        if self.functions:
            await self._take_calls()

    def frame(self, frame: str) -> None:
        """Send a frame that has no number."""
        if self._ready:
            self._outbox.push(frame)

    def reply(self, frame: dict[str, Any]) -> None:
        """Answer the client itself; never held back."""
        self._outbox.push(dumps(frame))

    async def flushed(self) -> None:
        """Wait until everything queued is out."""
        await self._outbox.flushed()

    def delta(self, reply_id: str, frame: str) -> None:
        """Send a piece of an open reply; while catching up its snapshot comes later anyway."""
        if self._ready:
            self._outbox.push(frame, reply_id)

    def rows(self, seqs: list[int], frame: str) -> None:
        """Send rows where they are the next; a gap is read from the log."""
        head = max(seqs)
        self._known = max(self._known, head)
        if not self._ready or head <= self.seq:
            return
        if sorted(seqs) == list(range(self.seq + 1, head + 1)):
            self.seq = head
            self._outbox.push(frame)
        else:
            self.knock(head)

    def knock(self, head: int) -> None:
        """The log is at ``head`` now; read what is missing."""
        self._known = max(self._known, head)
        if self._ready and head > self.seq:
            self._ready = False
            self._task = asyncio.get_running_loop().create_task(self._catch_up({"seq": self.seq}, None))

    async def _catch_up(self, resume: dict[str, Any], welcome: Callable[[Since], dict[str, Any]] | None) -> None:
        after = resume.get("seq", 0)
        opened: Message | None = None
        while True:
            since = await in_thread(changed_since)(self.conversation_id, after)
            if since is None:
                self._close(CloseCode.GONE)
                return
            opened = since.open
            await self._outbox.flushed()
            if welcome:
                await self._send(dumps(welcome(since)))
                welcome = None
            strange = "epoch" in resume and resume["epoch"] != since.epoch
            if strange or since.more:
                await self._send(dumps({"type": "resync", "reason": "epoch" if strange else "behind"}))
            else:
                await self._send_rows(since)
            after = self.seq = since.head
            resume = {"seq": after, "open": resume.get("open")}
            if self._known <= self.seq:
                break
        self._ready = True
        switchboard.sit(self)
        if opened is not None:
            self._show_open(opened, resume.get("open"))
            await self._take_calls()

    async def _take_calls(self) -> None:
        switchboard.offer(self, await in_thread(waiting_calls)(self.conversation_id))

    async def _send_rows(self, since: Since) -> None:
        """In chunks of at most 64 KiB, each awaited and outside the backpressure count."""
        chunk: list[dict[str, Any]] = []
        size = 0
        for shape in since.rows:
            weight = len(dumps(shape))
            if chunk and size + weight > ROWS_BYTES:
                await self._send(dumps({"type": "rows", "rows": chunk, "head": chunk[-1]["seq"], "more": True}))
                chunk, size = [], 0
            chunk.append(shape)
            size += weight
        await self._send(dumps({"type": "rows", "rows": chunk, "head": since.head, "more": False}))

    def _show_open(self, opened: Message, held: Any) -> None:
        live = hub.live.get(self.conversation_id)
        if live is not None and live.id == opened.pk and live.attempt == opened.attempt:
            if held != {"reply": str(live.id), "attempt": live.attempt, "rev": live.rev}:
                self._outbox.push(dumps(live.snapshot()), str(live.id))
            return
        hub.want(self.conversation_id, str(opened.pk), lambda: self._show_checkpoint(opened))

    def _show_checkpoint(self, opened: Message) -> None:
        """What the log has of a reply that nobody seems to be writing; its next owner starts anew."""
        state = Change(rev=0, start=0, sealed=0, blocks=tuple(opened.blocks))
        self.delta(str(opened.pk), dumps(delta_frame(state, opened.position, opened.attempt)))

    def _merged(self, reply_id: str) -> str | None:
        live = hub.live.get(self.conversation_id)
        return dumps(live.snapshot()) if live is not None and str(live.id) == reply_id else None
