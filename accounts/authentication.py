"""Bearer authentication with an operator's API token; ``request.auth`` is the ``ApiToken`` afterwards."""

from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, token_digest

USED_EVERY = timedelta(minutes=1)  # last_used_at is written at most this often, so that reads stay reads
TOKEN_CHARACTERS = 4096  # of an operator or of a session


def bearer_token(header: str | None) -> str | None:
    """The token of an ``Authorization`` header, None where there is no header; AuthenticationFailed when it has another form."""
    if header is None:
        return None
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or " " in token or len(token) > TOKEN_CHARACTERS:
        raise AuthenticationFailed("Authorization: must be “Bearer” and a token")
    return token


def authenticate_token(token: str) -> ApiToken | None:
    """The active token of an active owner (loaded with it), or None. Marks it as used. Blocking."""
    row = _find(token)
    return row if row and not _refusal(row) else None


async def aauthenticate_token(token: str) -> ApiToken | None:
    """``authenticate_token`` for async views."""
    return await sync_to_async(authenticate_token)(token)


class BearerAuthentication(BaseAuthentication):
    """401 with the reason for a token that is malformed, unknown, revoked, expired or of an inactive user."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        """The owner and the token; None where no ``Authorization`` header was sent."""
        token = bearer_token(request.META.get("HTTP_AUTHORIZATION"))
        if token is None:
            return None
        row = _find(token)
        if row is None:
            raise AuthenticationFailed("The API token is not valid")
        if refusal := _refusal(row):
            raise AuthenticationFailed(refusal)
        return row.owner, row

    def authenticate_header(self, _request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="api"'


def _find(token: str) -> ApiToken | None:
    """Look-up by SHA-256: the time it takes says nothing about stored tokens."""
    return ApiToken.objects.select_related("owner").filter(digest=token_digest(token)).first()


def _refusal(row: ApiToken) -> str | None:
    """Why the token opens nothing; whoever sends it holds it, so the reason tells them nothing new."""
    if row.revoked_at:
        return "The API token was revoked"
    if not row.active:
        return "The API token has expired"
    if not row.owner.is_active:
        return "The user of this API token is not active"
    _mark_used(row)
    return None


def _mark_used(row: ApiToken) -> None:
    now = timezone.now()
    if row.last_used_at is None or row.last_used_at < now - USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        ApiToken.objects.filter(stale, pk=row.pk).update(last_used_at=now)
        row.last_used_at = now
