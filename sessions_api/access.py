"""Loading is authorizing: the one way from a session token to a conversation."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed

from sessions_api.chat import Access
from sessions_api.models import Conversation, Session
from sessions_api.threads import in_thread
from sessions_api.tokens import SessionClaims, TokenError, read_token
from widgets.config import aeffective_of
from widgets.effective import NOWHERE, Effective
from widgets.origins import allows
from widgets.own import own_address

ORIGIN_CHARACTERS = 200  # of a refused one are repeated


@dataclass(frozen=True)
class Opened:
    """What a good token opens; ``widget`` is None where an operator made the session without one, and once it was deleted."""

    access: Access
    claims: SessionClaims
    widget: Effective | None

    def origin_allowed(self, scope: Mapping[str, Any]) -> bool:
        """Whether the page that opens this connection may use the session: any page where its operator made it without a widget,
        none but our own where the widget was deleted."""
        if self.widget is None and self.claims.widget_id:
            return allows(NOWHERE, origin_of(scope), own_origin(scope))
        return origin_allowed(scope, self.widget)


class Gone(TokenError):
    """The token's conversation was deleted."""


async def open_session(token: str) -> Opened:
    """Check signature, claims and the session's row. Raises ``TokenError``, ``Gone`` where there is no conversation any more."""
    claims = read_token(token)
    await in_thread(check_session)(claims)
    widget = await aeffective_of(claims.widget_id) if claims.widget_id else None
    features = claims.features
    if claims.widget_id:  # what a token says counts only while the widget says so too
        features = frozenset(name for name in features if widget is not None and getattr(widget, name, False))
    return Opened(Access(claims.conversation_id, claims.jti, claims.widget_id, features), claims, widget)


def check_session(claims: SessionClaims, grace: timedelta = timedelta()) -> None:
    """Look at the session's row; raises as ``open_session`` does. ``grace`` is for how long after its end it still counts."""
    session = Session.objects.filter(pk=claims.jti, conversation_id=claims.conversation_id).first()
    if session is None and not conversation_exists(claims.conversation_id):
        raise Gone("There is no such conversation")
    if session is None or session.revoked_at is not None:
        raise TokenError("The session was ended")
    if session.expires_at + grace <= timezone.now():
        raise TokenError("The session has ended", expired=True)


def refuse_elsewhere(token: str) -> None:
    """What a route of operators says to a session token: Http404 to a good one, and where its conversation was deleted;
    AuthenticationFailed to any other. Blocking."""
    try:
        check_session(read_token(token))
    except Gone:
        raise Http404 from None
    except TokenError as error:
        raise AuthenticationFailed(str(error)) from None
    raise Http404


def conversation_exists(conversation_id: uuid.UUID) -> bool:
    """Whether it was not deleted."""
    return Conversation.objects.filter(pk=conversation_id).exists()


def own_origin(scope: Mapping[str, Any]) -> str | None:
    """Scheme and host of the request itself, written as browsers write origins; None where the host is not ours."""
    address = own_address(scope)
    if address is None:
        return None
    scheme, host = address
    return f"{scheme}://{host.removesuffix(':443' if scheme == 'https' else ':80').lower()}"


def origin_of(scope: Mapping[str, Any]) -> str | None:
    """The Origin header; None where absent."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)


def origin_allowed(scope: Mapping[str, Any], widget: Effective | None) -> bool:
    """Whether the page that opens this connection may use the widget (PROTOCOL section 3)."""
    return allows(widget.origins if widget else (), origin_of(scope), own_origin(scope))


def origin_refusal(scope: Mapping[str, Any]) -> str:
    """Says to a page that may not which page that is, and where its operator can change it."""
    origin = origin_of(scope)
    page = origin[:ORIGIN_CHARACTERS] if origin and origin != "null" and origin.isascii() and origin.isprintable() else "a page without an address"
    return f"Origin: {page} may not use this widget; its owner lists the sites that may in the widget’s “origin”"
