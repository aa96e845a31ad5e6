"""POST conversation/complete: a reply to a talk that is sent along. Operators only; nothing is stored."""

import asyncio
from contextlib import aclosing
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from rest_framework.exceptions import ParseError
from rest_framework.exceptions import ValidationError as Invalid

from bots.calling import OwnCaller
from bots.engines.base import Engine, EngineError, Turn
from bots.engines.providers.options import read_options as read_model_options
from bots.models import Bot, Dataset, Skillset
from bots.providers import Chosen, choose
from bots.validators import validate_model
from sessions_api import chat, follow, reading
from sessions_api.api import schemas
from sessions_api.api.attached import attachments_in
from sessions_api.api.person_serializers import EnsureContactSerializer
from sessions_api.api.plain import api_view, body_of
from sessions_api.api.streaming import PING, Eyes, Lines, event_lines, stream, wants_lines
from sessions_api.budgets import check_budget
from sessions_api.contact_book import ensure_contact
from sessions_api.context import Surroundings, make_turn
from sessions_api.entities import detect
from sessions_api.minds import Mind, mind_of_bot
from sessions_api.models import Contact, Message
from sessions_api.options import BACKSTORY_BYTES, read_options
from sessions_api.recent import History
from sessions_api.spoken import spoken
from sessions_api.stateless import Ended, made
from sessions_api.talk import fitted
from sessions_api.threads import in_thread
from widgetplatform.api.described import described
from widgetplatform.api.errors import ApiError
from widgetplatform.api.lookup import find, owned
from widgetplatform.api.operators import operator_of
from widgetplatform.api.validation import django_detail

MESSAGES = 1000


@described(
    "POST", request=schemas.StatelessInput, responses=schemas.streamed(schemas.EndedOutput), parameters=schemas.TIME_ZONE_HEADERS,
    operation_id="completeConversation",
)  # fmt: skip
@api_view("POST")
async def complete(request: HttpRequest) -> HttpResponseBase:
    """A reply by a bot, or by one described here, to the talk in ``messages``. It ends when the client goes away; nothing is stored."""
    operator = await in_thread(operator_of)(request)
    body = body_of(request)
    zone = request.headers.get("X-Timezone", "")
    options = read_options(body, operator=True, tools=True, time_zone=zone)
    messages = _messages(body.get("messages"))
    mind = await in_thread(_mind)(operator, body)
    chosen = await _chosen(mind, operator)
    history = await asyncio.to_thread(_history, messages, mind.privacy)
    attachments = await attachments_in(body)
    contact_id = await in_thread(_contact)(operator, body.get("contactId"))  # last, because it may make one
    around = Surroundings(
        owner_id=operator.pk, contact_id=contact_id, attachments=attachments, call=OwnCaller(operator.pk, contact_id),
        tokens=await _allowed(chosen, operator),
    )  # fmt: skip
    engine, turn = await make_turn(mind, chosen, fitted(history, MESSAGES, _context(chosen)), around, options)
    if wants_lines(request):
        return stream(_lines(engine, turn, operator.pk))
    async with aclosing(made(engine, turn, follow.BEAT_SECONDS, operator.pk)) as items:
        async for item in items:
            if isinstance(item, Ended):
                return JsonResponse(_result(item))
    raise RuntimeError("a reply ends")


async def _lines(engine: Engine, turn: Turn, owner_id: Any) -> Lines:
    async with aclosing(made(engine, turn, follow.BEAT_SECONDS, owner_id)) as items:
        async for item in items:
            if isinstance(item, Ended):
                if item.code:
                    yield "error", {"message": "The answer broke off", "code": item.code}
                elif item.text:
                    yield "message", {"type": "bot", "text": item.text}
                yield "result", _result(item)
                return
            for line in event_lines(item, Eyes()) if item is not None else [PING]:
                yield line


def _result(ended: Ended) -> dict[str, Any]:
    shape = {"text": ended.text, "usage": {"token": ended.tokens}, "end": {"reason": ended.reason}}
    return {**shape, "code": ended.code} if ended.code else shape


def _messages(value: Any) -> list[tuple[str, str]]:
    if value is None:
        raise ParseError("messages: must be a list of messages")
    messages = []
    for item, path in reading.items(value, "messages", MESSAGES, "messages"):
        kind = reading.choice(item.get("type"), f"{path}.type", Message.Type.values)
        text = item.get("text")
        if not isinstance(text, str):
            raise ParseError(f"{path}.text: must be a text")
        reading.optional(item, "meta", path, reading.mapping)
        messages.append((kind, chat.clean_text(text)))
    return messages


def _history(messages: list[tuple[str, str]], privacy: bool) -> History:
    return spoken((kind, text, detect(text) if privacy and kind == Message.Type.USER else []) for kind, text in messages)


def _mind(operator: Any, body: dict[str, Any]) -> Mind:
    """Who answers."""
    bot = _own(Bot, operator, body, "botId")
    return mind_of_bot(bot) if bot else _described(operator, body)


async def _chosen(mind: Mind, operator: Any) -> Chosen:
    """Its model, which must be here."""
    try:
        return await choose(mind.model, operator.pk)
    except EngineError as error:
        raise ParseError(f"model: {(error.cause or error.code).removeprefix('model: ')}") from None


def _context(chosen: Chosen) -> int:
    return (read_model_options(chosen.options).context or settings.CONTEXT_TOKENS) if chosen.access else 0


async def _allowed(chosen: Chosen, operator: Any) -> int:
    """The tokens that a language model may write. ApiError 429 where the operator's budget is used up."""
    try:
        return await check_budget(operator.pk, None, None) if chosen.access else 0
    except EngineError as error:
        raise ApiError(429, f"budget: {error.cause}") from None


def _described(operator: Any, body: dict[str, Any]) -> Mind:
    model = reading.optional(body, "model", "", reading.text, "", most=400)
    try:
        validate_model(model)
    except ValidationError as error:
        raise ParseError(f"model: {error.messages[0].removeprefix('model: ')}") from None
    dataset, skillset = _own(Dataset, operator, body, "datasetId"), _own(Skillset, operator, body, "skillsetId")
    return Mind(
        model=model,
        backstory=reading.optional(body, "backstory", "", reading.text, "", most=BACKSTORY_BYTES),
        dataset_id=dataset.pk if dataset else None,
        skillset_id=skillset.pk if skillset else None,
        privacy=reading.optional(body, "privacy", "", reading.flag, False),
        moderation=reading.optional(body, "moderation", "", reading.flag, False),
    )


def _own(model: Any, operator: Any, body: dict[str, Any], key: str) -> Any:
    value = body.get(key)
    if value is None or value == "":
        return None
    found = find(owned(model, operator), reading.text(value, key))
    if found is None:
        raise ParseError(f"{key}: no such {model._meta.verbose_name}")
    return found


def _contact(operator: Any, value: Any) -> UUID | None:
    """A contact by its id, or by an object with its fingerprint, which makes or updates one."""
    if not isinstance(value, dict):
        found = _own(Contact, operator, {"contactId": value}, "contactId")
        return found.pk if found else None
    serializer = EnsureContactSerializer(data=value)
    try:
        serializer.is_valid(raise_exception=True)
        return ensure_contact(operator, **serializer.validated_data).pk
    except Invalid as error:
        raise Invalid({"contactId": error.detail}) from None
    except ValidationError as error:
        raise Invalid({"contactId": django_detail(error)}) from None
