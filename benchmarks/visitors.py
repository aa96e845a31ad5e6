"""Visitors, in a process of their own so that their CPU is not the server's.

``python -m benchmarks.visitors JSON`` with url, widget and one of: sessions (how many to create), idle (how many sockets to
hold until standard input closes), or visitors and rounds. Prints one line of JSON.
"""

import asyncio
import json
import sys
import time
import uuid
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.http import Http

CREATORS = 8  # connections that create sessions at once


@dataclass
class Reply:
    """What a visitor saw of one reply; seconds since the send."""

    first: float = 0.0
    done: float = 0.0
    bytes: int = 0
    deltas: int = 0


@dataclass
class Visitor:
    """One socket of one session."""

    url: str
    session: dict[str, Any]
    socket: ClientConnection = field(init=False)
    replies: list[Reply] = field(default_factory=list)

    async def open(self) -> None:
        """Connect and wait for the first rows."""
        address = self.url.replace("http", "ws", 1) + "/ws/v1/conversation"
        self.socket = await connect(address, subprotocols=["chat.v1"], compression=None, origin=self.url, ping_interval=None, max_size=None)
        await self.socket.send(json.dumps({"type": "hello", "token": self.session["token"], "tab": uuid.uuid4().hex}))
        while json.loads(await self.socket.recv())["type"] != "welcome":
            pass

    async def ask(self) -> None:
        """Send a message and read until the row that closes its reply."""
        reply, began = Reply(), time.perf_counter()
        await self.socket.send(json.dumps({"type": "send", "cid": str(uuid.uuid4()), "text": "How do I put the widget on my site?"}))
        while not reply.done:
            text = await self.socket.recv()
            frame = json.loads(text)
            reply.bytes += len(text.encode())
            if frame["type"] == "delta":
                reply.first = reply.first or time.perf_counter() - began
                reply.deltas += 1
            elif frame["type"] == "rows":
                for row in frame["rows"]:
                    if row["type"] == "bot" and row["status"] == "failed":
                        raise RuntimeError(f"A reply failed: {row}")
                    if row["type"] == "bot" and row["status"] == "done" and (reply.deltas or row.get("text")):
                        reply.done = time.perf_counter() - began
            elif frame["type"] == "nack":
                raise RuntimeError(f"A message was refused: {frame}")
        reply.first = reply.first or reply.done
        self.replies.append(reply)


async def create_sessions(url: str, widget: str, number: int) -> tuple[list[dict[str, Any]], float]:
    """``number`` sessions over ``CREATORS`` connections; the sessions and the seconds it took."""
    waiting = list(range(number))
    made: list[dict[str, Any]] = []

    async def creator() -> None:
        http = Http(url)
        while waiting:
            waiting.pop()
            made.append(await http.post(f"/api/v1/integration/widget/{widget}/session/create", {}))
        http.close()

    began = time.perf_counter()
    await asyncio.gather(*[creator() for _ in range(min(CREATORS, number))])
    return made, time.perf_counter() - began


async def talk(url: str, widget: str, visitors: int, rounds: int) -> dict[str, Any]:
    """All visitors ask at once, wait for their replies, and ask again; a first round warms up and is not counted."""
    sessions, _ = await create_sessions(url, widget, visitors)
    people = [Visitor(url, session) for session in sessions]
    await asyncio.gather(*[person.open() for person in people])
    await asyncio.gather(*[person.ask() for person in people])
    for person in people:
        person.replies.clear()
    print("warm", flush=True)
    await asyncio.to_thread(sys.stdin.readline)  # the parent reads the server's CPU clock
    began = time.perf_counter()
    for _ in range(rounds):
        await asyncio.gather(*[person.ask() for person in people])
    seconds = time.perf_counter() - began
    replies = [reply for person in people for reply in person.replies]
    print("asked", flush=True)
    await asyncio.gather(*[person.socket.close() for person in people])
    return {
        "visitors": visitors,
        "replies": len(replies),
        "replies_per_s": round(len(replies) / seconds, 1),
        "first_piece_ms_median": round(median(reply.first for reply in replies) * 1000, 1),
        "first_piece_ms_max": round(max(reply.first for reply in replies) * 1000, 1),
        "written_ms_median": round(median(reply.done - reply.first for reply in replies) * 1000, 1),
        "written_ms_max": round(max(reply.done - reply.first for reply in replies) * 1000, 1),
        "bytes_per_reply": round(sum(reply.bytes for reply in replies) / len(replies)),
        "frames_per_reply": round(sum(reply.deltas for reply in replies) / len(replies), 1),
    }


async def idle(url: str, widget: str, number: int) -> dict[str, Any]:
    """Hold sockets open, each of a session of its own."""
    sessions, _ = await create_sessions(url, widget, number)
    print("sessions", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    people = [Visitor(url, session) for session in sessions]
    for start in range(0, number, 50):
        await asyncio.gather(*[person.open() for person in people[start : start + 50]])
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*[person.socket.close() for person in people])
    return {"sockets": number}


async def main(order: dict[str, Any]) -> dict[str, Any]:
    """Do what the order says."""
    url, widget = order["url"], order["widget"]
    if "sessions" in order:
        await create_sessions(url, widget, CREATORS)  # warm
        made, seconds = await create_sessions(url, widget, order["sessions"])
        return {"sessions_per_s": round(len(made) / seconds, 1)}
    if "idle" in order:
        return await idle(url, widget, order["idle"])
    return await talk(url, widget, order["visitors"], order["rounds"])


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))), flush=True)
