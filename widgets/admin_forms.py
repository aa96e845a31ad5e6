"""The widget's form: what is not set says what counts instead."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget

from accounts.owned_admin import OwnedForm
from widgets.fields import BOOLEANS, DEFAULTS, TEXTS, given_by

ONE_LINE = frozenset(("theme", "title", "placeholder", "language", "plugins"))
ROWS = {"intro": 7, "initial": 3, "origin": 3, "description": 2}
LAYOUTS = ("bubble", "inline", "fullscreen")


class TriStateField(forms.TypedChoiceField):
    """On, off, or not set here."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            coerce=lambda value: value in (True, "true"), empty_value=None, required=False,
            widget=forms.RadioSelect(attrs={"class": "radiolist inline cw-tri"}), **kwargs,
        )  # fmt: skip

    def name_default(self, words: str) -> None:
        """The three choices; ``words`` say what counts where nothing is set."""
        self.choices = [("", words), ("true", "On"), ("false", "Off")]

    def prepare_value(self, value: Any) -> Any:
        """The stored value as the choice's."""
        return {True: "true", False: "false", None: ""}.get(value, value)


class WidgetForm(OwnedForm):
    """Empty means: not set here, so the blueprint's value counts, then the default; the form names it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blueprint = self.instance.blueprint
        given = given_by(blueprint.widget_defaults) if blueprint else {}
        field: Any
        for name, field in self.fields.items():
            if name not in DEFAULTS:
                continue
            source, value = ("Blueprint", given[name]) if name in given else ("Default", DEFAULTS[name])
            if isinstance(field, TriStateField):
                field.name_default(f"{source} ({'on' if value else 'off'})")
            elif name == "layout":
                field.choices = self._layouts(f"{source} ({value})")
            elif value:
                field.widget.attrs["placeholder"] = f"{source}: {value}" if name != "placeholder" else value

    def _layouts(self, unset: str) -> list[tuple[str, str]]:
        """The three layouts, and the older name that this widget may have."""
        own = self.instance.layout
        names = LAYOUTS if not own or own in LAYOUTS else (*LAYOUTS, own)
        return [("", unset), *((name, name.capitalize()) for name in names)]


def widget_formfield(db_field: Any, formfield: Any) -> Any:
    """The form field of a widget's model field; ``formfield`` makes the usual one."""
    name = db_field.name
    if name in BOOLEANS:
        return TriStateField(help_text=db_field.help_text, label=label_of(name))
    if name == "layout":
        return forms.TypedChoiceField(required=False, empty_value=None, help_text="How it sits in the page.")
    if name in ONE_LINE:
        return formfield(
            db_field, widget=AdminTextInputWidget(attrs={"class": "vTextField"}), empty_value=None
        )
    if name in TEXTS:
        return formfield(db_field, widget=AdminTextareaWidget(attrs={"rows": ROWS[name]}), empty_value=None)
    if name == "description":
        return formfield(db_field, widget=AdminTextareaWidget(attrs={"rows": ROWS[name]}))
    return formfield(db_field)


LABELS = {
    "stream": "Stream replies", "verbose": "Show what the bot does", "tools": "Tools", "unfurl": "Link cards", "math": "Formulas", "carousel": "Carousels",
    "form": "Forms", "attachments": "Files from visitors", "auto_scroll": "Follow a growing reply", "start_first": "Bot speaks first", "contact_collection": "Keep contacts",
    "export_conversation": "Download", "restart_conversation": "Start again", "maximize": "Enlarge the window", "message_peek": "Messages peek out",
    "voice_in": "Voice input", "voice_out": "Read aloud", "powered_by": "“Powered by” line",
}  # fmt: skip


def label_of(name: str) -> str:
    """A switch in plain words."""
    return LABELS[name]
