"""Keys of an installation.

On embedded defaults they are made once and kept in ``DATA_DIR/keys.json`` (mode 0600). In production they come from the
environment, and a missing, short or widely known one stops the start: RELIABILITY's most repeated hole is a default secret.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

MIN_KEY_CHARACTERS = 32
KNOWN = ("changeme", "change-me", "django-insecure", "secret", "example", "your-")


@dataclass(frozen=True)
class Keys:
    """``secret`` is Django's SECRET_KEY; ``signing`` maps a key id to a session signing key, the first one signs.

    ``sealing`` does the same for the keys that encrypt operators' secrets in the database.
    """

    secret: str
    signing: dict[str, str]
    sealing: dict[str, str]


def _strong(name: str, value: str) -> str:
    if len(value) < MIN_KEY_CHARACTERS:
        raise ImproperlyConfigured(f"{name} must have at least {MIN_KEY_CHARACTERS} characters")
    if len(set(value)) < 10 or any(word in value.lower() for word in KNOWN):
        raise ImproperlyConfigured(f"{name} is a known or guessable value; make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'")
    return value


def _ring(name: str) -> dict[str, str]:
    ring = {}
    for entry in os.environ.get(name, "").replace(",", " ").split():
        kid, separator, key = entry.partition(":")
        if not separator or not kid:
            raise ImproperlyConfigured(f"{name} must be a list of id:key, of which the first one is used for what is new")
        ring[kid] = _strong(f"{name} ({kid})", key)
    if not ring:
        raise ImproperlyConfigured(f"{name} must hold at least one id:key")
    return ring


def production_keys() -> Keys:
    """The keys of the environment, each checked; raises ``ImproperlyConfigured``."""
    secret = _strong("SECRET_KEY", os.environ.get("SECRET_KEY", ""))
    signing, sealing = _ring("SESSION_SIGNING_KEYS"), _ring("SECRETS_KEYS")
    for name, ring, others in (
        ("SESSION_SIGNING_KEYS", signing, {secret}),
        ("SECRETS_KEYS", sealing, {secret, *signing.values()}),
    ):
        if others & set(ring.values()):
            raise ImproperlyConfigured(f"{name} must not hold a key that is used for something else")
    return Keys(secret, signing, sealing)


def embedded_keys(folder: Path) -> Keys:
    """The keys kept in ``folder``; made there at the first start."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = _kept(folder / "keys.json", {"secret": _new(), "signing": {secrets.token_hex(4): _new()}})
        sealing = _kept(folder / "secrets-keys.json", {secrets.token_hex(4): _new()})
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR {folder} cannot be used: {error.strerror}") from None
    return Keys(kept["secret"], kept["signing"], sealing)


def _kept(path: Path, made: dict[str, Any]) -> Any:
    """What the file holds; it gets ``made`` where it is not there yet."""
    if not path.exists():
        draft = path.with_name(f".{path.stem}-{os.getpid()}.json")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
        try:
            os.link(draft, path)  # whoever starts at the same moment: one file wins, whole
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return json.loads(path.read_text())


def _new() -> str:
    return secrets.token_urlsafe(48)
