import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from sessions_api.tokens import CLAIMS, SessionClaims, TokenError, issue_token, read_token

KEY, OTHER = "k" * 48, "o" * 48


@pytest.fixture(autouse=True)
def ring(settings: Any) -> None:
    """One known key."""
    settings.SESSION_SIGNING_KEYS = {"k1": KEY}


def claims(seconds: int = 600, **fields: Any) -> SessionClaims:
    """Claims of a session that ends so many seconds from now."""
    base: dict[str, Any] = {
        "conversation_id": uuid.uuid4(),
        "widget_id": uuid.uuid4(),
        "owner_id": "7",
        "jti": uuid.uuid4(),
        "expires_at": datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds),
        "features": frozenset({"stream", "math"}),
    }
    return SessionClaims(**{**base, **fields})


def signed(key: str = KEY, headers: dict[str, Any] | None = None, without: str = "", **changes: Any) -> str:
    """A token with this payload."""
    payload = {
        "iss": "chatwidget", "aud": "conversation", "sub": str(uuid.uuid4()), "wid": str(uuid.uuid4()), "uid": "7",
        "jti": str(uuid.uuid4()), "iat": int(time.time()), "exp": int(time.time()) + 600, "features": ["stream"],
    } | changes  # fmt: skip
    payload.pop(without, None)
    return jwt.encode(payload, key, algorithm="HS256", headers={"kid": "k1"} if headers is None else headers)


def refused(token: Any) -> TokenError:
    """The refusal of a token."""
    with pytest.raises(TokenError) as error:
        read_token(token)
    return error.value


def test_a_token_says_what_it_was_issued_for() -> None:
    for wanted in (claims(), claims(widget_id=None, features=frozenset())):
        assert read_token(issue_token(wanted)) == wanted


def test_the_hand_made_token_of_these_tests_is_good() -> None:
    assert read_token(signed()).owner_id == "7"


def test_an_expired_token_is_told_apart() -> None:
    old = claims(-60)
    assert refused(issue_token(old)).expired
    assert read_token(issue_token(old), allow_expired=True) == old
    assert not refused("a.b.c").expired


def test_clocks_may_differ_a_little() -> None:
    assert read_token(issue_token(claims(-5)))


def test_flipped_bits_open_nothing() -> None:
    token = issue_token(claims()).encode()
    for bit in range(0, len(token) * 8, 7):
        flipped = bytearray(token)
        flipped[bit // 8] ^= 1 << bit % 8
        refused(flipped.decode("latin-1"))


def test_a_signature_has_one_spelling() -> None:
    token = issue_token(claims())
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    read = 0
    for last in alphabet:
        try:
            read_token(token[:-1] + last)
            read += 1
        except TokenError:
            pass
    assert read == 1
    for extra in ("=", "!", "\n", "."):
        refused(token + extra)


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_is_required(claim: str) -> None:
    refused(signed(without=claim))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "admin"}, {"aud": ["admin"]}, {"iss": "somebody"}, {"sub": "not an id"}, {"sub": 5}, {"wid": "x"}, {"jti": ""},
        {"features": "stream"}, {"features": [1]}, {"features": None}, {"exp": "soon"}, {"iat": int(time.time()) + 600}, {"nbf": time.time() + 600},
    ],
)  # fmt: skip
def test_claims_must_be_as_issued(changes: dict[str, Any]) -> None:
    refused(signed(**changes))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"kid": "k2"},
        {"kid": ["k1"]},
        {"kid": "k1", "jku": "https://evil.example"},
        {"kid": "k1", "typ": "x", "crit": ["b64"]},
    ],
)
def test_headers_must_be_as_issued(headers: dict[str, Any]) -> None:
    try:
        token = signed(headers=headers)
    except (TypeError, jwt.PyJWTError):  # the library does not make such a token; a client writes it by hand
        token = signed().partition(".")[2]
        head = jwt.utils.base64url_encode(repr(headers).replace("'", '"').encode()).decode()
        token = f"{head}.{token}"
    refused(token)


def test_other_algorithms_open_nothing() -> None:
    head, payload, signature = signed().split(".")
    for algorithm in ("none", "None", "HS512", "RS256"):
        other = jwt.utils.base64url_encode(
            f'{{"alg":"{algorithm}","kid":"k1","typ":"JWT"}}'.encode()
        ).decode()
        refused(f"{other}.{payload}.{signature}")
        refused(f"{other}.{payload}.")
    refused(f"{head}.{payload}.")
    refused(jwt.encode({"sub": "1"}, "k" * 64, algorithm="HS512", headers={"kid": "k1"}))


def test_a_foreign_key_opens_nothing() -> None:
    refused(signed(key=OTHER))


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c", "....", "ä.ö.ü", "\ud800.\ud800.\ud800", None, 5, b"a.b.c"]
)
def test_what_is_no_token(token: Any) -> None:
    refused(token)


def test_a_token_of_five_kibibytes_is_not_looked_at() -> None:
    refused(signed(extra="x" * 5120))


def test_keys_rotate(settings: Any) -> None:
    before = issue_token(claims())
    settings.SESSION_SIGNING_KEYS = {"k2": OTHER, "k1": KEY}
    after = issue_token(claims())
    assert jwt.get_unverified_header(after)["kid"] == "k2"
    assert read_token(before)
    assert read_token(after)
    settings.SESSION_SIGNING_KEYS = {"k2": OTHER}
    refused(before)
    assert read_token(after)
