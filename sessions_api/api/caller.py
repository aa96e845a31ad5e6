"""Who calls a conversation's routes: its operator with an API token, or a visitor with the token of just that conversation."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest

from accounts.authentication import bearer_token, session_token
from accounts.ids import parse_id
from accounts.names import ALIAS
from sessions_api.access import Gone, check_session, open_session, origin_of, origin_refusal
from sessions_api.chat import Access
from sessions_api.models import Conversation
from sessions_api.threads import in_thread
from sessions_api.tokens import TokenError, read_token
from widgetplatform.api.errors import ApiError
from widgetplatform.api.operators import operator_of

EXPIRED_FOR = timedelta(hours=24)
NO_TOKEN = "Authorization: must be “Bearer” and a token"  # noqa: S105 (a message)


@dataclass(frozen=True)
class Caller:
    """``owner`` is the operator, None for a visitor."""

    access: Access
    owner: Any = None

    @property
    def operator(self) -> bool:
        """Whether hidden rows and other types may be seen."""
        return self.owner is not None


async def caller_of(request: HttpRequest, conversation_id: str, reads: bool = False) -> Caller:
    """Authenticate, and load through what the caller may see: 401 without a good token, one 404 for foreign and missing alike.
    A POST needs the scope ``write`` (403), unless it only ``reads``."""
    token = session_token(request)
    if token is not None:
        return await _visitor(request, token, conversation_id)
    return await in_thread(_operator)(request, conversation_id, reads)


async def _visitor(request: HttpRequest, token: str, conversation_id: str) -> Caller:
    try:
        opened = await open_session(token)
    except Gone:
        raise not_found() from None
    except TokenError as error:
        raise ApiError(401, str(error)) from None
    if parse_id(conversation_id) != opened.access.conversation_id:
        raise not_found()
    scope = request.scope  # type: ignore[attr-defined]
    # A browser leaves the Origin of a GET out only where the page is our own.
    absent = request.method == "GET" and origin_of(scope) is None
    if not absent and not opened.origin_allowed(scope):
        raise ApiError(403, origin_refusal(scope))
    return Caller(opened.access)


def _operator(request: HttpRequest, conversation_id: str, reads: bool) -> Caller:
    owner = operator_of(request, reads)
    mine = Conversation.objects.for_owner(owner)
    pk = parse_id(conversation_id)
    if pk:
        found = mine.filter(pk=pk).first()
    else:
        found = mine.filter(alias=conversation_id).first() if ALIAS.fullmatch(conversation_id) else None
    if found is None:
        raise not_found()
    return Caller(Access(found.pk, None, found.widget_id), owner)


async def expired_caller(request: HttpRequest, conversation_id: str) -> uuid.UUID:
    """The conversation of a correctly signed token that may have expired within a day; only the outbox's by-cid look-up takes it.
    Not one that was revoked."""
    token = bearer_token(request.META.get("HTTP_AUTHORIZATION"))
    if token is None:
        raise ApiError(401, NO_TOKEN)
    try:
        claims = read_token(token, allow_expired=True)
        await in_thread(check_session)(claims, EXPIRED_FOR)
    except Gone:
        raise not_found() from None
    except TokenError as error:
        raise ApiError(401, str(error)) from None
    if parse_id(conversation_id) != claims.conversation_id:
        raise not_found()
    return claims.conversation_id


def not_found() -> Http404:
    """The one 404 of conversations."""
    return Http404("There is no such conversation")
