"""The socket of a conversation: a table of contents; what each frame does lives in ``chat`` and ``sockets``."""

import logging
import time
import uuid
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from accounts.limits import client_address
from sessions_api import chat
from sessions_api.access import Gone, Opened, conversation_exists, open_session
from sessions_api.answering import answer_call
from sessions_api.chores import Chores
from sessions_api.doors import doors
from sessions_api.errors import Refused
from sessions_api.frames import BadFrame, TooBig, read_frame
from sessions_api.history import Since
from sessions_api.lifetime import Lifetime
from sessions_api.sockets import Socket
from sessions_api.surroundings import set_conversation
from sessions_api.threads import in_thread
from sessions_api.tokens import TokenError
from sessions_api.wire import PROTOCOL, CloseCode, ms
from widgetplatform import metrics
from widgets.config import aeffective_of

logger = logging.getLogger(__name__)


class ConversationConsumer(AsyncWebsocketConsumer):
    """``chat.v1``. The token of the first frame is the identity; no frame names a conversation."""

    channel_layer_alias = "none"  # the hub listens for the whole process

    async def connect(self) -> None:
        """Accept first, so that a refusal is a close code that the client can read."""
        self.socket: Socket | None = None
        self.opened: Opened | None = None
        self._chores = Chores()
        self._address = ""
        if PROTOCOL not in self.scope["subprotocols"]:
            await self.close()
            return
        await self.accept(PROTOCOL)
        address = client_address(self.scope)
        if not doors.enter_address(address):
            self._end(CloseCode.RATE)
            return
        self._address = address
        metrics.gauge("sockets", 1)
        self._chores.after("hello", settings.HELLO_SECONDS, self._end, CloseCode.TIMEOUT)

    async def disconnect(self, code: int) -> None:
        """Leave; whatever this socket started goes on."""
        self._chores.end()
        if self._address:
            doors.leave_address(self._address)
            metrics.gauge("sockets", -1)
        if self.socket is not None and self.opened is not None:
            self.socket.stop()
            doors.leave(self.opened.access, self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame. Handlers return at once; what takes time runs beside, in the order of arrival."""
        if self._closed:
            return  # it was on its way when we closed
        if self._lifetime is not None:
            self._lifetime.heard()
        try:
            kind, fields = read_frame(text_data)
            if (kind == "hello") == (self.opened is not None):
                raise BadFrame
        except BadFrame as error:
            logger.info("socket: a frame is not one of the protocol")
            self._end(CloseCode.TOO_BIG if isinstance(error, TooBig) else CloseCode.BAD_FRAME)
            return
        if kind == "hello":
            await self.hello(**fields)
        else:
            await HANDLERS[kind](self, fields)

    async def hello(self, token: str, tab: str = "", resume: dict[str, Any] | None = None) -> None:
        """Identity, then origin, then everything since the position that the client names."""
        self._chores.drop("hello")
        try:
            opened = await open_session(token)
        except TokenError as error:
            self._end(CloseCode.GONE if isinstance(error, Gone) else CloseCode.UNAUTHENTICATED)
            return
        if not opened.origin_allowed(self.scope):
            self._end(CloseCode.REFUSED)
            return
        if not doors.enter(opened.access, self):
            self._end(CloseCode.RATE)
            return
        self.opened = opened
        self._tab = tab
        self.socket = Socket(opened.access.conversation_id, self._send_text, self._end, tab)
        self._lifetime = Lifetime(self.socket, self._chores, self._end, opened.claims.expires_at.timestamp())
        await self.socket.start(resume, self._welcome)

    async def send_message(self, fields: dict[str, Any]) -> None:
        """``send`` → ``sent`` after the commit, or ``nack``."""
        self._chores.beside(self._send_message(fields))

    async def start(self, fields: dict[str, Any]) -> None:
        """``start``: the bot speaks first, where the widget wants that and nobody spoke."""
        self._chores.beside(self._try(self._start()))

    async def stop(self, fields: dict[str, Any]) -> None:
        """``stop``: end a reply; the changed row comes to everybody."""
        self._chores.beside(self._try(chat.stop(self.access, fields["reply"])))

    async def retry(self, fields: dict[str, Any]) -> None:
        """``retry``: a failed or stopped reply, once more."""
        self._chores.beside(self._try(chat.retry(self.access, fields["reply"])))

    async def regenerate(self, fields: dict[str, Any]) -> None:
        """``regenerate``: the last reply, whatever it says, once more."""
        self._chores.beside(self._try(chat.regenerate(self.access, fields["reply"])))

    async def edit(self, fields: dict[str, Any]) -> None:
        """``edit``: other words for the last message, and its reply anew."""
        cid = fields["cid"]
        self._chores.beside(self._try(chat.edit(self.access, fields["id"], cid, fields["text"]), cid=str(cid)))

    async def set(self, fields: dict[str, Any]) -> None:
        """``set``: language, time zone and page are data for the bot; functions of the page are offered to it, where the widget has tools."""
        if "tools" not in self.access.features:
            fields.pop("functions", None)
        functions = fields.get("functions")
        await set_conversation(self.access.conversation_id, fields)
        self._reply({"type": "ok"})
        if functions is not None and self.socket is not None:
            self._chores.beside(self.socket.declare(function["name"] for function in functions))

    async def result(self, fields: dict[str, Any]) -> None:
        """``result``: what came of a call; only the first counts, and a late one harms nobody."""
        self._chores.beside(self._answer(fields["call"], fields["outcome"]))

    async def resume(self, fields: dict[str, Any]) -> None:
        """``resume``: the client noticed a gap."""
        if self.socket is not None:
            await self.socket.resume(fields)

    async def hb(self, fields: dict[str, Any]) -> None:
        """``hb``: the head, so that a lost doorbell shows."""
        if self._lifetime is not None:
            self._lifetime.heartbeat()

    @property
    def _options(self) -> dict[str, str] | None:
        """Of a reply: functions of the page are called in the tab that asked."""
        return {"tab": self._tab} if self._tab and "tools" in self.access.features else None

    @property
    def access(self) -> chat.Access:
        """What the token opened."""
        if self.opened is None:
            raise RuntimeError("no frame but hello is handled before it")
        return self.opened.access

    def revoked(self) -> None:
        """The session was ended from elsewhere, with its conversation or alone."""
        self._chores.beside(self._end_session())

    async def goodbye(self, reconnect_ms: int) -> None:
        """This process is about to stop; returns once the client was told."""
        if self.socket is not None:
            self._reply({"type": "bye", "reconnectMs": reconnect_ms})
            await self.socket.flushed()

    async def _send_message(self, fields: dict[str, Any]) -> None:
        cid = str(fields["cid"])
        try:
            accepted = await chat.send(self.access, **fields, options=self._options)
        except Refused as refusal:
            metrics.count("sends", result=refusal.code)
            self._refuse(refusal, cid=cid)
            return
        metrics.count("sends", result="dup" if accepted.dup else "sent")
        message = accepted.message
        self._reply({"type": "sent", "cid": cid, "id": str(message.pk), "seq": message.position, "dup": accepted.dup})

    async def _start(self) -> None:
        widget = await aeffective_of(self.access.widget_id) if self.access.widget_id else None
        if widget is not None and widget.start_first:
            await chat.start(self.access)

    async def _answer(self, call_id: uuid.UUID, outcome: dict[str, Any]) -> None:
        try:
            await answer_call(self.access, call_id, outcome)
        except Refused as refusal:
            if refusal.code != "closed":
                self._refuse(refusal, call=str(call_id))

    async def _try(self, work: Any, **of: str) -> None:
        try:
            await work
        except Refused as refusal:
            self._refuse(refusal, **of)

    def _refuse(self, refusal: Refused, **of: str) -> None:
        retry = {} if refusal.retry_ms is None else {"retryMs": refusal.retry_ms}
        self._reply({"type": "nack", **of, "code": refusal.code, **retry})

    def _welcome(self, since: Since) -> dict[str, Any]:
        return {
            "type": "welcome",
            "epoch": since.epoch,
            "head": since.head,
            "heartbeatMs": settings.HEARTBEAT_SECONDS * 1000,
            "limits": {"messageBytes": settings.MESSAGE_BYTES, "frameBytes": settings.FRAME_BYTES},
            "now": int(time.time() * 1000),
            "expiresAt": ms(self.opened.claims.expires_at) if self.opened else 0,
        }

    def _reply(self, frame: dict[str, Any]) -> None:
        if self.socket is not None:
            self.socket.reply(frame)

    async def _send_text(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    async def _end_session(self) -> None:
        exists = await in_thread(conversation_exists)(self.access.conversation_id)
        self._end(CloseCode.UNAUTHENTICATED if exists else CloseCode.GONE)

    def _end(self, code: int) -> None:
        if self._closed:
            return
        self._closed = True
        if self.socket is not None:
            self.socket.stop()
        self._chores.beside(self.close(code))

    _tab = ""
    _closed = False
    _lifetime: Lifetime | None = None


# Frames dispatch through this table, never by Channels' mapping of types to methods.
HANDLERS = {
    "send": ConversationConsumer.send_message,
    "start": ConversationConsumer.start,
    "stop": ConversationConsumer.stop,
    "retry": ConversationConsumer.retry,
    "regenerate": ConversationConsumer.regenerate,
    "edit": ConversationConsumer.edit,
    "set": ConversationConsumer.set,
    "result": ConversationConsumer.result,
    "resume": ConversationConsumer.resume,
    "hb": ConversationConsumer.hb,
}
