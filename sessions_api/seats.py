"""The sockets of this process as the places where calls of functions can be answered, and which of them takes a call first."""

import secrets
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import F

from sessions_api.call_operations import PENDING
from sessions_api.models import Call, Message


class Seat(Protocol):
    """A socket that can take calls. ``functions`` are the names that it declared, None before it has."""

    conversation_id: uuid.UUID
    tab: str
    functions: frozenset[str] | None

    def reply(self, frame: dict[str, Any]) -> None: ...


@dataclass(frozen=True)
class Wanted:
    """What a socket must know of a waiting call to say whether it takes it. ``tab`` sent the message, "" where none is known."""

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


class Seats:
    """One a process."""

    def __init__(self, process: str) -> None:
        self._process = process
        self._seats: dict[uuid.UUID, dict[str, tuple[float, Seat]]] = {}
        self._keys: dict[int, str] = {}  # of seats by their identity

    def add(self, seat: Seat) -> None:
        """It takes calls from now on; said again it changes nothing."""
        if id(seat) not in self._keys:
            key = self._keys[id(seat)] = f"{self._process}.{secrets.token_hex(4)}"
            self._seats.setdefault(seat.conversation_id, {})[key] = (time.time(), seat)

    def remove(self, seat: Seat) -> str:
        """The opposite; its key, "" where it never took any."""
        key = self._keys.pop(id(seat), "")
        if key:
            seats = self._seats[seat.conversation_id]
            del seats[key]
            if not seats:
                del self._seats[seat.conversation_id]
        return key

    def keys(self, conversation_id: uuid.UUID) -> list[str]:
        """Of a conversation's seats here."""
        return list(self._seats.get(conversation_id, ()))

    def offers(self, conversation_id: uuid.UUID, wanted: Wanted) -> Iterator[Offer]:
        """Those that take this call."""
        for key in self.keys(conversation_id):
            yield from self._offer(conversation_id, key, wanted)

    def offer(self, seat: Seat, wanted: Wanted) -> Iterator[Offer]:
        """One, if the seat takes this call."""
        key = self._keys.get(id(seat))
        if key is not None:
            yield from self._offer(seat.conversation_id, key, wanted)

    def deliver(self, conversation_id: uuid.UUID, key: str, frame: dict[str, Any]) -> bool:
        """Whether the seat is still there to get it."""
        found = self._seats.get(conversation_id, {}).get(key)
        if found is not None:
            found[1].reply(frame)
        return found is not None

    def _offer(self, conversation_id: uuid.UUID, key: str, wanted: Wanted) -> Iterator[Offer]:
        since, seat = self._seats[conversation_id][key]
        rank = _rank(seat, wanted)
        if rank:
            yield Offer(rank, since, key, self._process)


def _rank(seat: Seat, wanted: Wanted) -> int:
    if wanted.confirm:
        return 1
    declared = seat.functions is not None and wanted.name in seat.functions
    if wanted.tab and seat.tab == wanted.tab and (declared or seat.functions is None):
        return 2  # a page that has just loaded declares its functions in a moment
    return 1 if declared else 0


def waiting_calls(conversation_id: uuid.UUID) -> dict[uuid.UUID, Wanted]:
    """What the open reply of a conversation waits for, as its rows say. Blocking."""
    rows = Call.objects.filter(
        conversation_id=conversation_id, state__in=PENDING, result__isnull=True, attempt=F("reply__attempt"),
        reply__status=Message.Status.OPEN,
    ).exclude(kind=Call.Kind.ABILITY, state=Call.State.OPEN)  # fmt: skip
    return {
        pk: Wanted(name, tab or "", state == Call.State.ASKED)
        for pk, name, state, tab in rows.values_list("pk", "name", "state", "reply__options__tab")
    }
