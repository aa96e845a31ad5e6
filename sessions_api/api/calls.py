"""The page's side over HTTP: what it can do for the bot, and what came of a call."""

import uuid

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse

from accounts.ids import parse_id
from sessions_api.answering import answer_call
from sessions_api.api import schemas
from sessions_api.api.caller import caller_of
from sessions_api.api.plain import api_view, body_of
from sessions_api.functions import TooMuch, read_outcome
from sessions_api.surroundings import read_surroundings, set_conversation
from widgetplatform.api.described import described
from widgetplatform.api.errors import ApiError
from widgetplatform.api.serializers import IdSerializer


@described("POST", request=schemas.SurroundingsInput, responses=IdSerializer, operation_id="setConversation")
@api_view("POST")
async def set_surroundings(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """What the page says of itself: language, time zone, ``page``, and ``functions`` that it runs for the bot. What is given replaces what was
    there. The same as the socket's ``set``: functions count where the widget has ``tools``."""
    caller = await caller_of(request, conversation_id)
    tools = caller.operator or "tools" in caller.access.features
    await set_conversation(caller.access.conversation_id, read_surroundings(body_of(request), tools=tools))
    return JsonResponse({"id": str(caller.access.conversation_id)})


@described("POST", request=schemas.OutcomeInput, responses=IdSerializer, operation_id="answerConversationCall")
@api_view("POST")
async def result(request: HttpRequest, conversation_id: str, call_id: str) -> HttpResponseBase:
    """What came of a call: exactly one of ``result``, ``error`` and ``abort``. The first counts, then 409. The same as the socket's ``result``."""
    caller = await caller_of(request, conversation_id)
    try:
        outcome = read_outcome(body_of(request))
    except TooMuch as error:
        raise ApiError(413, str(error)) from None
    await answer_call(caller.access, _id(call_id), outcome)
    return JsonResponse({"id": str(_id(call_id))})


def _id(call_id: str) -> uuid.UUID:
    pk = parse_id(call_id)
    if pk is None:
        raise Http404("There is no such call")
    return pk
