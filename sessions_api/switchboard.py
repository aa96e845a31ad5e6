"""Which socket a call goes to, and who waits for its answer. The maker of the reply decides, wherever the sockets are.

Rows are the truth; what travels here are doorbells. A function runs in the tab that sent the message, else in the newest socket that declared
it; what the visitor is to confirm is asked in every tab. Other processes offer their sockets when they are asked (``seek``), when one comes
and when one declares its functions; a doorbell that is lost costs a time-out, which the model is told of.
"""

import asyncio
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sessions_api.hub import hub
from sessions_api.seats import Offer, Seat, Seats, Wanted

OFFER_SECONDS = 0.25  # for offers of other processes
GRACE_SECONDS = 2.0  # for a tab to come back, before another gets its call

Tap = asyncio.Queue[Any]


@dataclass
class Calling:
    """A call that waits for an answer. ``tab`` sent the message, "" where none is known; ``confirm`` is what the visitor is asked."""

    id: uuid.UUID
    reply_id: uuid.UUID
    attempt: int
    conversation_id: uuid.UUID
    name: str
    arguments: Mapping[str, Any] = field(repr=False)
    tab: str
    deadline: float  # of time.monotonic
    confirm: str = ""
    taps: list[Tap] = field(default_factory=list, repr=False)
    bell: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    holder: str = ""  # the key of the socket that has it
    asked: set[str] = field(default_factory=set, repr=False)  # keys of the sockets that ask the visitor
    offers: list[Offer] | None = None  # collected while there is a list
    left: float = 0.0  # when its socket left, of time.monotonic

    def frame(self) -> dict[str, Any]:
        """As it travels."""
        left = max(1, int((self.deadline - time.monotonic()) * 1000))
        asked = {"text": self.confirm, "confirm": True} if self.confirm else {}
        return {"type": "call", "call": str(self.id), "name": self.name, "args": dict(self.arguments), "timeoutMs": left, **asked}


@dataclass(frozen=True)
class CallOver:
    """Nobody needs to answer this call any more."""

    id: uuid.UUID


NOBODY = Offer(0, 0.0, "", "")
TAPS = "taps"  # in place of a socket: the HTTP streams that follow the reply


