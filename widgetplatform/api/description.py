"""GET /api/v1/schema: the OpenAPI description, as YAML or JSON. It takes a second to make, so it is made once in a process."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

from widgetplatform.api.errors import json_error, method_not_allowed

RENDERERS = {"yaml": OpenApiYamlRenderer, "json": OpenApiJsonRenderer}
TYPES = {
    OpenApiYamlRenderer.media_type: "yaml", "application/yaml": "yaml", "application/json": "json", OpenApiJsonRenderer.media_type: "json",
}  # fmt: skip


def schema(request: HttpRequest) -> HttpResponse:
    """Public: it looks at no token. ``?format=json`` or ``yaml``, else as ``Accept`` says, else YAML."""
    if request.method not in ("GET", "HEAD"):
        return method_not_allowed("GET", "HEAD")
    kind = request.GET.get("format") or TYPES.get(request.get_preferred_type(list(TYPES)) or "", "yaml")
    if kind not in RENDERERS:
        return json_error(400, f"format: must be one of {', '.join(RENDERERS)}")
    return HttpResponse(rendered(kind), content_type=RENDERERS[kind].media_type)


@cache
def description() -> dict[str, Any]:
    """The description as plain data; routes do not change while a process lives."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


@cache
def rendered(kind: str) -> bytes:
    """The description in one of its forms."""
    text = RENDERERS[kind]().render(description(), renderer_context={})
    return text if isinstance(text, bytes) else text.encode()
