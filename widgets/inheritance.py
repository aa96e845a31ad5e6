"""What counts for a widget's fields where the widget itself sets nothing, and where it comes from, in words."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.text import Truncator

from bots.models import Blueprint, Bot
from widgets.fields import API_NAMES, BOOLEANS, DEFAULTS, given_by_blueprint, refusal

SHOWN_CHARACTERS = 100
DEFAULT = "Default"
# What an empty value means to the visitor.
EMPTY = {
    "theme": "default", "layout": "bubble", "title": "the bot’s name", "placeholder": "the usual words", "origin": "everywhere", "language": "every language",
}  # fmt: skip

NAMES = {key: name for name, key in API_NAMES.items()} | {"botId": "bot_id"}  # fields by their names in the API


@dataclass(frozen=True)
class Inherited:
    """One field's value from the blueprint, or else its default."""

    source: str
    given: bool
    value: Any
    words: str

    @property
    def hint(self) -> str:
        """What an empty input shows faintly."""
        return str(self.value) if self.value and not isinstance(self.value, bool | UUID) else ""

    @property
    def can_be_emptied(self) -> bool:
        """Whether an empty text of the widget's own would make a difference."""
        return self.given and isinstance(self.value, str) and bool(self.value)


def inherited_values(blueprint: Blueprint | None) -> dict[str, Inherited]:
    """By field name, ``bot`` among them; without a blueprint the defaults."""
    given = given_by_blueprint(blueprint) if blueprint else {}
    source = f"From blueprint “{blueprint}”"
    found = {
        name: Inherited(source, True, given[name], words_of(name, given[name]))
        if name in given
        else Inherited(DEFAULT, False, default, words_of(name, default))
        for name, default in DEFAULTS.items()
    }
    bot = Bot.objects.filter(pk=given["bot_id"]).first() if "bot_id" in given else None
    found["bot"] = Inherited(source if bot else DEFAULT, bool(bot), bot and bot.pk, str(bot) if bot else "no bot")
    return found


def words_of(name: str, value: Any) -> str:
    """A value as a person reads it, on one line."""
    if name in BOOLEANS:
        return "on" if value else "off"
    if name == "session_duration":
        return f"{value} ms" if value else "one hour"
    return Truncator(" ".join(value.split())).chars(SHOWN_CHARACTERS) or EMPTY.get(name, "none")


def settings_of(blueprint: Blueprint) -> dict[str, Any]:
    """What a form shows of a blueprint's settings, by field name: usable values, and an origin as it stands, to be corrected."""
    given = given_by_blueprint(blueprint)
    bot = {"bot": given.pop("bot_id")} if "bot_id" in given else {}
    defaults = blueprint.widget_defaults
    origin = {"origin": _printable(str(defaults["origin"]))} if "origin" in given else {}
    return {**given, **bot, **origin}


def changed_settings(blueprint: Blueprint, changes: dict[str, Any]) -> dict[str, Any]:
    """``widget_defaults`` with these fields set, or left out where None.

    Keys that are not a widget's stay, values that no widget could have go.
    """
    defaults = blueprint.widget_defaults if isinstance(blueprint.widget_defaults, dict) else {}
    usable = given_by_blueprint(blueprint)
    kept = {key: value for key, value in defaults.items() if key not in NAMES or NAMES[key] in usable}
    for name, value in changes.items():
        key, value = ("botId", value and str(value.pk)) if name == "bot" else (API_NAMES[name], value)
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = value
    return kept


def unusable_settings(blueprint: Blueprint) -> list[str]:
    """Why stored values of ``blueprint`` do not count, each with its field's name in the API."""
    defaults = blueprint.widget_defaults
    if not isinstance(defaults, dict):
        return ["The settings are not an object."]
    problems = [
        f"{key}: {problem}"
        for name, key in API_NAMES.items()
        if defaults.get(key) is not None and (problem := refusal(name, defaults[key]))
    ]
    return problems + (["botId: no such bot"] if defaults.get("botId") is not None and "bot_id" not in given_by_blueprint(blueprint) else [])


def unknown_settings(blueprint_defaults: Any) -> list[str]:
    """Keys that mean nothing to a widget."""
    keys = blueprint_defaults if isinstance(blueprint_defaults, dict) else {}
    return sorted(_printable(key) for key in keys if key not in NAMES)


def _printable(text: str) -> str:
    """Half of a surrogate pair could not be sent."""
    return text.encode("utf-8", "replace").decode()
