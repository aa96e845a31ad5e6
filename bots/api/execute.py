"""POST skillset/{id}/ability/{id}/execute: a plain async view, because what an ability asks may take its time."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from channels.db import database_sync_to_async
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from rest_framework.exceptions import ParseError

from accounts.names import validate_text
from bots import skills
from bots.abilities.base import AbilitySpec, Outcome
from bots.api.skillset_serializers import ExecutedLineSerializer, ExecutedSerializer, ExecuteSerializer
from bots.calling import OwnCaller
from bots.models import Ability, Skillset
from bots.toolbox import OwnTools
from widgetplatform.api.described import described
from widgetplatform.api.lookup import find_or_404, owned
from widgetplatform.api.operators import operator_of
from widgetplatform.api.plain import api_view, body_of
from widgetplatform.api.streams import JSON, JSONL, json_line, wanted_type

PING_SECONDS = 10.0


@dataclass(frozen=True)
class Order:
    """What is to be done, for whom, with what."""

    ability: AbilitySpec
    owner_id: int
    text: str
    contact_id: str | None


@described(
    "POST",
    request=ExecuteSerializer,
    responses={("200", JSON): ExecutedSerializer, ("200", JSONL): ExecutedLineSerializer},
    operation_id="executeSkillsetAbility",
)
@api_view("POST")
async def execute(request: HttpRequest, skillset_id: str, ability_id: str) -> HttpResponseBase:
    """Carry an ability out. What goes wrong on the way is the answer's ``error``; the answer is a 200 all the same.

    As JSON lines: ``ping`` while there is nothing to say, messages, ``result`` last.
    """
    order = await database_sync_to_async(_order, thread_sensitive=False)(request, skillset_id, ability_id)
    if wanted_type(request) != JSONL:
        return JsonResponse(executed(await _run(order)))
    return StreamingHttpResponse(
        _lines(order), content_type=JSONL, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    )


async def _run(order: Order) -> Outcome:
    return await skills.execute(order.ability, order.text, OwnTools(order.owner_id, OwnCaller(order.owner_id, order.contact_id)), order.contact_id)


async def _lines(order: Order) -> AsyncIterator[str]:
    """Messages, then the result; a ping where nothing else was said for a while. Whoever goes away stops it."""
    running = asyncio.ensure_future(_run(order))
    try:
        while not running.done():
            await asyncio.wait({running}, timeout=PING_SECONDS)
            if not running.done():
                yield _line("ping", {})
        outcome = running.result()
        for message in outcome.messages:
            yield _line("message", message)
        if outcome.error:
            yield _line("error", {"message": outcome.error})
        yield _line("result", executed(outcome))
    finally:
        running.cancel()


def executed(outcome: Outcome) -> dict[str, Any]:
    """The answer: ``usage`` always, the rest where it is there."""
    answer: dict[str, Any] = {"usage": {"token": outcome.tokens}}
    answer |= {"error": outcome.error} if outcome.error else {"result": outcome.result}
    return answer | ({"messages": list(outcome.messages)} if outcome.messages else {})


def _order(request: HttpRequest, skillset_id: str, ability_id: str) -> Order:
    """Who asks, and everything that is read from the database: in one thread, before anything waits."""
    owner = operator_of(request)
    skillset = find_or_404(owned(Skillset, owner), skillset_id)
    ability = find_or_404(Ability.objects.filter(skillset=skillset), ability_id)
    body = body_of(request)
    text, named = _text(body, "input"), _text(body, "contactId")
    if len(text.encode()) > skills.INPUT_BYTES:
        raise ParseError(f"input: must have at most {skills.INPUT_BYTES} bytes")
    contact_id = skills.contact_of(owner, named) if named else None
    if named and contact_id is None:
        raise ParseError("contactId: no such contact")
    return Order(skills.spec_of(ability), owner.pk, text, contact_id)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ParseError(f"{name}: must be a text")
    try:
        validate_text(value)
    except ValidationError as error:
        raise ParseError(f"{name}: {error.messages[0]}") from None
    return value


def _line(kind: str, data: dict[str, Any]) -> str:
    return json_line({"type": kind, "data": data, "createdAt": int(time.time() * 1000)})
