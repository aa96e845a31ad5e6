"""Whatever changes what visitors get of a widget is seen at the next request here, and within a second by other processes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User

from bots.models import Blueprint, Bot
from bots.services import create_blueprint, create_bot
from files.models import File
from files.services import create_file
from tests.support.actors import Operator
from widgets.cache import CHECK_SECONDS, ConfigCache
from widgets.config import CACHE, effective_of
from widgets.effective import Effective, load_effective
from widgets.models import LanguageMap, WidgetFile, WidgetIntegration
from widgets.services import attach_file, create_widget
from widgets.tests.pictures import GIF, picture_of, put
from widgets.texts import text_hash


@dataclass
class World:
    """Olive's widget with everything that it is made of; ``inherits`` has its bot from the blueprint, too."""

    olive: Operator
    widget: WidgetIntegration
    inherits: WidgetIntegration
    blueprint: Blueprint
    other: Blueprint
    bot: Bot
    file: File
    spare: File
    german: LanguageMap
    foreign: WidgetIntegration

    def api(self, path: str, **body: Any) -> None:
        """A change over the API."""
        answer = self.olive.post(path, body)
        assert answer.status_code == 200, answer.content

    def update(self, **fields: Any) -> None:
        """A change of the widget over the API."""
        self.api(f"integration/widget/{self.widget.pk}/update", **fields)

    def widget_with(self, **fields: Any) -> None:
        """A change past the services."""
        for name, value in fields.items():
            setattr(self.widget, name, value)
        self.widget.save()

    def german_with(self, **fields: Any) -> None:
        """A change of the German texts, as setup and people make it."""
        for name, value in fields.items():
            setattr(self.german, name, value)
        self.german.save()

    def user_with(self, **fields: Any) -> None:
        """A change of the operator's account."""
        for name, value in fields.items():
            setattr(self.olive.user, name, value)
        self.olive.user.save()


@pytest.fixture
def world(olive: Operator) -> World:
    foreign = create_widget(User.objects.create(username="otto"), name="Foreign")
    bot = create_bot(olive.user, name="Juno")
    blueprint = create_blueprint(olive.user, name="Group", widget_defaults={"intro": "Hi", "botId": str(bot.pk)})
    other = create_blueprint(olive.user, name="Other", widget_defaults={"intro": "Moved"})
    widget = create_widget(olive.user, name="Shop", bot=bot, blueprint=blueprint, title="Shop", initial="Hello", language="en, de")
    inherits = create_widget(olive.user, blueprint=blueprint)
    german = LanguageMap.objects.create(widget=widget, language="de", texts={"title": "Laden"}, hashes={"title": text_hash("Shop")})
    file, spare = picture_of(olive.user), picture_of(olive.user)
    attach_file(widget, file, "bot")
    attach_file(widget, picture_of(olive.user), "bar")
    return World(olive, widget, inherits, blueprint, other, bot, file, spare, german, foreign)


