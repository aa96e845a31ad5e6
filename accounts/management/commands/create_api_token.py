"""``manage.py create_api_token USERNAME [--name N] [--scopes S] [--expires-in-days D]``: prints a new API token, once."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Scope, create_api_token, validate_scopes
from accounts.names import NAME_BYTES

DAYS_MAX = 3650


class Command(BaseCommand):
    help = "Create an API token for a user and print it. Only its hash is stored: it cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="where the token is used")
        parser.add_argument(
            "--scopes", default=",".join(Scope.values), help="what it may do: read, write, or both with a comma between them; both by default"
        )
        parser.add_argument(
            "--expires-in-days", type=int, help=f"how long it is valid, 1 to {DAYS_MAX} days; without it, until revoked"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the token alone on standard output, so that scripts can take it."""
        users = get_user_model()
        try:
            owner = users.objects.get_by_natural_key(options["username"])
        except users.DoesNotExist:
            raise CommandError(f"no user named {options['username']}") from None
        if not owner.is_active:
            raise CommandError(f"the user {options['username']} is not active")
        if len(options["name"].encode("utf-8", "surrogatepass")) > NAME_BYTES:
            raise CommandError(f"--name: must have at most {NAME_BYTES} bytes")
        _, token = create_api_token(
            owner, options["name"], _expiry(options["expires_in_days"]), _scopes(options["scopes"])
        )
        self.stdout.write(token)


def _scopes(text: str) -> list[str]:
    scopes = [part.strip() for part in text.split(",")]
    try:
        validate_scopes(scopes)
    except ValidationError:
        raise CommandError(f"--scopes: must be {', '.join(Scope.values)} or both with a comma between them") from None
    return scopes


def _expiry(days: int | None) -> datetime | None:
    if days is None:
        return None
    if not 1 <= days <= DAYS_MAX:
        raise CommandError(f"--expires-in-days: must be 1 to {DAYS_MAX}")
    return timezone.now() + timedelta(days=days)
