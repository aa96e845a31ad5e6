"""Components in fences of YAML: what visitors read of them is translated in place, names, types and addresses are not."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from widgets.markup.parts import Part, Scalar, cut_plain

_MOST = 8_000  # characters; no component is larger
_MOST_BRACKETS = 100
# What is read of a mapping: True for a text, a schema for what is in it ("*" stands for any key, a list for each item).
Schema = Any
_BUTTON: Schema = {"caption": True}
_CARD: Schema = {"title": True, "description": True, "buttons": [_BUTTON]}
_OPTION: Schema = [{"label": True}, True]
_FORM: Schema = {"title": True, "description": True, "fields": {"*": {"label": True, "placeholder": True, "options": _OPTION}}}
SCHEMAS: dict[str, Schema] = {"button": [_BUTTON], "buttons": [_BUTTON], "card": _CARD, "carousel": [_CARD], "form": _FORM}
_PLAIN = re.compile(r"[^\W\d_](?:[\w .()’!?/]*[\w.)!?])?")


def cut_fence(name: str, body: str) -> list[Part]:
    """The parts of a fence's lines; what is not YAML stays as it is."""
    root = _compose(body)
    parts: list[Part] = []
    position = 0
    for node in sorted(_texts(root, SCHEMAS[name]), key=lambda node: node.start_mark.index):
        start, end = node.start_mark.index, node.end_mark.index
        source = body[start:end]
        end -= len(source) - len(source.rstrip())
        if start < position or node.style not in (None, "'", '"', "|", ">"):
            continue
        parts += [body[position:start], Scalar(body[start:end], tuple(cut_plain(node.value)), node.style is None)]
        position = end
    return [*parts, body[position:]]


def write_scalar(value: str, *, is_plain: bool) -> str:
    """A text as a value in YAML."""
    if is_plain and _PLAIN.fullmatch(value) and yaml.safe_load(f"[{value}]") == [value]:
        return value
    return json.dumps(value, ensure_ascii=False)


def _compose(body: str) -> Node | None:
    if len(body) > _MOST or sum(map(body.count, "[{&*")) > _MOST_BRACKETS:
        return None
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(body, Loader=yaml.SafeLoader)):
            return None
        return yaml.compose(body, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _texts(node: Node | None, schema: Schema) -> Iterator[ScalarNode]:
    """The values that are texts to read."""
    if isinstance(schema, list):
        items = node.value if isinstance(node, SequenceNode) else [node]
        for item in items:
            for one in schema:
                yield from _texts(item, one)
    elif schema is True:
        if isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:str":
            yield node
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            inner = schema.get(key.value, schema.get("*")) if isinstance(key, ScalarNode) else None
            if inner is not None:
                yield from _texts(value, inner)
