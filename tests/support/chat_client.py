"""A small reference client of the conversation's socket: it keeps rows, applies deltas exactly, and heals gaps by ``resume``."""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Callable
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.support.drafts import DeltaGap, Draft, Frame, utf16_length

WAIT_SECONDS = 30.0
UNFINISHED = ("open", "queued")


class ChatClient:
    """A tab of a conversation; ``async with`` connects, says hello and waits until it is up to date.

    ``frames`` is everything received, ``rows`` the newest state of each message by id, ``drafts`` the open replies by
    "position.attempt", ``code`` the close code once the socket is closed.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        origin: str | None = None,
        resume: Frame | None = None,
        tab: str = "test",
    ) -> None:
        self.url = url.replace("http", "ws", 1) + "/ws/v1/conversation"
        self.token = token
        self.tab = tab
        self.origin = url if origin is None else origin
        self.frames: list[Frame] = []
        self.rows: dict[str, Frame] = {}
        self.drafts: dict[str, Draft] = {}
        self.seq = 0
        self.epoch = ""
        self.code: int | None = None
        self.answers_heartbeats = True
        self._resume = resume
        self._changed = asyncio.Condition()
        self._socket: ClientConnection
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        await self.hello()
        await self.wait_for(lambda: self.of("rows") or self.of("resync") or self.code)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Open the transport; nothing is said yet."""
        headers = {"Origin": self.origin} if self.origin else {}
        self._socket = await connect(
            self.url, additional_headers=headers, subprotocols=[Subprotocol("chat.v1")], compression=None, proxy=None,
            ping_interval=None, max_size=2**24,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._read())

    async def hello(self) -> None:
        """Say who this is and what is held."""
        resume = self._resume or (self.position() if self.epoch else None)
        await self.say("hello", token=self.token, tab=self.tab, **({"resume": resume} if resume else {}))

    async def reconnect(self) -> None:
        """Open a new socket after a cut, from where this one was."""
        self.frames.clear()
        self.code = None
        await self.__aenter__()

    async def cut(self) -> None:
        """Lose the connection without a word."""
        self._socket.transport.abort()
        await self.closed()

    async def close(self) -> None:
        """Leave."""
        if self._reader:
            await self._socket.close()
            await self._reader

    def position(self) -> Frame:
        """Where this client is, for ``resume``."""
        held = next(
            (row for row in self.rows.values() if row.get("status") == "open" and self.draft(row).rev >= 0),
            None,
        )
        at: Frame = {"epoch": self.epoch, "seq": self.seq}
        if held:
            at["open"] = {"reply": held["id"], "attempt": held["attempt"], "rev": self.draft(held).rev}
        return at

    async def say(self, kind: str, **fields: Any) -> None:
        """Send a frame."""
        await self.raw(json.dumps({"type": kind, **fields}))

    async def raw(self, data: str | bytes) -> None:
        """Send anything; what a closed socket does not take is lost."""
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(data)

    async def send(self, text: str, cid: str | None = None, **fields: Any) -> Frame:
        """Send a message; its ``sent`` or ``nack``."""
        cid = cid or str(uuid.uuid4())
        seen = len(self.frames)
        await self.say("send", cid=cid, text=text, **fields)

        def answer() -> Frame | None:
            return next(
                (
                    frame
                    for frame in self.frames[seen:]
                    if frame.get("cid") == cid and frame["type"] in ("sent", "nack")
                ),
                None,
            )

        return await self.wait_for(answer)

    async def ask(self, text: str) -> Frame:
        """Send a message and wait for the closing row of its reply."""
        sent = await self.send(text)
        assert sent["type"] == "sent", sent
        return await self.closing_row(sent["seq"] + 1)

    async def closing_row(self, position: int, attempt: int = 1) -> Frame:
        """The row of the reply at this position once it is closed, with its html."""

        def closed() -> Frame | None:
            row = self.at(position)
            return (
                row
                if row and row["status"] not in UNFINISHED and row["attempt"] >= attempt and "html" in row
                else None
            )

        return await self.wait_for(closed)

    async def growing(self, position: int, attempt: int = 1, until: str = "") -> Frame:
        """The row of the reply at this position once some html of it is here, ``until`` included."""

        def begun() -> Frame | None:
            row = self.at(position)
            return (
                row
                if row and row["attempt"] >= attempt and (html := self.draft(row).html) and until in html
                else None
            )

        return await self.wait_for(begun)

    async def received(self, kind: str, number: int = 1) -> list[Frame]:
        """The frames of a type, once there are so many."""

        def enough() -> list[Frame] | None:
            frames = self.of(kind)
            return frames if len(frames) >= number else None

        return await self.wait_for(enough)

    async def declare(self, *names: str) -> None:
        """Say that the page has just these functions, each of an object; wait until that is known."""
        known = len(self.of("ok"))
        functions = [{"name": name, "description": f"Does {name}", "parameters": {"type": "object"}} for name in names]
        await self.say("set", functions=functions)
        await self.received("ok", known + 1)

    async def called(self, number: int = 1) -> Frame:
        """The call that came as the ``number``-th."""
        return (await self.received("call", number))[number - 1]

    async def answer(self, call: Frame, **outcome: Any) -> None:
        """Say what came of a call: ``result``, ``error`` or ``abort``."""
        await self.say("result", call=call["call"], **outcome)

    async def vote(self, reply: str, value: int) -> None:
        """Wait until a reply shows this vote."""
        await self.wait_for(lambda: self.rows[reply].get("vote") == value)

    async def closed(self) -> int:
        """The close code, once the socket is closed."""
        await self.wait_for(lambda: self.code is not None)
        assert self.code is not None
        return self.code

    async def wait_for(self, ready: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
        """Wait until ``ready`` answers something true, looked at after every frame."""
        deadline = time.monotonic() + seconds
        async with self._changed:
            while not (answer := ready()):
                left = deadline - time.monotonic()
                try:
                    await asyncio.wait_for(self._changed.wait(), max(left, 0.001))
                except TimeoutError:
                    raise AssertionError(
                        f"not within {seconds} s; closed: {self.code}, last frames: {self.frames[-8:]}"
                    ) from None
        return answer

    def of(self, kind: str) -> list[Frame]:
        """The received frames of a type."""
        return [frame for frame in self.frames if frame["type"] == kind]

    def at(self, position: int) -> Frame | None:
        """The row with this position."""
        return next((row for row in self.rows.values() if row["position"] == position), None)

    def draft(self, row: Frame) -> Draft:
        """What is held of a reply; empty where nothing is."""
        return self.drafts.get(f"{row['position']}.{row.get('attempt', 1)}", Draft())

    @property
    def shown(self) -> list[Frame]:
        """The rows in the order in which people read them."""
        return sorted(
            (row for row in self.rows.values() if not row.get("deleted")), key=lambda row: row["position"]
        )

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                await self._take(json.loads(text))
        except ConnectionClosed:
            pass
        async with self._changed:
            self.code = self._socket.close_code or 1006
            self._changed.notify_all()

    async def _take(self, frame: Frame) -> None:
        self.frames.append(frame)
        match frame["type"]:
            case "welcome":
                self.epoch = frame["epoch"]
            case "rows":
                for row in frame["rows"]:
                    await self._take_row(row)
                self.seq = max(self.seq, frame["head"])
            case "delta":
                try:
                    self.drafts.setdefault(frame["to"], Draft()).apply(frame)
                except DeltaGap:
                    await self.say("resume", **self.position())
            case "hb":
                if self.answers_heartbeats:
                    await self.say("hb")
                if frame["head"] > self.seq:
                    await self.say("resume", **self.position())
        async with self._changed:
            self._changed.notify_all()

    async def _take_row(self, row: Frame) -> None:
        known = self.rows.get(row["id"])
        if known and known["seq"] > row["seq"]:
            return
        if "rev" in row:  # compact: it closes what was streamed
            draft = self.draft(row)
            if draft.rev != row["rev"] or utf16_length(draft.html) != row["length"]:
                await self.say("resume", epoch=self.epoch, seq=row["seq"] - 1)
                return
            row = {**row, "html": draft.html}
        self.rows[row["id"]] = row
