"""Form fields in which nothing and an empty value are told apart, for widgets and for what blueprints give them."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget

from widgets.fields import BOOLEANS, TEXTS
from widgets.layouts import LAYOUTS

ONE_LINE = frozenset(("theme", "title", "placeholder", "language", "plugins"))
ROWS = {"intro": 7, "initial": 3, "origin": 3}
NOTE_ROWS = 2
EMPTY_SUFFIX = "-empty"
UNSET = "Not set"
LABELS = {
    "stream": "Stream replies", "verbose": "Show what the bot does", "tools": "Tools", "unfurl": "Link cards", "math": "Formulas", "carousel": "Carousels",
    "form": "Forms", "attachments": "Files from visitors", "auto_scroll": "Follow a growing reply", "start_first": "Bot speaks first", "contact_collection": "Keep contacts",
    "export_conversation": "Download", "restart_conversation": "Start again", "maximize": "Enlarge the window", "message_peek": "Messages peek out",
    "voice_in": "Voice input", "voice_out": "Read aloud", "powered_by": "“Powered by” line",
}  # fmt: skip


class TriStateField(forms.TypedChoiceField):
    """On, off, or not set."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            coerce=lambda value: value in (True, "true"), empty_value=None, required=False,
            choices=[("", UNSET), ("true", "On"), ("false", "Off")],
            widget=forms.RadioSelect(attrs={"class": "radiolist inline cw-tri"}), **kwargs,
        )  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        """The stored value as the choice's."""
        return {True: "true", False: "false", None: ""}.get(value, value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another one was chosen."""
        return bool(self.prepare_value(initial) != (data or ""))


class LayoutField(forms.TypedChoiceField):
    """One of the layouts, the older name that is stored, or not set."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, empty_value=None, **kwargs)
        self.offer("")

    def offer(self, stored: Any) -> None:
        """The choices where ``stored`` is the value."""
        names = (*LAYOUTS, stored) if stored and stored not in LAYOUTS else LAYOUTS
        self.choices = [("", UNSET), *((name, name.capitalize()) for name in names)]

    def prepare_value(self, value: Any) -> Any:
        """A text without a name is the first layout, not “not set”."""
        return LAYOUTS[0] if value == "" else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another one was chosen."""
        return super().has_changed(self.prepare_value(initial), data)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was chosen, where “not set” is no text without a name."""
        return data or None


class _Emptiable(forms.Widget):
    """A text's input with a box beside it that says: empty on purpose. ``None`` is not set."""

    input_template: str
    template_name = "widgets/emptiable.html"
    empty_label = "Leave it empty"
    offered = False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the box, which hides where it would mean nothing."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["input_template"] = self.input_template
        context["empty"] = {
            "name": name + EMPTY_SUFFIX, "label": self.empty_label, "checked": value == "", "offered": value == "" or (self.offered and not value),
        }  # fmt: skip
        return context

    def format_value(self, value: Any) -> Any:
        """The text as it is, so that none and an empty one differ until they are drawn."""
        return value

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> str | None:
        """The text; where there is none, what the box says."""
        return data.get(name) or ("" if name + EMPTY_SUFFIX in data else None)

    def value_omitted_from_data(self, _data: Any, _files: Any, _name: str) -> bool:
        """Nothing is an answer too."""
        return False


class EmptiableLine(_Emptiable, AdminTextInputWidget):
    """One line."""

    input_template = AdminTextInputWidget.template_name


class EmptiableText(_Emptiable, AdminTextareaWidget):
    """Several lines."""

    input_template = AdminTextareaWidget.template_name


class EmptiableField(forms.CharField):
    """A text, an empty text, or None."""

    def to_python(self, value: Any) -> str | None:
        """Browsers send lines with a carriage return; blanks alone are no text."""
        if not value:
            return None if value is None else ""
        return str(value).replace("\r\n", "\n").strip() or None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the texts differ, or one is empty and the other not set."""
        return self.to_python(initial) != self.to_python(data)


def widget_formfield(db_field: Any, formfield: Any) -> Any:
    """The form field of a widget's model field; ``formfield`` makes the usual one."""
    name = db_field.name
    if name in BOOLEANS:
        return TriStateField(help_text=db_field.help_text, label=LABELS[name])
    if name == "layout":
        return LayoutField(help_text="How it sits in the page.")
    if name in TEXTS:
        widget = EmptiableLine() if name in ONE_LINE else EmptiableText(attrs={"rows": ROWS[name]})
        return EmptiableField(required=False, widget=widget, help_text=db_field.help_text, label=db_field.verbose_name.capitalize())
    if name == "description":
        return formfield(db_field, widget=AdminTextareaWidget(attrs={"rows": NOTE_ROWS}))
    return formfield(db_field)
