"""API tokens, and the side table that makes meta filters cheap."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.ids import new_id

TOKEN_BYTES = 32
PREFIX_CHARACTERS = 7  # "sk-" and four more: enough to tell tokens apart, useless to guess with


class Scope(models.TextChoices):
    """What a token may do."""

    READ = "read"
    WRITE = "write"


def all_scopes() -> list[str]:
    """The scopes of a token that was not narrowed."""
    return [str(scope) for scope in Scope]


def validate_scopes(value: object) -> None:
    """A list of one or more scopes, each once."""
    if not isinstance(value, list) or not value or len(set(map(str, value))) != len(value) or not {*map(str, value)} <= {*Scope.values}:
        raise ValidationError(f"must be a list of {' and '.join(Scope.values)}")


class ApiToken(models.Model):
    """A bearer token of an operator. Only its SHA-256 is stored; the token itself is shown once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=191, blank=True, default="", help_text="Where you use it, so that you know what breaks when you revoke it.")
    scopes = models.JSONField(
        default=all_scopes, validators=[validate_scopes], help_text="What it may do: read (every GET), write (everything else)."
    )
    prefix = models.CharField(max_length=16, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}".strip()

    @property
    def active(self) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


def token_digest(token: str) -> str:
    """SHA-256 in hex; the token has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_api_token(
    owner: User, name: str = "", expires_at: datetime | None = None, scopes: list[str] | None = None
) -> tuple[ApiToken, str]:
    """A new token of ``owner``: the row, and the text that must be shown now because it is not kept. ``scopes`` None: all."""
    token = f"sk-{secrets.token_urlsafe(TOKEN_BYTES)}"
    row = ApiToken.objects.create(
        owner=owner, name=name, prefix=token[:PREFIX_CHARACTERS], digest=token_digest(token), expires_at=expires_at,
        scopes=all_scopes() if scopes is None else scopes,
    )
    return row, token


class MetaEntry(models.Model):
    """One scalar leaf of an object's meta: ``meta.plan.name=pro`` is a row with path ``plan.name`` and value ``pro``."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=64)
    object_id = models.UUIDField()
    path = models.CharField(max_length=255)
    value = models.CharField(max_length=255)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "kind", "path", "value", "object_id"], name="accounts_meta_find"),
            models.Index(fields=["kind", "object_id"], name="accounts_meta_of"),
        ]

    def __str__(self) -> str:
        return f"{self.path}={self.value}"
