"""Objects that people and models write: JSON or YAML, read as plain data."""

import json
from typing import Any

import yaml

# Small enough that neither nesting nor parsing in Python is worth an attack.
YAML_CHARACTERS = 8_000
YAML_BRACKETS = 200
TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _PlainLoader(yaml.SafeLoader):
    """Types of JSON only, and no aliases, which could repeat a value without end."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def json_object(text: str) -> dict[str, Any] | None:
    """The JSON object in ``text``, or None."""
    try:
        value = json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def yaml_object(text: str) -> dict[str, Any] | None:
    """The YAML mapping in ``text``, its keys as texts; None where it is none, too long or nested beyond use."""
    if len(text) > YAML_CHARACTERS or text.count("[") + text.count("{") > YAML_BRACKETS:
        return None
    try:
        value = yaml.load(text, Loader=_PlainLoader)  # noqa: S506  # nosec B506: a SafeLoader
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else None


def refuse_constant(constant: str) -> None:
    """NaN and the infinities, which Python reads and JSON does not know."""
    raise ValueError(f"{constant} is not JSON")