Change = Callable[[World], object]
CHANGES: dict[str, Change] = {
    "widget updated": lambda world: world.update(title="New"),
    "widget switched off": lambda world: world.update(enabled=False),
    "widget's field reset": lambda world: world.update(title=None),
    "widget's origin": lambda world: world.update(origin="https://a.example"),
    "widget's languages": lambda world: world.update(language="en, fr"),
    "widget's bot taken away": lambda world: world.update(botId=None, blueprintId=None),
    "widget moved to another blueprint": lambda world: world.update(blueprintId=str(world.other.pk)),
    "widget detached": lambda world: world.update(blueprintId=None, intro="Own"),
    "widget saved in a shell": lambda world: world.widget_with(title="Saved"),
    "widget deleted": lambda world: world.api(f"integration/widget/{world.widget.pk}/delete"),
    "blueprint updated": lambda world: world.api(f"blueprint/{world.blueprint.pk}/update", widgetDefaults={"intro": "New"}),
    "blueprint deleted": lambda world: world.api(f"blueprint/{world.blueprint.pk}/delete"),
    "blueprints deleted in a shell": lambda world: Blueprint.objects.filter(pk=world.blueprint.pk).delete(),
    "bot renamed": lambda world: world.api(f"bot/{world.bot.pk}/update", name="Nora"),
    "bot instructed": lambda world: world.api(f"bot/{world.bot.pk}/update", backstory="Be kind."),
    "bot deleted": lambda world: world.api(f"bot/{world.bot.pk}/delete"),
    "bots deleted in a shell": lambda world: Bot.objects.filter(pk=world.bot.pk).delete(),
    "picture attached": lambda world: world.api(f"integration/widget/{world.widget.pk}/file/{world.spare.pk}/attach", type="button"),
    "picture replaced": lambda world: world.api(f"integration/widget/{world.widget.pk}/file/{world.spare.pk}/attach", type="bot"),
    "picture detached": lambda world: world.api(f"integration/widget/{world.widget.pk}/file/{world.file.pk}/detach"),
    "picture's content": lambda world: put(world.file, GIF),
    "picture becomes none": lambda world: put(world.file, b"Only words.", "words.txt"),
    "file deleted": lambda world: world.api(f"file/{world.file.pk}/delete"),
    "links deleted in a shell": lambda world: WidgetFile.objects.filter(widget=world.widget).delete(),
    "texts translated": lambda world: world.german_with(texts={"title": "Geschäft"}),
    "texts overridden": lambda world: world.german_with(overrides={"title": {"text": "Mein Laden", "hash": ""}}),
    "texts of another language": lambda world: LanguageMap.objects.create(widget=world.widget, language="fr", overrides={"title": {"text": "Magasin", "hash": ""}}),
    "texts deleted": lambda world: world.german.delete(),
    "texts deleted at once": lambda world: LanguageMap.objects.filter(widget=world.widget).delete(),
    "owner deactivated": lambda world: world.user_with(is_active=False),
    "owner deleted": lambda world: world.olive.user.delete(),
}  # fmt: skip
OF_THE_BLUEPRINT = {name: change for name, change in CHANGES.items() if name.startswith(("blueprint", "bot"))}


def changed(widget: WidgetIntegration, world: World, change: Change, capture: Any) -> tuple[Effective, Effective | None]:
    """The widget before and after, as it is seen here and by another process."""
    key, now = widget.pk, [1000.0]
    there: ConfigCache[Effective | None] = ConfigCache(load_effective, lambda: now[0], CACHE._version)
    before = effective_of(key)
    assert before is not None and there.get(key) == before
    with capture(execute=True):
        change(world)
        assert effective_of(key) is before, "until it is committed"
    after = effective_of(key)
    assert after == load_effective(key), "here, at the next request"
    now[0] += CHECK_SECONDS
    assert there.get(key) == after, "there, a second later"
    return before, after


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen_at_once(world: World, name: str, django_capture_on_commit_callbacks: Any) -> None:
    foreign = effective_of(world.foreign.pk)
    before, after = changed(world.widget, world, CHANGES[name], django_capture_on_commit_callbacks)
    assert after != before
    assert after is None or after.version > before.version, "so that it can be told from an older one"
    assert effective_of(world.foreign.pk) is foreign, "other widgets stay in memory"


@pytest.mark.parametrize("name", OF_THE_BLUEPRINT)
def test_so_is_a_change_of_what_it_inherits(world: World, name: str, django_capture_on_commit_callbacks: Any) -> None:
    before, after = changed(world.inherits, world, OF_THE_BLUEPRINT[name], django_capture_on_commit_callbacks)
    assert after is not None and after != before and after.version > before.version


def test_what_is_undone_is_not_forgotten(world: World, django_capture_on_commit_callbacks: Any) -> None:
    before = effective_of(world.widget.pk)
    with django_capture_on_commit_callbacks(execute=True) as ran:
        assert world.olive.post(f"integration/widget/{world.widget.pk}/update", {"theme": "neon"}).status_code == 400
        world.olive.browser.force_login(world.olive.user)
        create_file(world.olive.user)
    assert not [callback for callback in ran if getattr(callback, "func", None) == CACHE.drop]
    assert effective_of(world.widget.pk) is before
