"""POST integration/widget/{id}/session/create: public, guarded by origin, address limits and the widget's own rules."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse

from accounts.authentication import authenticate_request, session_token
from accounts.limits import client_address
from sessions_api import chat
from sessions_api.access import open_session, origin_allowed, origin_refusal
from sessions_api.api import schemas
from sessions_api.api.plain import api_view, body_of
from sessions_api.chat import Access
from sessions_api.creation import CreatedSession, create_session
from sessions_api.follow import wait_for_reply
from sessions_api.limits import take_session
from sessions_api.models import Conversation, Message
from sessions_api.session_request import LANGUAGE, SessionRequest, read_request
from sessions_api.threads import in_thread
from sessions_api.tokens import TokenError
from sessions_api.wire import ms, row, visible
from widgetplatform import metrics
from widgetplatform.api.described import described
from widgetplatform.api.errors import ApiError
from widgetplatform.api.permissions import check_scope
from widgets.config import aeffective_of
from widgets.effective import Effective
from widgets.languages import accepted_languages, language_code

SEED_SECONDS = 60


@described("POST", public=True, request=schemas.SessionInput, responses=schemas.SessionOutput)
@api_view("POST")
async def create(request: HttpRequest, widget_integration_id: str) -> HttpResponseBase:
    """Answers ``{id, conversationId, token, expiresAt, messages}``; seeded messages are answered before it returns."""
    widget = await aeffective_of(widget_integration_id)
    credential = await _credential(request)
    if widget is None:
        raise Http404("There is no such widget")
    by_owner = isinstance(credential, int) and credential == widget.owner_id
    if not by_owner and not origin_allowed(request.scope, widget):  # type: ignore[attr-defined]
        raise ApiError(403, origin_refusal(request.scope))  # type: ignore[attr-defined]
    if not by_owner:
        take_session(client_address(request.scope))  # type: ignore[attr-defined]
    wanted = read_request(body_of(request), settings.MESSAGE_BYTES)
    if language_code(wanted.language) is None:  # none, or one that nobody knows
        wanted = replace(wanted, language=_language(request))
    if not widget.enabled:
        raise ApiError(409, "This chat is closed at the moment")
    if widget.bot_id is None:
        raise ApiError(409, "botId: this widget has no bot, and neither has its blueprint")
    until = await _authorize_attachment(widget, wanted, credential, by_owner)
    created: CreatedSession = await in_thread(create_session)(widget, wanted, until)
    metrics.count("sessions")
    await _answer_seeds(created, wanted)
    rows = await in_thread(_rows)(created.conversation.pk)
    return JsonResponse(
        {
            "id": str(created.session.pk),
            "conversationId": str(created.conversation.pk),
            "token": created.token,
            "expiresAt": ms(created.session.expires_at),
            "messages": rows,
        }
    )


def _language(request: HttpRequest) -> str:
    """What the browser would like best."""
    return next((code for code in accepted_languages(request.headers.get("Accept-Language", "")) if LANGUAGE.fullmatch(code)), "")


async def _credential(request: HttpRequest) -> Any:
    """The owner's id of an operator token, what a session token opens, or None. 401 for a bad one, on a public route too."""
    token = session_token(request)
    if token is None:
        return await in_thread(_owner)(request)
    try:
        return await open_session(token)
    except TokenError as error:
        raise ApiError(401, str(error)) from None


def _owner(request: HttpRequest) -> Any:
    row = authenticate_request(request)
    if row is None:
        return None
    check_scope(row, request.method)
    return row.owner_id


async def _authorize_attachment(widget: Effective, wanted: SessionRequest, credential: Any, by_owner: bool) -> datetime | None:
    """Only the owner, or a still valid session of that very conversation, attaches to it; the latter never gains time."""
    if wanted.conversation_id is None:
        return None
    if by_owner:
        if await in_thread(_is_of)(wanted.conversation_id, widget):
            return None
    elif credential is not None and not isinstance(credential, int):
        same = credential.access.conversation_id == wanted.conversation_id and credential.access.widget_id == widget.id
        if same:
            return credential.claims.expires_at
    raise Http404("There is no such conversation")


def _is_of(conversation_id: uuid.UUID, widget: Effective) -> bool:
    return Conversation.objects.filter(pk=conversation_id, owner_id=widget.owner_id).exists()


async def _answer_seeds(created: CreatedSession, wanted: SessionRequest) -> None:
    access = Access(created.conversation.pk, None)
    for text in wanted.messages:
        accepted = await chat.send(access, uuid.uuid4(), text)
        if accepted.reply is not None:
            await wait_for_reply(access.conversation_id, accepted.reply.pk, SEED_SECONDS)


def _rows(conversation_id: uuid.UUID) -> list[dict[str, Any]]:
    messages = Message.objects.filter(conversation_id=conversation_id).order_by("-position")[:100]
    return [row(message) for message in reversed(messages) if visible(message) and not message.deleted]
