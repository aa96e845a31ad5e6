"""Validation errors of Django and DRF as one sentence a field: ``title: must be a text; take: …``."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from widgetplatform.api.names import camel

UNNAMED = {NON_FIELD_ERRORS, "non_field_errors"}
CONFLICTS = {"unique", "unique_together"}
ALIAS_TAKEN = "is already the alias of another of your objects of this kind"


def validation_message(detail: Any, path: str = "") -> str:
    """Flatten DRF's ``detail`` (dicts and lists of texts, any depth); field names as the API writes them."""
    if isinstance(detail, dict):
        parts = [
            validation_message(value, path if key in UNNAMED else _join(path, key))
            for key, value in detail.items()
        ]
        return "; ".join(part for part in parts if part)
    if isinstance(detail, (list, tuple)) and any(isinstance(item, (dict, list)) for item in detail):
        parts = [validation_message(item, f"{path}[{index}]") for index, item in enumerate(detail) if item]
        return "; ".join(parts)
    text = ", ".join(map(str, detail)) if isinstance(detail, (list, tuple)) else str(detail)
    return f"{path}: {text}" if path else text


def django_detail(error: ValidationError, names: dict[str, str] | None = None) -> Any:
    """The messages of a model's ``full_clean``; ``names`` maps model fields to API fields where camelCase is not enough."""
    if not hasattr(error, "error_dict"):
        return error.messages
    known = names or {}
    detail: dict[str, list[str]] = {}
    for field, items in error.error_dict.items():
        for item in items:
            name = "alias" if _is_alias(item) else known.get(field, field)
            detail.setdefault(name, []).extend([ALIAS_TAKEN] if _is_alias(item) else item.messages)
    return detail


def is_conflict(error: ValidationError) -> bool:
    """Whether something of the kind exists already, which is a 409."""
    items = (
        [item for field in error.error_dict.values() for item in field]
        if hasattr(error, "error_dict")
        else error.error_list
    )
    return any(item.code in CONFLICTS for item in items)


def _is_alias(error: ValidationError) -> bool:
    return error.code == "unique_together" and "alias" in (error.params or {}).get("unique_check", ())


def _join(path: str, key: object) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    name = camel(str(key))
    return f"{path}.{name}" if path else name
