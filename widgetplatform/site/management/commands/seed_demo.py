"""``manage.py seed_demo``: the demo's operator, bot, knowledge and widget. Safe to run at every start."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from widgetplatform.site.seeding import seed


class Command(BaseCommand):
    help = "Make the demo's user, bot, knowledge and widget where they are missing; read the documentation again when it changed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("PRODUCTION is set: the demo is for trying things out and is not made here")
        seed()
