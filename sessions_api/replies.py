"""Generating replies: one asyncio task each, owned by a lease on its row, apart from every socket and request.

Closing a tab never cancels it; only ``stop`` does. A task that dies leaves its row to the sweeper of any process.
"""

import asyncio
import logging
import time
import uuid
from dataclasses import replace
from typing import Any

from django.conf import settings

from bots.engines.base import Activity, End, EngineError, HistoryItem, Note, Reasoning, Sources, Text, Usage
from rendering import Change, Features, Stream, render, utf16_length
from sessions_api.bill import CUT, Bill
from sessions_api.calling import LoggedCaller
from sessions_api.checkpoints import Fullness
from sessions_api.context import Context, NoBot, load_context
from sessions_api.errors import Refused
from sessions_api.hub import hub
from sessions_api.log import Scene
from sessions_api.making import Making
from sessions_api.models import Message
from sessions_api.pace import Pace
from sessions_api.recent import recent
from sessions_api.reply_operations import Checkpoint, Close, Closed
from sessions_api.usage import Spent, record_usage
from sessions_api.wire import Followed, delta_frame

logger = logging.getLogger(__name__)
CHECKPOINT_SECONDS = 0.5
CHECKPOINT_CHARACTERS = 2048
YIELD_EVERY = 64  # events of an engine that never waits

Status = Message.Status
Tap = asyncio.Queue[Any]  # takes an engine's events, and last the generation itself


