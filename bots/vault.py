"""What happens to providers of language models and to secrets of abilities. Their keys go in and never come out again.

All raise ``ValidationError`` by field where a value is refused, and store nothing then.
"""

import re
from collections.abc import Set
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.meta import forget_meta, index_meta
from accounts.names import validate_text
from accounts.seal import seal
from bots.base_urls import clean_base_url, origin_of
from bots.engines.registry import available_engines
from bots.models import Provider, Secret
from bots.providers import BASE_URLS

T = TypeVar("T", Provider, Secret)
KEY_CHARACTERS = 4096
KEY = re.compile(r"[!-~]*")
HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
ASK_KEY = "Enter the key again, because the address or the kind has changed."
ASK_VALUE = "Enter the value again, because it may be sent to more hosts now."


def create_provider(owner: Any, *, by: Any = None, new_key: str = "", **fields: Any) -> Provider:
    """A new provider of ``owner``; ``by`` is who asks, where that is somebody else."""
    fields.pop("clear_key", None)
    return _store_provider(Provider(owner=owner), fields, new_key, clear=False, by=by or owner)


def update_provider(
    provider: Provider, *, by: Any = None, new_key: str = "", clear_key: bool = False, **fields: Any
) -> Provider:
    """Set these fields; an empty ``new_key`` keeps the one that is there, unless it would be sent elsewhere now."""
    return _store_provider(provider, fields, new_key, clear_key, by or provider.owner)


def delete_provider(provider: Provider) -> None:
    """Remove it; bots whose model names it fail until they name another."""
    _delete(provider)


def create_secret(owner: Any, *, new_value: str = "", **fields: Any) -> Secret:
    """A new secret of ``owner``."""
    return _store_secret(Secret(owner=owner), fields, new_value)


def update_secret(secret: Secret, *, new_value: str = "", **fields: Any) -> Secret:
    """Set these fields; an empty ``new_value`` keeps the one that is there, unless more hosts could get it now."""
    return _store_secret(secret, fields, new_value)


def delete_secret(secret: Secret) -> None:
    """Remove it; abilities that name it fail."""
    _delete(secret)


def clean_provider(kept: Provider, fields: dict[str, Any], key: str, clear: bool, by: Any) -> dict[str, Any]:
    """The fields as they may be stored in ``kept``; raises ``ValidationError`` by field."""
    errors: dict[str, Any] = {}
    new = {name: fields.get(name, getattr(kept, name)) for name in ("alias", "kind", "base_url", "shared")}
    if not new["alias"]:
        errors["alias"] = "is needed: models are named by it, as in alias:model"
    elif new["alias"] in available_engines():
        errors["alias"] = f"must not be {', '.join(sorted(available_engines()))}: those are engines"
    if new["shared"] and not kept.shared and not by.is_superuser:
        errors["shared"] = "Only administrators may share a provider."
    if not KEY.fullmatch(key) or len(key) > KEY_CHARACTERS:
        errors["new_key"] = f"must be at most {KEY_CHARACTERS} letters, digits and signs without spaces"
    try:
        # What is there already stays valid while its owner edits something else.
        if new["base_url"] != kept.base_url or kept._state.adding:
            fields = {**fields, "base_url": clean_base_url(new["base_url"], kept.owner.is_superuser)}
            new["base_url"] = fields["base_url"]
        if kept.key and not key and not clear and _destination(kept.kind, kept.base_url) != _destination(new["kind"], new["base_url"]):
            errors.setdefault("new_key", ASK_KEY)
    except ValidationError as error:
        errors["base_url"] = error.messages
    if errors:
        raise ValidationError(errors)
    return fields


def clean_secret(kept: Secret, fields: dict[str, Any], value: str) -> dict[str, Any]:
    """The fields as they may be stored in ``kept``; raises ``ValidationError`` by field."""
    errors: dict[str, Any] = {}
    if not fields.get("alias", kept.alias):
        errors["alias"] = "is needed: abilities name the secret by it"
    if len(value) > KEY_CHARACTERS or not (value.isprintable() and _is_text(value)):
        errors["new_value"] = f"must be one line of at most {KEY_CHARACTERS} characters"
    hosts = _hosts(fields.get("hosts", kept.hosts))
    if not hosts:
        errors["hosts"] = "is needed: instructions may come from others, with a skillset that was cloned"
    wrong = [host for host in hosts if not HOST.fullmatch(host)]
    if wrong:
        errors["hosts"] = f"must be hosts such as api.example.com or *.example.com, not {wrong[0][:80]}"
    elif kept.value and not value and _reaches_more(set(_hosts(kept.hosts)), hosts):
        errors.setdefault("new_value", ASK_VALUE)
    if errors:
        raise ValidationError(errors)
    return {**fields, "hosts": "\n".join(hosts)} if "hosts" in fields else fields


def _store_provider(provider: Provider, fields: dict[str, Any], key: str, clear: bool, by: Any) -> Provider:
    fields = clean_provider(provider, fields, key, clear, by)
    if key or clear:
        fields["key"] = seal(key, str(provider.pk))
    if key or clear or {"kind", "base_url"} & fields.keys():
        fields |= {"tested_at": None, "test_error": ""}
    return _store(provider, fields)


def _store_secret(secret: Secret, fields: dict[str, Any], value: str) -> Secret:
    fields = clean_secret(secret, fields, value)
    return _store(secret, {**fields, "value": seal(value, str(secret.pk))} if value else fields)


def _destination(kind: str, base_url: str) -> tuple[Any, ...]:
    return kind, *origin_of(base_url or BASE_URLS[kind])


def _hosts(text: str) -> list[str]:
    return list(dict.fromkeys(text.lower().replace(",", " ").split()))


def _reaches_more(before: Set[str], after: list[str]) -> bool:
    wide = tuple(host[1:] for host in before if host.startswith("*."))
    return any(host not in before and not host.removeprefix("*").endswith(wide) for host in after)


def _is_text(value: str) -> bool:
    try:
        validate_text(value)
    except ValidationError:
        return False
    return True


def _store(item: T, fields: dict[str, Any]) -> T:
    for name, value in fields.items():
        setattr(item, name, value)
    item.full_clean()
    with transaction.atomic():
        # Only these: a key that was encrypted anew meanwhile, or a test's result, stays.
        item.save(update_fields=None if item._state.adding else [*fields, "updated_at"])
        index_meta(item)
    return item


def _delete(item: Provider | Secret) -> None:
    with transaction.atomic():
        forget_meta(item)
        item.delete()
