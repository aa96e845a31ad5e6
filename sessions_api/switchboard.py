"""Which socket a call goes to, and who waits for its answer. The maker of the reply decides, wherever the sockets are.

Rows are the truth; what travels here are doorbells. A function runs in the tab that sent the message, else in the newest socket that declared
it; what the visitor is to confirm is asked in every tab. Other processes offer their sockets when they are asked (``seek``), when one comes
and when one declares its functions; a doorbell that is lost costs a time-out, which the model is told of.
"""

import asyncio
import secrets
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db.models import F

from sessions_api.call_operations import PENDING
from sessions_api.hub import hub
from sessions_api.models import Call, Message

OFFER_SECONDS = 0.25  # for offers of other processes
GRACE_SECONDS = 2.0  # for a tab to come back, before another gets its call

Tap = asyncio.Queue[Any]


class Seat(Protocol):
    """A socket of this process that can take calls. ``functions`` are the names that it declared, None before it has."""

    conversation_id: uuid.UUID
    tab: str
    functions: frozenset[str] | None

    def reply(self, frame: dict[str, Any]) -> None: ...


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
    offers: list["Offer"] | None = None  # collected while there is a list
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


@dataclass(frozen=True)
class Wanted:
    """What a socket must know of a waiting call to say whether it takes it."""

    name: str
    tab: str
    confirm: bool


@dataclass(frozen=True, order=True)
class Offer:
    """A socket that takes a call: ``rank`` 2 in the tab that sent the message, 1 elsewhere; ``since`` tells the newest."""

    rank: int
    since: float
    key: str
    process: str


NOBODY = Offer(0, 0.0, "", "")


class Switchboard:
    """One a process, on the hub's loop."""

    def __init__(self) -> None:
        self._id = secrets.token_hex(6)
        self._seats: dict[uuid.UUID, dict[str, tuple[float, Seat]]] = {}
        self._keys: dict[int, str] = {}  # of seats by their identity
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
            calling.holder = "tap"
        return bool(calling.holder)

    async def again(self, calling: Calling) -> None:
        """Look once more for who takes it, where nobody has it: its tab did not come back, or a doorbell was lost."""
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
        """This socket is up to date and takes calls from now on; said again it changes nothing."""
        if id(seat) in self._keys:
            return
        key = f"{self._id}.{secrets.token_hex(4)}"
        self._keys[id(seat)] = key
        self._seats.setdefault(seat.conversation_id, {})[key] = (time.time(), seat)

    def leave(self, seat: Seat) -> None:
        """The opposite; its calls wait for its tab to come back, then go to another."""
        key = self._keys.pop(id(seat), None)
        if key is None:
            return
        seats = self._seats[seat.conversation_id]
        del seats[key]
        if not seats:
            del self._seats[seat.conversation_id]
        self._left(key)
        if self._held.pop(key, None) and hub.shared:
            hub.send(seat.conversation_id, "left", everyone=True, seat=key)

    def offer(self, seat: Seat, waiting: Mapping[uuid.UUID, Wanted]) -> None:
        """The socket has come, or has declared its functions: it takes what of the waiting calls is for it."""
        key = self._keys.get(id(seat))
        if key is None:
            return
        since = self._seats[seat.conversation_id][key][0]
        for call_id, wanted in waiting.items():
            rank = _rank(seat, wanted.name, wanted.tab, wanted.confirm)
            if rank:
                self._offered(seat.conversation_id, str(call_id), Offer(rank, since, key, self._id))

    async def _seek(self, calling: Calling) -> None:
        """Give it to the best socket there is, of whatever process."""
        confirm = bool(calling.confirm)
        offers = list(self._offers(calling.conversation_id, calling.name, calling.tab, confirm))
        for offer in offers if confirm else ():
            self._give(calling, offer)
        if hub.shared and (confirm or max(offers, default=NOBODY).rank < 2):
            calling.offers = offers
            hub.send(calling.conversation_id, "seek", call=str(calling.id), name=calling.name, tab=calling.tab, confirm=confirm)
            await asyncio.sleep(OFFER_SECONDS)
            calling.offers = None
        if offers and not confirm and not calling.holder and str(calling.id) in self._calls:
            self._give(calling, max(offers))

    def _give(self, calling: Calling, offer: Offer) -> None:
        calling.holder = offer.key
        calling.asked.add(offer.key)
        if offer.process == self._id:
            self._deliver(calling.conversation_id, offer.key, calling.frame())
        else:
            hub.send(calling.conversation_id, "hand", seat=offer.key, frame=calling.frame())

    def _deliver(self, conversation_id: uuid.UUID, key: str, frame: dict[str, Any]) -> bool:
        found = self._seats.get(conversation_id, {}).get(key)
        if found is not None:
            found[1].reply(frame)
        return found is not None

    def _offered(self, conversation_id: uuid.UUID, call_id: str, offer: Offer) -> None:
        """A socket takes a call: ours, or one of another process, which is told."""
        calling = self._calls.get(call_id)
        if calling is None:
            if hub.shared and offer.process == self._id:
                hub.send(
                    conversation_id, "offer", everyone=True, call=call_id, rank=offer.rank, since=offer.since, seat=offer.key,
                    process=offer.process,
                )  # fmt: skip
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

    def _offers(self, conversation_id: uuid.UUID, name: str, tab: str, confirm: bool) -> Iterator[Offer]:
        for key, (since, seat) in self._seats.get(conversation_id, {}).items():
            if rank := _rank(seat, name, tab, confirm):
                yield Offer(rank, since, key, self._id)

    def _tell_taps(self, calling: Calling, event: Any) -> None:
        for tap in calling.taps:
            tap.put_nowait(event)

    def _end(self, conversation_id: uuid.UUID, call_id: str) -> None:
        for key in list(self._seats.get(conversation_id, {})):
            self._deliver(conversation_id, key, {"type": "callEnd", "call": call_id})
            self._held.get(key, set()).discard(call_id)

    def _hear_seek(self, conversation_id: uuid.UUID, message: dict[str, Any]) -> None:
        offers = list(self._offers(conversation_id, message["name"], message["tab"], message["confirm"]))
        for offer in offers if message["confirm"] else sorted(offers)[-1:]:
            self._offered(conversation_id, message["call"], offer)

    def _hear_offer(self, conversation_id: uuid.UUID, message: dict[str, Any]) -> None:
        if message["call"] in self._calls:
            offer = Offer(message["rank"], message["since"], message["seat"], message["process"])
            self._offered(conversation_id, message["call"], offer)

    def _hear_hand(self, conversation_id: uuid.UUID, message: dict[str, Any]) -> None:
        if self._deliver(conversation_id, message["seat"], message["frame"]):
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


def _rank(seat: Seat, name: str, tab: str, confirm: bool) -> int:
    if confirm:
        return 1
    declared = seat.functions is not None and name in seat.functions
    if tab and seat.tab == tab and (declared or seat.functions is None):
        return 2
    return 1 if declared else 0



def waiting_calls(conversation_id: uuid.UUID) -> dict[uuid.UUID, Wanted]:
    """What the open reply of a conversation waits for, as its rows say. Blocking."""
    rows = Call.objects.filter(
        conversation_id=conversation_id, state__in=PENDING, result__isnull=True, attempt=F("reply__attempt"), reply__status=Message.Status.OPEN
    ).exclude(kind=Call.Kind.ABILITY, state=Call.State.OPEN)
    return {
        pk: Wanted(name, tab or "", state == Call.State.ASKED)
        for pk, name, state, tab in rows.values_list("pk", "name", "state", "reply__options__tab")
    }


switchboard = Switchboard()
