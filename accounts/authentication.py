"""Bearer authentication with an operator's API token; ``request.auth`` is the ``ApiToken`` afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.limits import request_address
from accounts.models import ApiToken, token_digest
from accounts.request_limits import RequestLimits

USED_EVERY = timedelta(minutes=1)  # last_used_at is written at most this often, so that reads stay reads
TOKEN_CHARACTERS = 4096  # of an operator or of a session

# What an operator's route says to a session token; the app that issues them registers one. Each raises Http404 (404) for a token that
# is good elsewhere, AuthenticationFailed (401) for one that is not.
SESSION_TOKEN_CHECKS: list[Callable[[str], None]] = []


def bearer_token(header: str | None) -> str | None:
    """The token of an ``Authorization`` header, None where there is no header; AuthenticationFailed when it has another form."""
    if header is None:
        return None
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or " " in token or len(token) > TOKEN_CHARACTERS:
        raise AuthenticationFailed("Authorization: must be “Bearer” and a token")
    return token


def session_token(request: HttpRequest) -> str | None:
    """The bearer token where it has the form of a session's; ``authenticate_request`` deals with every other."""
    try:
        token = bearer_token(request.META.get("HTTP_AUTHORIZATION"))
    except AuthenticationFailed:
        return None
    return token if token and _is_session(token) else None


def authenticate_request(request: HttpRequest) -> ApiToken | None:
    """The active token of an active owner (loaded with it) that the request shows, marked as used; None where it shows none.
    Blocking. For every view of the API but those that take session tokens.

    Raises AuthenticationFailed with the reason (401), Http404 for a good session token, ApiError (429) beyond a limit.
    """
    header, malformed = request.META.get("HTTP_AUTHORIZATION"), None
    try:
        token = bearer_token(header)
    except AuthenticationFailed as error:
        token, malformed = header, error
    limits = RequestLimits(request_address(request), None if token is None else token_digest(token))
    limits.enter()
    try:
        if malformed:
            raise malformed
        row = None if token is None else _operator(token)
    except AuthenticationFailed:
        limits.fail()
        raise
    except Http404:
        limits.succeed()  # it is good elsewhere: nobody guessed
        raise
    limits.succeed()
    return row


async def aauthenticate_request(request: HttpRequest) -> ApiToken | None:
    """``authenticate_request`` for async views."""
    return await sync_to_async(authenticate_request)(request)


class BearerAuthentication(BaseAuthentication):
    """401 with the reason for a token that is malformed, unknown, revoked, expired or of an inactive user."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        """The owner and the token; None where no ``Authorization`` header was sent."""
        row = authenticate_request(request._request)
        return None if row is None else (row.owner, row)

    def authenticate_header(self, _request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="api"'


def _is_session(token: str) -> bool:
    return token.count(".") == 2


def _operator(token: str) -> ApiToken:
    if _is_session(token):
        for check in SESSION_TOKEN_CHECKS:
            check(token)
    # By SHA-256: the time that the look-up takes says nothing about stored tokens.
    found = ApiToken.objects.select_related("owner").filter(digest=token_digest(token)).order_by()
    row = next(iter(found), None)  # digests are unique; first() takes a third longer, on every request
    if row is None:
        raise AuthenticationFailed("The API token is not valid")
    # Whoever sends it holds it, so the reason tells them nothing new.
    if row.revoked_at:
        raise AuthenticationFailed("The API token was revoked")
    if not row.active:
        raise AuthenticationFailed("The API token has expired")
    if not row.owner.is_active:
        raise AuthenticationFailed("The user of this API token is not active")
    _mark_used(row)
    return row


def _mark_used(row: ApiToken) -> None:
    now = timezone.now()
    if row.last_used_at is None or row.last_used_at < now - USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        ApiToken.objects.filter(stale, pk=row.pk).update(last_used_at=now)
        row.last_used_at = now
