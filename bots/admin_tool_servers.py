"""Adding the tools of an MCP server to a skillset in the admin: the address, then a choice of what the server offers."""

from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db import transaction

from bots import skills
from bots.abilities.base import AbilityError
from bots.models import Ability, Skillset
from bots.toolbox import OwnTools

URL_CHARACTERS = 2000
TOLD_CHARACTERS = 200


class ServerForm(forms.Form):
    """Where the server is, and what it is told of who asks."""

    url = forms.CharField(
        label="Address", max_length=URL_CHARACTERS, widget=AdminTextInputWidget(attrs={"class": "vTextField"}),
        help_text="Of the server’s MCP endpoint, for example https://tools.example.com/mcp.",
    )  # fmt: skip
    headers = forms.CharField(
        label="Headers", required=False, max_length=URL_CHARACTERS, widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="One a line, for example Authorization: Bearer {{secrets.tools}} with a secret of yours.",
    )  # fmt: skip

    def offered(self, owner_id: Any) -> list[Any]:
        """What the server offers; empty with an error at the address where it cannot be asked."""
        try:
            return list(async_to_sync(OwnTools(owner_id).server_tools)(self.block("tools")))
        except AbilityError as error:
            self.add_error("url", str(error))
            return []

    def block(self, name: str) -> str:
        """A fenced block's content for one of its tools."""
        lines = [self.cleaned_data["url"].strip(), name, *self.cleaned_data["headers"].splitlines()]
        return "\n".join(line for line in map(str.strip, lines) if line)


class ChoiceForm(forms.Form):
    """Which of them become abilities."""

    def __init__(self, tools: list[Any], skillset: Skillset, data: Any = None) -> None:
        super().__init__(data)
        known = set(Ability.objects.filter(skillset=skillset).values_list("name", flat=True))
        choices = [(tool.name, f"{tool.name}: {tool.description[:TOLD_CHARACTERS]}".rstrip(": ")) for tool in tools]
        self.fields["tools"] = forms.MultipleChoiceField(
            choices=choices, required=False, widget=forms.CheckboxSelectMultiple,
            initial=[tool.name for tool in tools if tool.name not in known],
        )  # fmt: skip


def add_tools(skillset: Skillset, server: ServerForm, tools: list[Any], wanted: list[str]) -> list[Ability]:
    """An ability for each wanted tool. One that its server does not call reading is one that writes. Raises ``ValidationError``."""
    with transaction.atomic():
        return [
            skills.create_ability(
                skillset, name=tool.name, description=tool.description, instruction=f"```mcp\n{server.block(tool.name)}\n```",
                parameters=tool.parameters, writes=not tool.reads,
            )
            for tool in tools
            if tool.name in wanted
        ]  # fmt: skip
