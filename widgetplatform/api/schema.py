"""The OpenAPI description: operation ids and tags by path, pages, ids and errors as this API answers them."""

import re
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import is_list_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from accounts.authentication import BearerAuthentication
from widgetplatform.api.lists import TAKE_MAX
from widgetplatform.api.serializers import ErrorSerializer, IdSerializer, ResourceSerializer
from widgetplatform.api.streams import CSV, JSON, JSONL
from widgetplatform.api.views import Resource

PREFIX = "/api/v1/"
ALIASES = ("/api/v1/Attachment/",)
PLURAL_VERBS = {"list", "export"}
LISTS = {"list", "export"}
ERRORS = {
    "400": "A field, the body or the cursor is not allowed; the message says what is.",
    "401": "No token, or a bad one.",
    "403": "A refused origin, or a token without this scope.",
    "404": "Missing, or somebody else's.",
    "409": "In the way of something that exists.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "429": "Too many requests; see Retry-After.",
}
WRITE_ERRORS = {"409", "413", "415"}
PAGE_PARAMETERS = [
    OpenApiParameter("take", int, description=f"How many, 1 to {TAKE_MAX}.", default=TAKE_MAX),
    OpenApiParameter("order", str, enum=["asc", "desc"], default="desc", description="By creation."),
    OpenApiParameter("cursor", str, description="The id of the last item seen; exclusive."),
]
META_PARAMETER = OpenApiParameter(
    "meta",
    {"type": "object", "additionalProperties": {"type": "string"}},
    style="deepObject",
    explode=True,
    description="Only items whose meta has these values: meta[key]=value or meta.key=value.",
)
BLUEPRINT_PARAMETER = OpenApiParameter("blueprintId", str, description="Only items of this blueprint.")


class BearerScheme(OpenApiAuthenticationExtension):
    """How the description names our authentication."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, _auto_schema: AutoSchema) -> dict[str, str]:
        """An HTTP bearer token."""
        return {"type": "http", "scheme": "bearer"}


class VerbSchema(AutoSchema):
    """For every view of the API; ``extend_schema`` on a view still wins."""

    view: Any

    def get_operation_id(self) -> str:
        """``/bot/{id}/fetch`` → ``fetchBot``, ``/dataset/{id}/record/list`` → ``listDatasetRecords``."""
        *nouns, verb = self._words()
        name = "".join(noun[:1].upper() + noun[1:] for noun in nouns)
        return _identifier(verb) + (_identifier(_plural(name) if verb in PLURAL_VERBS else name))

    def get_tags(self) -> list[str]:
        """The first noun; ``widget`` for ``integration/widget``."""
        return [self._words()[0].removesuffix("-integration")]

    def get_request_serializer(self) -> Any:
        """Every field optional for update; nothing for verbs that do not describe their own body."""
        match self._action():
            case None:
                return super().get_request_serializer()
            case "create":
                return self.view.serializer_class
            case "update":
                return self.view.serializer_class(partial=True)
        return None

    def get_response_serializers(self) -> Any:
        """An id for mutations, a page for lists, any object for reads that do not describe theirs."""
        match self._action():
            case None:
                return super().get_response_serializers()
            case "fetch":
                return self.view.serializer_class
            case "list" | "export":
                return self._page()
        return IdSerializer if self.method == "POST" else {"200": OpenApiTypes.OBJECT}

    def get_override_parameters(self) -> list[Any]:
        """The query of a list."""
        if self._action() not in LISTS:
            return super().get_override_parameters()
        columns = {field.name for field in self.view.serializer_class.Meta.model._meta.fields}
        return [
            *PAGE_PARAMETERS,
            *([META_PARAMETER] if "owner" in columns else []),
            *([BLUEPRINT_PARAMETER] if "blueprint" in columns else []),
        ]

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        statuses = [status for status in ERRORS if self.method == "POST" or status not in WRITE_ERRORS]
        errors = {
            status: self._get_response_for_code(
                OpenApiResponse(ErrorSerializer, ERRORS[status]), status, [JSON]
            )
            for status in statuses
        }
        return {**bodies, **errors}

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """What may be null or empty is left out of answers, so that nobody may count on it."""
        described = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, ResourceSerializer) and "required" in described:
            columns = serializer.Meta.model._meta.fields
            optional = {each.name for each in columns if each.null or (each.blank and each.empty_strings_allowed)}
            left_out = {name for name, field in serializer.fields.items() if field.source in optional}
            described["required"] = [name for name in described["required"] if name not in left_out]
        return described

    def _is_create_operation(self) -> bool:
        return False  # every success is a 200

    def _is_list_view(self, serializer: Any = None) -> bool:
        return is_list_serializer(serializer)

    def _page(self) -> dict[Any, Any]:
        page, line = _page_of(self.view.serializer_class)
        return {("200", JSON): page, ("200", JSONL): line, ("200", CSV): OpenApiTypes.STR}

    def _action(self) -> str | None:
        return getattr(self.view, "action", None) if isinstance(self.view, Resource) else None

    def _words(self) -> list[str]:
        parts = [
            part for part in self.path.removeprefix(PREFIX).split("/") if part and not part.startswith("{")
        ]
        if parts[:1] == ["integration"] and len(parts) > 2:
            parts[:2] = [f"{parts[1]}-integration"]  # the contract says fetchWidgetIntegration
        return parts or ["root"]


@cache
def _page_of(serializer: Any) -> tuple[Any, Any]:
    """A page, and a line of a stream; made once, because lists and exports are described by the same."""
    name = serializer.__name__.removesuffix("Serializer")
    page = inline_serializer(
        f"{name}Page", {"items": serializer(many=True), "cursor": serializers.CharField(required=False)}
    )
    line = inline_serializer(f"{name}Line", {"type": serializers.ChoiceField(["item"]), "data": serializer()})
    return page, line


def without_aliases(endpoints: list[Any]) -> list[Any]:
    """Second spellings of routes, which clients ask for, are served but not described."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith(ALIASES)]


def _identifier(text: str) -> str:
    return re.sub(r"-(\w)", lambda match: match[1].upper(), text)


def _plural(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
