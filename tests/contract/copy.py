"""The contract's operations, from the copy beside this file."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

COPY = Path(__file__).with_name("openapi.json")
METHODS = {"get", "post"}


@dataclass(frozen=True)
class Operation:
    """One of the 95."""

    id: str
    method: str
    path: str
    definition: dict[str, Any]

    @property
    def body_schema(self) -> dict[str, Any] | None:
        """What a JSON body may be; None where the operation takes none."""
        content = self.definition.get("requestBody", {}).get("content", {})
        return content["application/json"]["schema"] if "application/json" in content else None

    @property
    def answers(self) -> dict[str, dict[str, Any]]:
        """What a 200 may be, by media type."""
        return {
            kind: media["schema"] for kind, media in self.definition["responses"]["200"]["content"].items()
        }

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Query and header parameters by name."""
        return {item["name"]: item for item in self.definition.get("parameters", []) if item["in"] != "path"}


def operations() -> dict[str, Operation]:
    """All of them by their ids."""
    paths = json.loads(COPY.read_text())["paths"]
    found = [
        Operation(definition["operationId"], method.upper(), path, definition)
        for path, methods in paths.items()
        for method, definition in methods.items()
        if method in METHODS
    ]
    return {operation.id: operation for operation in found}


def complaints(schema: dict[str, Any], value: Any) -> list[str]:
    """Where ``value`` is not what the schema allows."""
    validator = Draft202012Validator(readable(schema))
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def readable(schema: Any) -> Any:
    """The schema as JSON Schema reads it. The contract's ``oneOf`` lists alternatives whose properties are all optional beside
    common ``properties``, so that nearly everything matches several: it means "one or more of", and ``nullable`` a null beside."""
    if isinstance(schema, list):
        return [readable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    read = {("anyOf" if key == "oneOf" else key): readable(item) for key, item in schema.items()}
    return {"anyOf": [read, {"type": "null"}]} if read.pop("nullable", False) is True else read


def without_cursor(schema: dict[str, Any]) -> dict[str, Any]:
    """A page's schema for an empty page, which has no cursor."""
    return {**schema, "required": [name for name in schema.get("required", ()) if name != "cursor"]}


def line_kinds(schema: Any) -> set[str]:
    """The values of ``type`` that the lines of a stream may have."""
    if isinstance(schema, list):
        return set().union(*map(line_kinds, schema)) if schema else set()
    own = schema.get("properties", {}).get("type", {}).get("enum", ())
    return {*own} | line_kinds(schema.get("oneOf", []))


def property_paths(schema: Any, path: str = "") -> Iterator[str]:
    """Every property that a body may have, nested ones as ``a.b``; members of a list count as its own."""
    for alternative in schema.get("oneOf", ()):
        yield from property_paths(alternative, path)
    for name, item in schema.get("properties", {}).items():
        here = f"{path}.{name}".lstrip(".")
        yield here
        yield from property_paths(item, here)
    if isinstance(schema.get("items"), dict):
        yield from property_paths(schema["items"], path)


def value_paths(value: Any, path: str = "") -> Iterator[str]:
    """The same of a body that is sent."""
    if isinstance(value, dict):
        for name, item in value.items():
            here = f"{path}.{name}".lstrip(".")
            yield here
            yield from value_paths(item, here)
    elif isinstance(value, list):
        for item in value:
            yield from value_paths(item, path)


def route_of(path: str) -> str:
    """``/bot/{botId}/fetch`` with the names that the routes give: ``/bot/{bot_id}/fetch``."""
    return re.sub(r"{(\w+)}", lambda match: "{" + re.sub(r"(?=[A-Z])", "_", match[1]).lower() + "}", path)
