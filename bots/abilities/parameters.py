"""The JSON schema of an ability's arguments: the one it has, or what follows from its template."""

from typing import Any

from bots.abilities.arguments import INPUT, RESERVED, names_in
from bots.abilities.base import AbilitySpec
from bots.abilities.kinds import kind_of, template_of

NAMELESS = {"bot": "The question.", "search": "What to search for."}  # kinds that take a text where their template names none


def parameters_of(ability: AbilitySpec) -> dict[str, Any]:
    """A JSON schema of an object. Derived, it is a text for each argument of the template, all of them required."""
    if ability.parameters is not None:
        return dict(ability.parameters)
    names = [name for name in names_in(template_of(ability)) if name not in RESERVED]
    properties: dict[str, Any] = {name: {"type": "string"} for name in names}
    if not names and (told := NAMELESS.get(kind_of(ability))):
        properties = {INPUT: {"type": "string", "description": told}}
    return {"type": "object", "properties": properties, **({"required": list(properties)} if properties else {})}
