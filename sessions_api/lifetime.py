"""How long a socket stays: while its client is heard, and while its session lasts."""

import time
from collections.abc import Callable

from django.conf import settings

from sessions_api.chores import Chores
from sessions_api.history import has_open_reply
from sessions_api.sockets import Socket
from sessions_api.threads import in_thread
from sessions_api.wire import CloseCode

EXPIRY_GRACE_SECONDS = 600  # an open reply may end after the session did


class Lifetime:
    """Of a socket whose client has said hello. ``end`` closes it with a code; ``expires_at`` is a Unix time."""

    def __init__(self, socket: Socket, chores: Chores, end: Callable[[int], None], expires_at: float) -> None:
        self._socket = socket
        self._chores = chores
        self._end = end
        self._heard = time.monotonic()
        self._asked = False  # our heartbeat waits for its answer
        chores.after("hb", settings.HEARTBEAT_SECONDS, self._beat)
        chores.after("expiry", max(0.0, expires_at - time.time()), self._expire)

    def heard(self) -> None:
        """A frame came."""
        self._heard = time.monotonic()

    def heartbeat(self) -> None:
        """The client's. Both sides answer, so an answer to our own ends it."""
        if self._asked:
            self._asked = False
        else:
            self._send_heartbeat()

    def _beat(self) -> None:
        if time.monotonic() - self._heard > settings.SILENCE_SECONDS:
            self._end(CloseCode.TIMEOUT)
            return
        self._send_heartbeat()
        self._chores.after("hb", settings.HEARTBEAT_SECONDS, self._beat)

    def _send_heartbeat(self) -> None:
        self._asked = True
        self._socket.reply({"type": "hb", "head": self._socket.seq})

    def _expire(self, waited: float = 0.0) -> None:
        self._chores.beside(self._end_when_answered(waited))

    async def _end_when_answered(self, waited: float) -> None:
        """Say that the session is over, and stay until the open reply has ended, wherever it is made."""
        if waited < EXPIRY_GRACE_SECONDS and await in_thread(has_open_reply)(self._socket.conversation_id):
            if not waited:
                self._socket.reply({"type": "expiring", "inMs": EXPIRY_GRACE_SECONDS * 1000})
            self._chores.after("expiry", 1.0, self._expire, waited + 1.0)
            return
        if waited:
            await self._socket.resume({"seq": self._socket.seq})  # its closing row may still be on the way
        self._end(CloseCode.UNAUTHENTICATED)
