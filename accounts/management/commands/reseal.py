"""``manage.py reseal``: encrypts operators' secrets with the first of SECRETS_KEYS, so that older keys can be taken out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.sealed import reseal_all


class Command(BaseCommand):
    help = "Encrypt everything that operators keep secret with the first key of SECRETS_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Go on where one cannot be read, and fail at the end."""
        done = unreadable = 0
        for each in reseal_all():
            if each.error:
                unreadable += 1
                self.stderr.write(f"{each.row}: {each.error}")
            else:
                done += 1
        self.stdout.write(f"Encrypted anew: {done}.")
        if unreadable:
            raise CommandError(f"{unreadable} could not be read; keep the old keys, or have their owners enter them again")
