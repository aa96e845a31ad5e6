"""Trying an ability in the admin: a form made from its parameters, and what came of it."""

import json
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget

from bots.abilities.base import AbilitySpec, Outcome
from bots.abilities.parameters import parameters_of
from bots.abilities.registry import run
from bots.calling import OwnCaller
from bots.models import Ability
from bots.skills import spec_of
from bots.toolbox import OwnTools

CHARACTERS = 65_536


class EmptyJSONField(forms.JSONField):
    """Nothing is an empty field, not the word null."""

    def prepare_value(self, value: Any) -> Any:
        """As the field shows it."""
        return "" if value is None else super().prepare_value(value)


class TrialForm(forms.Form):
    """A field for each parameter: texts as they are, all else as JSON. An empty field is not given."""

    def __init__(self, ability: AbilitySpec, data: Any = None) -> None:
        super().__init__(data)
        schema = parameters_of(ability)
        required = schema.get("required", [])
        for name, told in schema.get("properties", {}).items():
            self.fields[f"a-{name}"] = _field(name, told if isinstance(told, dict) else {}, name in required)

    def arguments(self) -> dict[str, Any]:
        """What was given, by the parameters' names."""
        return {name.removeprefix("a-"): value for name, value in self.cleaned_data.items() if value not in (None, "")}


async def try_ability(ability: Ability, arguments: dict[str, Any]) -> Outcome:
    """Carry it out as a bot would, for its skillset's owner."""
    owner_id = ability.skillset.owner_id
    return await run(spec_of(ability), arguments, OwnTools(owner_id, OwnCaller(owner_id)))


def written(result: Any) -> str:
    """A text as it is, data as indented JSON."""
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, indent=2)


def _field(name: str, schema: dict[str, Any], required: bool) -> forms.Field:
    options: dict[str, Any] = {"label": name, "required": required, "help_text": str(schema.get("description", ""))[:300]}
    if schema.get("type") == "string":
        return forms.CharField(max_length=CHARACTERS, strip=False, widget=AdminTextInputWidget(attrs={"class": "vTextField"}), **options)
    options["help_text"] = f"{options['help_text']} As JSON.".strip()
    return EmptyJSONField(widget=AdminTextareaWidget(attrs={"rows": 2}), **options)
