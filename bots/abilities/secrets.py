"""``{{secrets.NAME}}`` and ``{{secret}}`` in a request: which are asked for, where they may go, and keeping them out of what comes back."""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from bots.abilities.arguments import SECRET, SECRETS, names_in
from bots.abilities.base import AbilityError, AbilitySpec, SecretValue, Tools
from fetcher.errors import FetchRefused
from fetcher.urls import target_of

HIDDEN = "•••"
SHORTEST = 4  # what is shorter would be found everywhere


def secret_names(text: str) -> list[str]:
    """The places of secrets in a text, as they stand there."""
    return [name for name in names_in(text) if name == SECRET or name.startswith(SECRETS)]


async def secrets_of(ability: AbilitySpec, template: str, tools: Tools) -> dict[str, SecretValue]:
    """The secrets that a template asks for, by their places. Raises AbilityError for one that is not there."""
    found = {}
    for place in secret_names(template):
        name = (ability.secret_id or "") if place == SECRET else place.removeprefix(SECRETS)
        if not name:
            raise AbilityError("The instruction uses {{secret}}, but the ability names no secret")
        found[place] = await tools.secret(name)
    return found


def without_secrets(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments cannot stand for secrets."""
    return {name: value for name, value in arguments.items() if name != SECRET and not name.startswith(SECRETS)}


def check_destination(url: str, secrets: Iterable[SecretValue]) -> None:
    """Raises AbilityError where one of the secrets may not be sent to this address."""
    held = list(secrets)
    if not held:
        return
    try:
        target = target_of(url)
    except FetchRefused as refusal:
        raise AbilityError(refusal.message) from None
    if target.url.scheme != "https" and not target.trusted:
        raise AbilityError("A secret may only be sent by https")
    for secret in held:
        if not any(_covers(host, target.host) for host in secret.hosts):
            raise AbilityError(f"The secret “{secret.name}” may not be sent to {target.host}")


def redacted(text: str, secrets: Iterable[SecretValue]) -> str:
    """The text without the secrets, also where they are encoded."""
    for secret in secrets:
        if len(secret.value) >= SHORTEST:
            for form in _forms(secret.value):
                text = text.replace(form, HIDDEN)
    return text


def redacted_data(value: Any, secrets: Iterable[SecretValue]) -> Any:
    """JSON data without the secrets: however they were written, this is how they are read."""
    held = list(secrets)
    if isinstance(value, str):
        return redacted(value, held)
    if isinstance(value, list):
        return [redacted_data(item, held) for item in value]
    if isinstance(value, dict):
        return {redacted(key, held): redacted_data(item, held) for key, item in value.items()}
    return value


def _covers(allowed: str, host: str) -> bool:
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed


def _forms(value: str) -> list[str]:
    encoded = base64.b64encode(value.encode()).decode()
    forms = {value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], encoded}
    forms |= {form.replace("/", "\\/") for form in forms}  # as some write JSON
    return sorted(forms, key=len, reverse=True)
