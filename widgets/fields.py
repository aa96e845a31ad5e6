"""The widget's fields that a blueprint may give: their names in the API and what counts where nothing is set."""

from typing import Any

from django.core.exceptions import ValidationError

from accounts.ids import parse_id
from bots.models import Blueprint, Bot
from widgetplatform.api.names import camel
from widgets.models import WidgetIntegration

TEXTS = {
    "theme": "default", "layout": "bubble", "title": "", "intro": "", "initial": "", "placeholder": "", "origin": "", "language": "", "plugins": "",
}  # fmt: skip
ON = (
    "stream", "verbose", "unfurl", "math", "auto_scroll", "export_conversation", "restart_conversation", "maximize", "message_peek", "powered_by",
)  # fmt: skip
OFF = (
    "tools",
    "carousel",
    "form",
    "attachments",
    "start_first",
    "contact_collection",
    "voice_in",
    "voice_out",
)
DEFAULTS: dict[str, Any] = {
    **TEXTS,
    "session_duration": 0,
    **dict.fromkeys(ON, True),
    **dict.fromkeys(OFF, False),
}
FIELDS = {field.name: field for field in WidgetIntegration._meta.fields}
API_NAMES = {name: camel(name) for name in DEFAULTS}
BOOLEANS = frozenset((*ON, *OFF))
CLOSED = "https://origin.invalid"  # no page has this origin


def given_by(blueprint_defaults: Any) -> dict[str, Any]:
    """The usable values of a blueprint's ``widget_defaults``, by field name; values of a wrong kind or range are left out.

    ``bot_id`` is among them where ``botId`` has the form of an id.
    """
    if not isinstance(blueprint_defaults, dict):
        return {}
    found = {
        name: blueprint_defaults[key]
        for name, key in API_NAMES.items()
        if blueprint_defaults.get(key) is not None
    }
    usable = {name: value for name, value in found.items() if not refusal(name, value)}
    if "origin" in found.keys() - usable.keys():  # it must close the widget, not open it
        usable["origin"] = CLOSED
    bot_id = parse_id(blueprint_defaults.get("botId"))
    return usable | ({"bot_id": bot_id} if bot_id else {})


def given_by_blueprint(blueprint: Blueprint) -> dict[str, Any]:
    """``given_by`` with ``bot_id`` only where that is a bot of the blueprint's owner."""
    given = given_by(blueprint.widget_defaults)
    if "bot_id" in given and not Bot.objects.filter(pk=given["bot_id"], owner=blueprint.owner_id).exists():
        del given["bot_id"]
    return given


def refusal(name: str, value: Any) -> str:
    """Why a value that is not null cannot be that field's, or an empty text."""
    if name in BOOLEANS:
        return "" if isinstance(value, bool) else "must be true or false"
    if name in TEXTS and not isinstance(value, str):
        return "must be a text"
    if name == "session_duration" and (isinstance(value, bool) or not isinstance(value, int)):
        return "must be a whole number"
    try:
        FIELDS[name].run_validators(value)
    except ValidationError as error:
        return ", ".join(error.messages)
    return ""


def clean_blueprint_defaults(owner: Any, defaults: dict[str, Any]) -> dict[str, Any]:
    """``widget_defaults`` as they are stored: null is not given, unknown keys are let through, as everywhere.

    ValidationError names every field with a wrong value, and a bot that is somebody else's.
    """
    given = {key: value for key, value in defaults.items() if value is not None}
    problems = [
        f"{key}: {problem}"
        for name, key in API_NAMES.items()
        if key in given and (problem := refusal(name, given[key]))
    ]
    if "botId" in given:
        bot_id = parse_id(given["botId"])
        if bot_id is None or not Bot.objects.for_owner(owner).filter(pk=bot_id).exists():
            problems.append("botId: no such bot")
        given["botId"] = str(bot_id)
    if problems:
        raise ValidationError({"widget_defaults": problems})
    return given
