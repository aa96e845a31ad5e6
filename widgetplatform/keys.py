"""Keys of an installation.

On embedded defaults they are made once and kept in ``DATA_DIR/keys.json`` (mode 0600). In production they come from the
environment, and a missing, short or widely known one stops the start: RELIABILITY's most repeated hole is a default secret.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MIN_KEY_CHARACTERS = 32
KNOWN = ("changeme", "change-me", "django-insecure", "secret", "example", "your-")


@dataclass(frozen=True)
class Keys:
    """``secret`` is Django's SECRET_KEY; ``signing`` maps a key id to a session signing key, the first one signs."""

    secret: str
    signing: dict[str, str]


def _strong(name: str, value: str) -> str:
    if len(value) < MIN_KEY_CHARACTERS:
        raise ImproperlyConfigured(f"{name} must have at least {MIN_KEY_CHARACTERS} characters")
    if len(set(value)) < 10 or any(word in value.lower() for word in KNOWN):
        raise ImproperlyConfigured(f"{name} is a known or guessable value; make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'")
    return value


def _parse_ring(raw: str) -> dict[str, str]:
    ring = {}
    for entry in raw.replace(",", " ").split():
        kid, separator, key = entry.partition(":")
        if not separator or not kid:
            raise ImproperlyConfigured("SESSION_SIGNING_KEYS must be a list of id:key, the first one signs")
        ring[kid] = _strong(f"SESSION_SIGNING_KEYS ({kid})", key)
    return ring


def production_keys() -> Keys:
    """The keys of the environment, each checked; raises ``ImproperlyConfigured``."""
    secret = _strong("SECRET_KEY", os.environ.get("SECRET_KEY", ""))
    ring = _parse_ring(os.environ.get("SESSION_SIGNING_KEYS", ""))
    if not ring:
        raise ImproperlyConfigured("SESSION_SIGNING_KEYS must hold at least one id:key")
    if secret in ring.values():
        raise ImproperlyConfigured("SESSION_SIGNING_KEYS must not hold the SECRET_KEY")
    return Keys(secret, ring)


def embedded_keys(folder: Path) -> Keys:
    """The keys kept in ``folder``; made there at the first start."""
    path = folder / "keys.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            made = {"secret": secrets.token_urlsafe(48), "signing": {secrets.token_hex(4): secrets.token_urlsafe(48)}}
            draft = folder / f".keys-{os.getpid()}.json"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(made, file)
            try:
                os.link(draft, path)  # whoever starts at the same moment: one file wins, whole
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        kept = json.loads(path.read_text())
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR {folder} cannot be used: {error.strerror}") from None
    return Keys(kept["secret"], kept["signing"])
