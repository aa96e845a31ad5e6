"""The browsable page of the API: rendered here from the same description, with neither script nor another host."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator


def docs(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/docs."""
    return render(request, "api/docs.html", description())


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Title, text and the operations by tag, in plain data for the template; routes do not change while a process lives."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(schema, path, method, operation))
    return {"info": schema["info"], "groups": sorted(groups.items())}


def _operation(schema: Any, path: str, method: str, operation: Any) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
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
