"""The browsable page of the API, rendered from the same description; it reads without script, and tries requests with it."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from widgetplatform.api.description import description
from widgetplatform.api.errors import method_not_allowed


def docs(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/docs."""
    if request.method not in ("GET", "HEAD"):
        return method_not_allowed("GET", "HEAD")
    return HttpResponse(page())


SAMPLE_DEPTH = 3
SAMPLES = {"name": "Support", "text": "How long does delivery take?", "search": "delivery time", "email": "vera@example.com"}


@cache
def page() -> str:
    """The page, made once in a process."""
    return render_to_string("api/docs.html", contents())


def contents() -> dict[str, Any]:
    """Title, text and the operations by tag, in plain data for the template."""
    schema = description()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(schema, path, method, operation))
    return {"info": schema["info"], "groups": sorted(groups.items())}


def _operation(schema: Any, path: str, method: str, operation: Any) -> dict[str, Any]:
    bodies = operation.get("requestBody", {}).get("content", {})
    body = bodies.get("application/json", {}).get("schema")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "text": operation.get("description", ""),
        "public": {} in operation.get("security", [{}]),
        "parameters": [
            {
                "name": item["name"],
                "place": item["in"],
                "type": _type(schema, item["schema"]),
                "text": item.get("description", ""),
            }
            for item in operation.get("parameters", [])
        ],
        "body": _properties(schema, body, "readOnly"),
        "sample": json.dumps(sample(schema, body), indent=2) if method == "post" else "",
        "takes_file": "multipart/form-data" in bodies,
        "accepts": _accepts(operation),
        "answers": [
            {
                "status": status,
                "text": answer.get("description", ""),
                "kinds": [
                    {"type": kind, "fields": _properties(schema, content.get("schema"), "writeOnly")}
                    for kind, content in answer.get("content", {}).items()
                ],
            }
            for status, answer in operation["responses"].items()
            if status.startswith("2")
        ],
        "errors": [
            {"status": status, "text": answer.get("description", "")}
            for status, answer in operation["responses"].items()
            if not status.startswith("2")
        ],
    }


def _properties(schema: Any, value: Any, hidden: str) -> list[dict[str, Any]]:
    resolved = _resolve(schema, value)
    required = resolved.get("required", [])
    return [
        {
            "name": name,
            "type": _type(schema, field),
            "required": name in required,
            "text": field.get("description", ""),
        }
        for name, field in resolved.get("properties", {}).items()
        if not field.get(hidden)
    ]


def sample(schema: Any, value: Any, depth: int = 0) -> Any:
    """A small value that the schema allows: what is required, with words of the trade; the described example where there is one."""
    resolved = _resolve(schema, value)
    for source in (resolved, *resolved.get("examples", ())):
        if isinstance(source, dict) and "example" in source:
            return source["example"]
    if parts := next((resolved[key] for key in ("allOf", "oneOf", "anyOf") if key in resolved), None):
        return sample(schema, parts[0], depth)
    match resolved.get("enum"), resolved.get("type"):
        case [first, *_], _:
            return first
        case _, "array":
            return [sample(schema, resolved.get("items"), depth + 1)] if depth < SAMPLE_DEPTH else []
        case _, "integer" | "number":
            return resolved.get("default", resolved.get("minimum", 1))
        case _, "boolean":
            return True
        case _, "string":
            return "text"
    if depth >= SAMPLE_DEPTH:
        return {}
    required = resolved.get("required", [])
    fields = {name: field for name, field in resolved.get("properties", {}).items() if not field.get("readOnly")}
    shown = {name: field for name, field in fields.items() if name in required or (not depth and name in SAMPLES)}
    return {name: SAMPLES.get(name) or sample(schema, field, depth + 1) for name, field in shown.items()}


def _accepts(operation: Any) -> list[str]:
    answers = operation["responses"].get("200", {}).get("content", {})
    return [kind for kind in answers if "*" not in kind]


def _resolve(schema: Any, value: Any) -> Any:
    if not value:
        return {}
    if "$ref" in value:
        return schema["components"]["schemas"][value["$ref"].rsplit("/", 1)[-1]]
    return value


def _type(schema: Any, field: Any) -> str:
    if "$ref" in field:
        target = _resolve(schema, field)
        return (
            " | ".join(map(str, target["enum"]))
            if "enum" in target
            else str(field["$ref"].rsplit("/", 1)[-1])
        )
    for parts in ("allOf", "oneOf", "anyOf"):
        if parts in field:
            return " | ".join(_type(schema, item) for item in field[parts])
    if "enum" in field:
        return " | ".join(str(item) for item in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(schema, field.get('items', {}))}"
    return str(field.get("type", "any"))
