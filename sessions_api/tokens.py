"""Session tokens: HS256 only, own key ring with ``kid``, every claim required (PROTOCOL section 3)."""

import base64
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from django.conf import settings

ALGORITHM = "HS256"
AUDIENCE = "conversation"
ISSUER = "chatwidget"
CLAIMS = ["iss", "aud", "sub", "wid", "uid", "jti", "iat", "exp", "features"]
TOKEN_BYTES = 4096
LEEWAY_SECONDS = 30  # clocks of two servers


@dataclass(frozen=True)
class SessionClaims:
    """What a token says: which conversation it opens, through which widget, until when, with which features."""

    conversation_id: uuid.UUID
    widget_id: uuid.UUID | None
    owner_id: str
    jti: uuid.UUID
    expires_at: datetime
    features: frozenset[str]


class TokenError(Exception):
    """The token opens nothing; ``expired`` where it was good once."""

    def __init__(self, message: str, expired: bool = False) -> None:
        super().__init__(message)
        self.expired = expired


def issue_token(claims: SessionClaims) -> str:
    """Sign with the first key of the ring."""
    kid, key = next(iter(settings.SESSION_SIGNING_KEYS.items()))
    payload = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(claims.conversation_id),
        "wid": str(claims.widget_id or ""),
        "uid": claims.owner_id,
        "jti": str(claims.jti),
        "iat": int(time.time()),
        "exp": int(claims.expires_at.timestamp()),
        "features": sorted(claims.features),
    }
    return jwt.encode(payload, key, algorithm=ALGORITHM, headers={"kid": kid})


def read_token(token: str, allow_expired: bool = False) -> SessionClaims:
    """The claims of a good token; raises ``TokenError``. The session's row is not looked at here."""
    if not isinstance(token, str) or len(token) > TOKEN_BYTES or token.count(".") != 2:
        raise TokenError("The session token is not one")
    if not _is_canonical(token.rpartition(".")[2]):
        raise TokenError("The session token is not valid")
    try:
        header = jwt.get_unverified_header(token)
        key = settings.SESSION_SIGNING_KEYS.get(header.get("kid", ""))
        if key is None or header.get("alg") != ALGORITHM or not set(header) <= {"alg", "kid", "typ"}:
            raise TokenError("The session token is not one of this installation")
        payload = jwt.decode(
            token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, leeway=LEEWAY_SECONDS,
            options={"require": CLAIMS, "verify_exp": not allow_expired},
        )
        return _claims(payload)
    except jwt.ExpiredSignatureError:
        raise TokenError("The session has ended", expired=True) from None
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise TokenError("The session token is not valid") from None


def _is_canonical(signature: str) -> bool:
    """Whether it is the one spelling of its bytes; decoders skip foreign characters and the spare bits of the last one."""
    try:
        raw = base64.urlsafe_b64decode(f"{signature}{'=' * (-len(signature) % 4)}")
    except ValueError:
        return False
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == signature


def _claims(payload: dict[str, Any]) -> SessionClaims:
    features = payload["features"]
    if not isinstance(features, list) or not all(isinstance(name, str) for name in features):
        raise ValueError("features")
    return SessionClaims(
        conversation_id=uuid.UUID(payload["sub"]),
        widget_id=uuid.UUID(payload["wid"]) if payload["wid"] else None,
        owner_id=str(payload["uid"]),
        jti=uuid.UUID(payload["jti"]),
        expires_at=datetime.fromtimestamp(payload["exp"], UTC),
        features=frozenset(features),
    )
