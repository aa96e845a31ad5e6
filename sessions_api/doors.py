"""How many sockets are open here: by address, by conversation, by session."""

import asyncio
import random
from typing import Any, Protocol

from django.conf import settings

from sessions_api.chat import Access
from sessions_api.hub import hub
from sessions_api.keeper import keeper

BYE_SPREAD_MS = 3000


class Guest(Protocol):
    """An open socket."""

    def revoked(self) -> None: ...
    async def goodbye(self, reconnect_ms: int) -> None: ...


class Doors:
    """Counts of one process; each limit holds for itself alone."""

    def __init__(self) -> None:
        self._addresses: dict[str, int] = {}

    def enter_address(self, address: str) -> bool:
        """Whether one more socket may come from there."""
        if self._addresses.get(address, 0) >= settings.SOCKETS_PER_ADDRESS:
            return False
        self._addresses[address] = self._addresses.get(address, 0) + 1
        return True

    def leave_address(self, address: str) -> None:
        """One socket less from there."""
        left = self._addresses.get(address, 0) - 1
        if left > 0:
            self._addresses[address] = left
        else:
            self._addresses.pop(address, None)

    def enter(self, access: Access, guest: Guest) -> bool:
        """Whether the conversation has room for one more; its session is watched from then on."""
        if len(hub.rooms.get(access.conversation_id, ())) >= settings.SOCKETS_PER_CONVERSATION:
            return False
        if access.session_id:
            keeper.sessions.setdefault(access.session_id, set()).add(guest)
        return True

    def leave(self, access: Access, guest: Guest) -> None:
        """The opposite."""
        guests = keeper.sessions.get(access.session_id) if access.session_id else None
        if guests is not None and access.session_id:
            guests.discard(guest)
            if not guests:
                del keeper.sessions[access.session_id]

    async def say_goodbye(self) -> None:
        """Tell every client when to come back, spread out so that they do not all come at once; over when all of it is sent."""
        guests: list[Any] = [guest for group in keeper.sessions.values() for guest in group]
        said = [guest.goodbye(random.randint(0, BYE_SPREAD_MS)) for guest in guests]  # noqa: S311 (spreads load, guards nothing)
        await asyncio.gather(*said, return_exceptions=True)


doors = Doors()
