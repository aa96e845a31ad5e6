"""YAML that a bot wrote, read as plain data."""

from html import unescape
from typing import Any

import yaml

# Small enough that neither nesting nor parsing in Python is worth an attack.
MAX_YAML = 4_000
MAX_BRACKETS = 100


class _PlainLoader(yaml.SafeLoader):
    """Safe types only and no aliases, which could repeat a value without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def load(escaped: str) -> Any:
    """Data of a fence's html-escaped text, None when it is too large or not YAML."""
    text = unescape(escaped)
    if len(text) > MAX_YAML or text.count("[") + text.count("{") > MAX_BRACKETS:
        return None
    try:
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506  # nosec B506: a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
