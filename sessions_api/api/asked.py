"""The body of complete, send, receive and initiate."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import ParseError

from accounts.ids import new_id, parse_id
from sessions_api import chat
from sessions_api.api.caller import Caller
from sessions_api.api.plain import body_of
from sessions_api.entities import Entity, read_entities
from sessions_api.options import Options, read_options
from sessions_api.surroundings import set_conversation


@dataclass(frozen=True)
class Asked:
    """``text`` is None where the body has none; ``options`` are those of the reply."""

    cid: uuid.UUID
    text: str | None
    entities: list[Entity]
    options: Options | None


async def asked_of(request: HttpRequest, caller: Caller, needs_text: bool = False) -> Asked:
    """Read and check everything; a time zone is kept with the conversation. Raises ParseError (400)."""
    body = body_of(request)
    cid = idempotency_key(request)
    text = body.get("text")
    if not isinstance(text, str) and (needs_text or text is not None):
        raise ParseError("text: must be a text")
    text = chat.clean_text(text) if text is not None else None
    entities = entities_in(body, text or "") if text is not None else []
    zone = request.headers.get("X-Timezone", "")
    tools = caller.operator or "tools" in caller.access.features
    options = read_options(body, operator=caller.operator, tools=tools, time_zone=zone)
    if "timeZone" in options:
        await set_conversation(caller.access.conversation_id, {"timeZone": options["timeZone"]})
    return Asked(cid, text, entities, options or None)


def entities_in(body: dict[str, Any], text: str) -> list[Entity]:
    """What the caller marked in the text."""
    given = body.get("entities")
    return read_entities(given, text) if given is not None else []


def idempotency_key(request: HttpRequest) -> uuid.UUID:
    """The client id of a message; a new one where the caller sends none. Raises ParseError (400)."""
    key = request.headers.get("Idempotency-Key")
    if not key:
        return new_id()
    cid = parse_id(key)
    if cid is None:
        raise ParseError("Idempotency-Key: must be a UUID")
    return cid
