"""Secrets of operators in the database: encrypted with a key that is not there (XChaCha20-Poly1305, libsodium)."""

import base64
import hashlib
from functools import lru_cache

from django.conf import settings
from nacl.exceptions import CryptoError
from nacl.secret import Aead


class SealError(Exception):
    """What is stored cannot be read: its key is gone from SECRETS_KEYS, or it belongs to another row."""


def seal(text: str, of: str) -> str:
    """``text`` encrypted with the first of SECRETS_KEYS, readable only together with ``of``, the id of its row; empty stays empty."""
    if not text:
        return ""
    kid, key = next(iter(settings.SECRETS_KEYS.items()))
    return f"{kid}.{base64.b64encode(_box(key).encrypt(text.encode(), of.encode())).decode()}"


def unseal(sealed: str, of: str) -> str:
    """What was sealed. Raises ``SealError``."""
    if not sealed:
        return ""
    kid, _, data = sealed.partition(".")
    key = settings.SECRETS_KEYS.get(kid)
    if key is None:
        raise SealError(f"SECRETS_KEYS holds no key “{kid}” any more")
    try:
        return _box(key).decrypt(base64.b64decode(data), of.encode()).decode()
    except (CryptoError, ValueError):
        raise SealError("What is stored was not sealed for this row") from None


@lru_cache(8)
def _box(key: str) -> Aead:
    return Aead(hashlib.blake2b(key.encode(), digest_size=32, person=b"operator-secret").digest())