class Switchboard:
    """One a process, on the hub's loop."""

    def __init__(self) -> None:
        self._id = secrets.token_hex(6)
        self._seats = Seats(self._id)
        self._held: dict[str, set[str]] = {}  # by key: calls of other processes that were handed to this seat
        self._calls: dict[str, Calling] = {}
        hub.hear.update({
            "seek": self._hear_seek, "offer": self._hear_offer, "hand": self._hear_hand, "left": self._hear_left,
            "answered": self._hear_answered, "callEnd": self._hear_end,
        })  # fmt: skip

    async def open(self, calling: Calling) -> bool:
        """Bring it to whoever is to answer it, now or when they come; whether somebody is there now."""
        self._calls[str(calling.id)] = calling
        if calling.confirm:
            self._tell_taps(calling, calling)
        await self._seek(calling)
        if not calling.holder and not calling.confirm and calling.taps:
            self._tell_taps(calling, calling)
            calling.holder = TAPS
        return bool(calling.holder)

    async def again(self, calling: Calling) -> None:
        """Look once more for who takes it, where nobody has it: its tab did not come back, or a doorbell was lost."""
        if calling.holder == TAPS and not calling.taps:
            calling.holder = ""
        if not calling.holder and time.monotonic() - calling.left >= GRACE_SECONDS:
            await self._seek(calling)

    def close(self, calling: Calling) -> None:
        """It has its answer, or is over: whoever shows it may drop it."""
        if self._calls.get(str(calling.id)) is not calling:
            return
        del self._calls[str(calling.id)]
        self._end(calling.conversation_id, str(calling.id))
        self._tell_taps(calling, CallOver(calling.id))
        if hub.shared:
            hub.send(calling.conversation_id, "callEnd", call=str(calling.id))

    def forget(self, calling: Calling) -> None:
        """Somebody else waits for it now."""
        if self._calls.get(str(calling.id)) is calling:
            del self._calls[str(calling.id)]

    def of(self, reply_id: uuid.UUID, attempt: int) -> list[Calling]:
        """What an attempt at a reply waits for."""
        return [calling for calling in self._calls.values() if (calling.reply_id, calling.attempt) == (reply_id, attempt)]

    def clear(self) -> None:
        """This process ends; others may go on with what it waited for."""
        self._calls.clear()

    def answered(self, conversation_id: uuid.UUID, call_id: uuid.UUID) -> None:
        """Its row has an answer; whoever makes the reply looks at it."""
        if str(call_id) in self._calls:
            self._calls[str(call_id)].bell.set()
        elif hub.shared:
            hub.send(conversation_id, "answered", everyone=True, call=str(call_id))

    def sit(self, seat: Seat) -> None:
        """This socket is up to date and takes calls from now on."""
        self._seats.add(seat)

    def leave(self, seat: Seat) -> None:
        """The opposite; its calls wait for its tab to come back, then go to another."""
        key = self._seats.remove(seat)
        if not key:
            return
        self._left(key)
        if self._held.pop(key, None) and hub.shared:
            hub.send(seat.conversation_id, "left", everyone=True, seat=key)

    def offer(self, seat: Seat, waiting: Mapping[uuid.UUID, Wanted]) -> None:
        """The socket has come, or has declared its functions: it takes what of the waiting calls is for it."""
        for call_id, wanted in waiting.items():
            for offer in self._seats.offer(seat, wanted):
                self._offered(seat.conversation_id, str(call_id), offer)

    async def _seek(self, calling: Calling) -> None:
        """Give it to the best socket there is, of whatever process."""
        wanted = Wanted(calling.name, calling.tab, bool(calling.confirm))
        offers = list(self._seats.offers(calling.conversation_id, wanted))
        for offer in offers if wanted.confirm else ():
            self._give(calling, offer)
        if hub.shared and (wanted.confirm or max(offers, default=NOBODY).rank < 2):
            calling.offers = offers
            hub.send(calling.conversation_id, "seek", call=str(calling.id), wanted=asdict(wanted))
            await asyncio.sleep(OFFER_SECONDS)
            calling.offers = None
        if offers and not wanted.confirm and not calling.holder and str(calling.id) in self._calls:
            self._give(calling, max(offers))

    def _give(self, calling: Calling, offer: Offer) -> None:
        calling.holder = offer.key
        calling.asked.add(offer.key)
        if offer.process == self._id:
            self._seats.deliver(calling.conversation_id, offer.key, calling.frame())
        else:
            hub.send(calling.conversation_id, "hand", seat=offer.key, frame=calling.frame())

    def _offered(self, conversation_id: uuid.UUID, call_id: str, offer: Offer) -> None:
        """A socket takes a call: ours, or one of another process, which is told."""
        calling = self._calls.get(call_id)
        if calling is None:
            if hub.shared and offer.process == self._id:
                hub.send(conversation_id, "offer", everyone=True, call=call_id, offer=asdict(offer))
            return
        if calling.confirm:
            if offer.key not in calling.asked:
                self._give(calling, offer)
        elif calling.offers is not None:
            calling.offers.append(offer)
        elif offer.key != calling.holder and (not calling.holder or offer.rank == 2):
            self._give(calling, offer)

    def _left(self, key: str) -> None:
        for calling in self._calls.values():
            if calling.holder == key and not calling.confirm:
                calling.holder, calling.left = "", time.monotonic()

    def _tell_taps(self, calling: Calling, event: Any) -> None:
        for tap in calling.taps:
            tap.put_nowait(event)

    def _end(self, conversation_id: uuid.UUID, call_id: str) -> None:
        for key in self._seats.keys(conversation_id):
            self._seats.deliver(conversation_id, key, {"type": "callEnd", "call": call_id})
            self._held.get(key, set()).discard(call_id)

    def _hear_seek(self, conversation_id: uuid.UUID, message: dict[str, Any]) -> None:
        wanted = Wanted(**message["wanted"])
        offers = sorted(self._seats.offers(conversation_id, wanted))
        for offer in offers if wanted.confirm else offers[-1:]:
            self._offered(conversation_id, message["call"], offer)

    def _hear_offer(self, conversation_id: uuid.UUID, message: dict[str, Any]) -> None:
        if message["call"] in self._calls:
            self._offered(conversation_id, message["call"], Offer(**message["offer"]))

    def _hear_hand(self, conversation_id: uuid.UUID, message: dict[str, Any]) -> None:
        if self._seats.deliver(conversation_id, message["seat"], message["frame"]):
            self._held.setdefault(message["seat"], set()).add(message["frame"]["call"])
        elif message["seat"].startswith(self._id):  # it has left meanwhile
            hub.send(conversation_id, "left", everyone=True, seat=message["seat"])

    def _hear_left(self, _conversation_id: uuid.UUID, message: dict[str, Any]) -> None:
        self._left(message["seat"])

    def _hear_answered(self, _conversation_id: uuid.UUID, message: dict[str, Any]) -> None:
        if message["call"] in self._calls:
            self._calls[message["call"]].bell.set()

    def _hear_end(self, conversation_id: uuid.UUID, message: dict[str, Any]) -> None:
        self._end(conversation_id, message["call"])


switchboard = Switchboard()
