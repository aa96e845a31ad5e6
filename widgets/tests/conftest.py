"""Olive's bot and widget; the process's memory empty before each test."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group

from bots.models import Blueprint, Bot
from bots.services import create_blueprint, create_bot
from tests.support.actors import Operator
from widgets.config import CACHE
from widgets.models import WidgetIntegration
from widgets.services import create_widget


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    CACHE.clear()
    yield
    CACHE.clear()


@pytest.fixture
def bot(olive: Operator) -> Bot:
    return create_bot(olive.user, name="Juno", backstory="You know a secret.")


@pytest.fixture
def widget(olive: Operator, bot: Bot) -> WidgetIntegration:
    return create_widget(olive.user, name="Halden shop", bot=bot, meta={"plan": "gold"})


@pytest.fixture
def blueprint(olive: Operator, bot: Bot) -> Blueprint:
    defaults = {"title": "From the blueprint", "math": False, "botId": str(bot.pk)}
    return create_blueprint(olive.user, name="Group", widget_defaults=defaults)


@pytest.fixture
def operators(olive: Operator, otto: Operator) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)
