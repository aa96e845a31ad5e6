"""Who may call what: one row for each route below /api/v1/. A route without a row fails."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from tests.contract.calls import CALLS, Raw
from tests.contract.copy import operations, route_of


class Kind(Enum):
    """Whose credentials open it."""

    PUBLIC = "everybody, without a token"
    COLLECTION = "every operator, for what is theirs"
    OBJECT = "the operator whose object is named"
    CONVERSATION = "the operator of the conversation, and its own session"
    CHANNEL = "every operator, and the session whose conversation begins its name"
    WIDGET = "everybody whose page the widget allows"


@dataclass(frozen=True)
class Row:
    """``reads``: a token that may only read is enough. ``body`` is one that is taken, ``ok`` what it gets.
    ``outlives``: a session opens it a while after its end."""

    kind: Kind
    method: str = "POST"
    reads: bool = False
    body: Any = None
    enough_lines: int | None = None
    ok: int = 200
    outlives: bool = False


# PROTOCOL section 3: what a session's token opens in its own conversation.
OPEN_TO_SESSIONS = {
    "conversation/{}/fetch", "conversation/{}/delete", "conversation/{}/export", "conversation/{}/complete", "conversation/{}/send",
    "conversation/{}/receive", "conversation/{}/initiate", "conversation/{}/unfurl", "conversation/{}/transcribe",
    "conversation/{}/upvote", "conversation/{}/downvote", "conversation/{}/contact/upsert",
    "conversation/{}/attachment/list", "conversation/{}/attachment/upload",
    "conversation/{}/message/list", "conversation/{}/message/create", "conversation/{}/message/{}/fetch",
    "conversation/{}/message/by-cid/{}", "conversation/{}/message/{}/upvote", "conversation/{}/message/{}/downvote",
    "conversation/{}/message/{}/synthesize", "conversation/{}/message/{}/stop", "conversation/{}/message/{}/retry",
    "conversation/{}/message/{}/regenerate", "conversation/{}/message/{}/edit",
}  # fmt: skip
POSTS_THAT_READ = {"dataset/{}/search", "channel/{}/subscribe"}
COLLECTIONS = {"create", "list", "export", "ensure"}


def bare(route: str) -> str:
    """``bot/<str:bot_id>/fetch`` and ``/api/v1/bot/{botId}/fetch`` as ``bot/{}/fetch``."""
    parts = route.removeprefix("/").removeprefix("api/v1/").split("/")
    return "/".join("{}" if part[0] in "<{" else part for part in parts)


def _kind(route: str) -> Kind:
    if route in OPEN_TO_SESSIONS:
        return Kind.CONVERSATION
    if route.startswith("channel/"):
        return Kind.CHANNEL if route.endswith("publish") else Kind.COLLECTION
    return Kind.OBJECT if "{}" in route else Kind.COLLECTION


def _contract_rows() -> dict[str, Row]:
    rows = {}
    for operation in operations().values():
        route, call = bare(route_of(operation.path)), CALLS[operation.id]
        body = next((body for body in call.bodies if not isinstance(body, Raw)), None)
        reads = operation.method == "GET" or route in POSTS_THAT_READ
        rows[route] = Row(_kind(route), operation.method, reads, body, call.enough_lines)
    return rows


OURS = {
    "schema": Row(Kind.PUBLIC, "GET", True),
    "docs": Row(Kind.PUBLIC, "GET", True),
    "integration/widget/{}/embed": Row(Kind.OBJECT, "GET", True),
    "integration/widget/{}/language/list": Row(Kind.OBJECT, "GET", True),
    "integration/widget/{}/language/{}/update": Row(Kind.OBJECT, body={"title": "Laden"}),
    "integration/widget/{}/session/create": Row(Kind.WIDGET, body={}),
    "dataset/{}/source/create": Row(Kind.OBJECT, body={"url": "https://example.com/help"}),
    "dataset/{}/source/list": Row(Kind.OBJECT, "GET", True),
    "dataset/{}/source/{}/fetch": Row(Kind.OBJECT, "GET", True),
    "dataset/{}/source/{}/sync": Row(Kind.OBJECT, body={}),
    "dataset/{}/source/{}/delete": Row(Kind.OBJECT, body={}),
    "rating/list": Row(Kind.COLLECTION, "GET", True),
    "conversation/{}/export": Row(Kind.CONVERSATION, "GET", True),
    "Attachment/{}/upload": Row(Kind.CONVERSATION, body={"file": "data:text/plain,Hello"}),
    "conversation/{}/initiate": Row(Kind.CONVERSATION, body={}, ok=409),  # it has begun already
    "conversation/{}/message/by-cid/{}": Row(Kind.CONVERSATION, "GET", True, outlives=True),
    "conversation/{}/set": Row(Kind.CONVERSATION, body={"language": "de"}),
    "conversation/{}/call/{}/result": Row(Kind.CONVERSATION, body={"result": 1}, ok=409),  # it has its result already
    "conversation/{}/message/{}/stop": Row(Kind.CONVERSATION, body={}),
    "conversation/{}/message/{}/retry": Row(Kind.CONVERSATION, body={}),
    "conversation/{}/message/{}/regenerate": Row(Kind.CONVERSATION, body={}),
    "conversation/{}/message/{}/edit": Row(Kind.CONVERSATION, body={"text": "Hi"}, ok=404),  # the message is a bot's
}
ROWS: dict[str, Row] = {**_contract_rows(), **OURS}