class Generation:
    """One attempt at one reply. It is the hub's ``Live`` of its conversation while it runs."""

    def __init__(self, message: Message, scene: Scene, journal: Any) -> None:
        self.id: uuid.UUID = message.pk
        self.conversation_id: uuid.UUID = message.conversation_id
        self.attempt = message.attempt
        self.lost = False
        self.ended = False  # no more events
        self.taps: list[Tap] = list(getattr(message, "taps", ()))  # HTTP streams that want the engine's events
        self.message = message
        self.scene = scene
        self._journal = journal
        self._stream = Stream(Features())
        self._pace = Pace(self._flush)
        self._making = Making(self._show_thinking)
        self._caller: LoggedCaller | None = None
        self._context: Context | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop = False
        self._sources: list[dict[str, str]] = []
        self._bill = Bill()
        self._kept = (self._bill.began, 0)
        self._checkpoint: asyncio.Task[None] | None = None

    @property
    def full(self) -> Fullness | None:
        """How the older part of the talk is to be summed up, where it is time."""
        context = self._context
        return context.fullness if context and context.fullness and context.fullness.reached(context.turn.history) else None

    @property
    def rev(self) -> int:
        """Number of the last change that was sent."""
        return self._stream.rev

    @property
    def _shown(self) -> bool:
        return self._context is not None and self._context.stream

    @property
    def text(self) -> str:
        """What was written so far."""
        return self._stream.text

    def snapshot(self) -> dict[str, Any]:
        """Everything shown so far, as one long delta; nothing of it where the widget shows replies only when they are whole."""
        return self._frame(self._stream.snapshot() if self._shown else Change(rev=0, start=0, sealed=0, blocks=()))

    def request_stop(self) -> None:
        """End now; what was written stays. Before the task's first step it ends there."""
        if not self._stop:
            self._stop = True
            if self._task:
                self._task.cancel()

    async def run(self) -> None:
        """Generate, then close the row; whatever goes wrong becomes a coded end with what arrived kept."""
        self._task = asyncio.current_task()
        status: str = Status.DONE
        code = cause = ""
        try:
            if self._stop:
                raise asyncio.CancelledError
            self._context = await load_context(self.scene, self.message)
            self._stream = Stream(self._context.features)
            if isinstance(self._context.turn.call, LoggedCaller):
                self._caller = self._context.turn.call
                self._caller.attach(self._journal, self.taps)
                await self._caller.ready()
            async with asyncio.timeout(settings.REPLY_SECONDS):
                status, code = await self._generate(self._context)
        except EngineError as error:
            status, code, cause = Status.FAILED, error.code, error.cause
        except TimeoutError:
            status, code, cause = Status.FAILED, "timeout", f"No end after {settings.REPLY_SECONDS} s"
        except NoBot:
            status, code, cause = Status.FAILED, "no_bot", "Neither the widget nor the conversation has a bot"
        except asyncio.CancelledError:
            if not self._stop:  # the process ends: the row stays open for whoever takes it over
                self._pace.stop()
                hub.end(self.conversation_id, self)
                raise
            self._task.uncancel()  # type: ignore[union-attr]
            status = Status.STOPPED
        except Exception as error:
            private = self._context is not None and self._context.private  # what an exception says may repeat a text
            logger.error("reply %s failed: %s", self.id, type(error).__name__, exc_info=None if private else error)
            status, code, cause = Status.FAILED, "internal", type(error).__name__
        self._pace.stop()
        self._making.stop()
        self._task = None  # nothing interrupts the end
        if self._caller is not None:
            await self._caller.end(lost=self.lost)
        self.ended = True
        for tap in self.taps:
            tap.put_nowait(self)
        self._bill.close(self._context.turn if self._context else None, cut=status == Status.STOPPED or code in CUT)
        try:
            if self.lost or not await self._close(status, code, cause):
                await self._charge(status, code)
        finally:
            hub.end(self.conversation_id, self)

    async def _generate(self, context: Context) -> tuple[str, str]:
        events = context.engine.reply(context.turn)
        count = 0
        try:
            async for event in events:
                ended = self._take(event, context)
                if ended is not None:
                    return Status.DONE, ended
                count += 1
                if count % YIELD_EVERY == 0:
                    await asyncio.sleep(0)
            return Status.DONE, ""
        finally:
            await events.aclose()  # type: ignore[attr-defined]

    def _take(self, event: Any, context: Context) -> str | None:
        """Use one event; answers the reply's code once it is over ("" for a proper end)."""
        if isinstance(event, Usage) and not event.model:
            event = replace(event, model=context.turn.model)
        for tap in self.taps:
            tap.put_nowait(event)
        match event:
            case Text(text):
                self._bill.said(text)
                self._stream.feed(text)
                if context.stream:
                    self._pace.due()
                self._keep()
                if len(self._stream.text) > settings.REPLY_BYTES:
                    return "length"
            case Activity(kind, name, text, done):
                if context.verbose:
                    hub.activity(self.conversation_id, {
                        "type": "activity", "reply": str(self.id), "kind": kind, "name": name, "text": text, "done": done,
                    })
            case Reasoning(text):
                self._bill.thought(text)
                self._making.think(text, context.verbose)
            case Note():
                self._making.note(event)
            case Sources(items):
                self._sources = [{"title": item.title, "url": item.url} for item in items]
            case Usage():
                self._bill.counted(event)
            case End(reason):
                return "" if reason == "stop" else reason
        return None

    def _flush(self) -> None:
        change = self._stream.change()
        if change is not None and not self.lost:
            hub.delta(self.conversation_id, str(self.id), self._frame(change))

    def _show_thinking(self, text: str) -> None:
        if not self.lost:
            hub.activity(self.conversation_id, {"type": "reasoning", "reply": str(self.id), "attempt": self.attempt, "text": text})

    def _frame(self, change: Change) -> dict[str, Any]:
        return delta_frame(change, self.message.position, self.attempt)

    def _keep(self) -> None:
        """Checkpoint for readers that join later; the generation does not wait for it."""
        moment, size = self._kept
        now = time.monotonic()
        grown = len(self._stream.text) - size
        if self._checkpoint is None and grown and (now - moment > CHECKPOINT_SECONDS or grown > CHECKPOINT_CHARACTERS):
            self._kept = (now, len(self._stream.text))
            self._checkpoint = asyncio.get_running_loop().create_task(self._store())

    async def _store(self) -> None:
        try:
            blocks = list(self._stream.snapshot().blocks)
            text = self._stream.text
            stop = await self._journal.run(Checkpoint(self.conversation_id, self.id, self.attempt, text, blocks))
            if stop is None:
                self.lost = True
            if stop is not False:
                self.request_stop()
        except Exception as error:
            logger.warning("reply %s: checkpoint failed: %s", self.id, type(error).__name__)
        finally:
            self._checkpoint = None

    async def _close(self, status: str, code: str, cause: str) -> bool:
        """Whether this attempt ended its row: not where that is gone or another's."""
        rendered = self._stream.finish()
        if self._shown:
            self._flush()  # the last delta: what a client holds then is what is stored
        if self._context and not self._stream.text and status == Status.DONE:
            status, code, cause = Status.FAILED, "empty", "The engine ended without a word"
        reply = Message(
            pk=self.id, conversation_id=self.conversation_id, type=Message.Type.BOT, status=status, code=code, cause=cause,
            text=self._stream.text, blocks=list(rendered.blocks), sources=self._sources, usage=self._bill.usage,
            position=self.message.position, attempt=self.attempt, created_at=self.message.created_at,
            question_id=self.message.question_id,
        )
        if self._shown and self._stream.rev:
            reply.followed = Followed(self._stream.rev, utf16_length(rendered.html))  # type: ignore[attr-defined]
        notes = self._making.rows(self.conversation_id, self.id)
        while True:
            try:
                closed = await self._journal.run(Close(self.conversation_id, reply, self.attempt, notes))
                self._remember(closed)
                return closed is not None
            except Exception as error:
                if isinstance(error, Refused) and error.code != "unavailable":  # its conversation was deleted meanwhile
                    return False
                # The database is away: keep the reply until it is back, the lease decides who may.
                logger.warning("reply %s: close failed: %s", self.id, type(error).__name__)
                await asyncio.sleep(1)
                if self.lost:
                    return False

    def _remember(self, closed: Closed | None) -> None:
        if closed is None or closed.opened is not None or self._context is None or not closed.reply.text:
            return
        said = HistoryItem("bot", closed.reply.text)
        recent.keep(self.conversation_id, closed.reply.seq, (*self._context.turn.history, said))

    async def _charge(self, status: str, code: str) -> None:
        """What a language model wrote for a conversation that was deleted meanwhile, or for another attempt's row, costs as well."""
        if self._context is not None and self._context.turn.access is not None:
            scene = self.scene
            spent = Spent(
                scene.owner_id, status, code, self._bill.usage, scene.widget_id, scene.bot_id, self.conversation_id, self.id, is_reply=False
            )
            await record_usage(spent)


def rendered_blocks(text: str, features: Features) -> list[str]:
    """The html blocks of a text that is there at once."""
    return list(render(text, features).blocks)
