"""Forms that say of every inheritable field where its value comes from: a widget's, and that of what a blueprint gives."""

from typing import Any
from uuid import UUID

from django import forms
from django.template.loader import render_to_string

from accounts.ids import parse_id
from accounts.owned_admin import OwnedForm
from bots.models import Blueprint
from widgets.admin_fields import EmptiableField, LayoutField
from widgets.fields import DEFAULTS, refusal
from widgets.inheritance import Inherited, inherited_values, settings_of, words_of

INHERITABLE = ("bot", *DEFAULTS)
SETTINGS: tuple[tuple[str, tuple[str, ...]], ...] = (  # of widgets, as both pages group them
    ("What visitors read", ("title", "intro", "initial", "placeholder", "language")),
    ("How it looks", ("layout", "theme", "powered_by", "message_peek")),
    ("Where it may be embedded", ("origin", "session_duration")),
    ("Replies", ("stream", "auto_scroll", "verbose", "start_first", "math", "unfurl", "carousel", "form", "tools")),
    (
        "What visitors may do",
        ("export_conversation", "restart_conversation", "maximize", "attachments", "voice_in", "voice_out", "contact_collection"),
    ),
)


class InheritingForm(OwnedForm):
    """Beside each inheritable field: set here, from the blueprint or default, and what would count without it."""

    def tell_sources(self, blueprint: Blueprint | None) -> None:
        """Call it last in ``__init__``; ``blueprint`` is the one that gives what is not set here."""
        for name, inherited in inherited_values(blueprint).items():
            if name in self.fields:
                self._tell_source(name, inherited)

    def _tell_source(self, name: str, inherited: Inherited) -> None:
        field: Any = self.fields[name]
        shown = self[name]
        value = shown.value()
        own = value is not None if isinstance(field, EmptiableField) else value not in (None, "")
        if isinstance(field, LayoutField):
            field.offer(value)
        if isinstance(field, EmptiableField):
            field.widget.offered = inherited.can_be_emptied
            field.widget.empty_label = f"Leave it empty ({words_of(name, '')})"
        if isinstance(field.widget, forms.TextInput | forms.Textarea | forms.NumberInput):
            field.widget.attrs["placeholder"] = inherited.hint
        line = {"name": name, "label": shown.label, "own": own, "inherited": inherited}
        shown.help_text = render_to_string("admin/widgets/source.html", {**line, "help_text": field.help_text})


class WidgetForm(InheritingForm):
    """Not set means: the blueprint's value counts, then the default."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tell_sources(self._blueprint())

    def _blueprint(self) -> Blueprint | None:
        """The one that the page shows as chosen."""
        field: Any = self.fields.get("blueprint")
        if field is None:
            return self.instance.blueprint
        chosen = self["blueprint"].value()
        found: Blueprint | None = field.queryset.filter(pk=chosen if isinstance(chosen, UUID) else parse_id(chosen)).first()
        return found


class BlueprintForm(InheritingForm):
    """A blueprint with what it gives to its widgets as fields, which the admin's ``get_form`` adds.

    ``cleaned_data["settings"]`` has their values, by the widget's field names.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        blueprint = kwargs.get("instance")
        shown = settings_of(blueprint) if blueprint else {}
        super().__init__(*args, **{**kwargs, "initial": {**shown, **(kwargs.get("initial") or {})}})
        if "bot" in self.fields:
            self.fields["bot"].help_text = "Who answers in widgets that have no bot of their own."
        self.tell_sources(None)

    def clean(self) -> dict[str, Any]:
        """Each setting is checked as a widget's."""
        settings = {name: self.cleaned_data.pop(name) for name in INHERITABLE if name in self.cleaned_data}
        super().clean()
        bot = settings.get("bot")
        if bot and bot.owner_id != self.instance.owner_id:
            self.add_error("bot", f"must belong to the same owner ({self.instance.owner})")
        for name, value in settings.items():
            if name != "bot" and value is not None and (problem := refusal(name, value)):
                self.add_error(name, problem)
        return {**self.cleaned_data, "settings": settings}
