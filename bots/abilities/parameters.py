"""The JSON schema of an ability's arguments: the one it has, or what follows from its template."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from bots.abilities.arguments import INPUT, RESERVED, wanted_names
from bots.abilities.base import AbilitySpec
from bots.abilities.kinds import kind_of, template_of
from bots.schemas import misfit, schema_problem

SCHEMA_BYTES = 16_384
ADDED = (INPUT, *RESERVED)  # by us
NAMELESS = {"bot": "The question.", "search": "What to search for."}  # kinds that take a text where their template names none


def parameters_of(ability: AbilitySpec) -> dict[str, Any]:
    """A JSON schema of an object. Derived, it is a text for each argument of the template, all of them required."""
    if ability.parameters is not None:
        return dict(ability.parameters)
    names = wanted_names(template_of(ability))
    properties: dict[str, Any] = {name: {"type": "string"} for name in names}
    if not names and (told := NAMELESS.get(kind_of(ability))):
        properties = {INPUT: {"type": "string", "description": told}}
    return {"type": "object", "properties": properties, **({"required": list(properties)} if properties else {})}


def parameters_problem(ability: AbilitySpec) -> str:
    """What is wrong with the schema that an ability has, in a sentence that ends a field's name; empty where nothing is."""
    schema: Any = ability.parameters
    if schema is None:
        return ""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return "must be a JSON schema of an object: {“type”: “object”, “properties”: {…}}"
    if len(json.dumps(schema)) > SCHEMA_BYTES:
        return f"must have at most {SCHEMA_BYTES} bytes"
    if problem := schema_problem(schema):
        return f"is not a JSON schema: {problem}"
    if reference := _dangling(schema):
        return f"must not refer to “{reference[:100]}”, which is not in it"
    return "" if isinstance(schema.get("properties", {}), dict) else "must name its properties"


def undeclared(ability: AbilitySpec) -> list[str]:
    """Arguments that the instruction asks for and the ability's own schema does not have."""
    if ability.parameters is None or kind_of(ability) == "mcp":
        return []
    properties = ability.parameters.get("properties", {})
    return [name for name in wanted_names(template_of(ability)) if name not in properties]


def arguments_problem(ability: AbilitySpec, arguments: Mapping[str, Any]) -> str:
    """In which way arguments do not fit the ability's own schema; empty where they do."""
    if ability.parameters is None:
        return ""
    known = ability.parameters.get("properties", {})
    given = {name: value for name, value in arguments.items() if name in known or name not in ADDED}
    return misfit(ability.parameters, given)


def _dangling(schema: dict[str, Any]) -> str:
    """A reference to what is not in the schema itself; nothing is ever fetched."""
    resolver: Any = Registry().resolver_with_root(DRAFT202012.create_resource(schema))
    for reference in _references(schema):
        try:
            resolver.lookup(reference)
        except (Unresolvable, ValueError, AttributeError):
            return reference
    return ""


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (reference for name in ("$ref", "$dynamicRef") if isinstance(reference := schema.get(name), str))
    for item in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _references(item)
