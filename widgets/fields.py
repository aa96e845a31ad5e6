"""The widget's fields that a blueprint may give: their names in the API and what counts where nothing is set."""

from typing import Any

from django.core.exceptions import ValidationError

from accounts.ids import parse_id
from widgetplatform.api.names import camel
from widgets.models import WidgetIntegration

TEXTS = {
    "theme": "default", "layout": "bubble", "title": "", "intro": "", "initial": "", "placeholder": "", "origin": "", "language": "", "plugins": "",
}  # fmt: skip
ON = (
    "stream", "verbose", "unfurl", "math", "auto_scroll", "export_conversation", "restart_conversation", "maximize", "message_peek", "powered_by",
)  # fmt: skip
OFF = ("tools", "carousel", "form", "attachments", "start_first", "contact_collection", "voice_in", "voice_out")
DEFAULTS: dict[str, Any] = {**TEXTS, "session_duration": 0, **dict.fromkeys(ON, True), **dict.fromkeys(OFF, False)}
API_NAMES = {name: camel(name) for name in DEFAULTS}
BOOLEANS = frozenset((*ON, *OFF))


def given_by(blueprint_defaults: Any) -> dict[str, Any]:
    """The usable values of a blueprint's ``widget_defaults``, by field name; values of a wrong kind or range are left out.

    ``bot_id`` is among them where ``botId`` has the form of an id.
    """
    if not isinstance(blueprint_defaults, dict):
        return {}
    found = {name: value for name, key in API_NAMES.items() if _usable(name, value := blueprint_defaults.get(key))}
    bot_id = parse_id(blueprint_defaults.get("botId"))
    return found | ({"bot_id": bot_id} if bot_id else {})


def _usable(name: str, value: Any) -> bool:
    if name in BOOLEANS:
        return isinstance(value, bool)
    if name == "session_duration" and (isinstance(value, bool) or not isinstance(value, int)):
        return False
    if name in TEXTS and not isinstance(value, str):
        return False
    if name == "origin":
        return True  # one that does not parse must close the widget, not open it
    try:
        WidgetIntegration._meta.get_field(name).run_validators(value)
    except ValidationError:
        return False
    return True
