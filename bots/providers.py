"""Which engine and which provider a bot's model means. An operator's own provider comes before a shared one, that before the environment's."""

from dataclasses import dataclass
from typing import Any, Literal

from channels.db import database_sync_to_async
from django.conf import settings
from django.db.models import Q

from accounts.seal import SealError, unseal
from bots.base_urls import is_allowed
from bots.engines.base import Engine, EngineError, ProviderAccess
from bots.engines.registry import Model, available_engines, get_engine, parse_model
from bots.models import Provider

Kind = Literal["openai", "anthropic", "google"]
MODERATION_MODEL = "omni-moderation-latest"  # OpenAI's, which costs nothing
BASE_URLS: dict[str, str] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "google": "https://generativelanguage.googleapis.com",
}


@dataclass(frozen=True)
class Chosen:
    """Who makes a reply: the engine, the options of the model string, and for a language model its name and how to get there."""

    engine: Engine
    options: dict[str, str]
    name: str = ""
    access: ProviderAccess | None = None


async def choose(model: str, owner_id: Any) -> Chosen:
    """What a model string means for this operator. Raises `EngineError("no_model")` saying what is allowed."""
    if _parsed(model).provider in available_engines():
        return choose_now(model, owner_id)
    return await database_sync_to_async(choose_now, thread_sensitive=False)(model, owner_id)


def choose_now(model: str, owner_id: Any) -> Chosen:
    """The same. Blocking, but for the engines that need no provider."""
    parsed = _parsed(model)
    if parsed.provider in available_engines():
        engine, options = get_engine(model)
        return Chosen(engine, options)
    provider, name = (parsed.provider, parsed.name) if parsed.name else (settings.DEFAULT_PROVIDER, parsed.provider)
    access = access_of(provider, owner_id)
    return Chosen(get_engine(model, access)[0], parsed.options, name, access)


def _parsed(model: str) -> Model:
    try:
        return parse_model(model)
    except ValueError as error:
        raise EngineError("no_model", retryable=False, cause=str(error)) from None


def access_of(name: str, owner_id: Any) -> ProviderAccess:
    """The provider with this name, as far as the operator may use it. Raises `EngineError("no_model")`. Blocking."""
    rows = Provider.objects.filter(Q(owner_id=owner_id) | Q(shared=True), alias=name, owner__is_active=True).select_related("owner")
    row = next(iter(sorted(rows, key=lambda row: (row.owner_id != owner_id, str(row.pk)))), None)
    if row is not None:
        return access_of_row(row)
    known = environment_providers()
    if name in known:
        return known[name]
    mine = Provider.objects.filter(Q(owner_id=owner_id) | Q(shared=True), owner__is_active=True).values_list("alias", flat=True)
    names = sorted({*available_engines(), *known, *filter(None, mine)})
    raise EngineError("no_model", retryable=False, cause=f"There is no provider “{name}”; there are: {', '.join(names)}")


def access_of_row(row: Provider) -> ProviderAccess:
    """How to get in. Raises `EngineError("provider_key")` where its key cannot be read any more."""
    try:
        key = unseal(row.key, str(row.pk))
    except SealError as error:
        raise EngineError("provider_key", retryable=False, cause=f"The key of the provider “{row.alias}”: {error}") from None
    kind: Kind = row.kind  # type: ignore[assignment]
    return ProviderAccess(
        name=row.alias or "", kind=kind, base_url=row.base_url or BASE_URLS[kind], key=key,
        private=row.owner.is_superuser or is_allowed(row.base_url), moderation_model=row.moderation_model,
    )


def environment_providers() -> dict[str, ProviderAccess]:
    """Those that the environment names, for every operator."""
    found = []
    if settings.OPENAI_API_KEY:
        moderation = MODERATION_MODEL if settings.OPENAI_BASE_URL.rstrip("/") == BASE_URLS["openai"] else ""
        found.append(
            ProviderAccess("openai", "openai", settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY, private=True, moderation_model=moderation)
        )
    if settings.ANTHROPIC_API_KEY:
        found.append(ProviderAccess("anthropic", "anthropic", BASE_URLS["anthropic"], settings.ANTHROPIC_API_KEY))
    if settings.GEMINI_API_KEY:
        found.append(ProviderAccess("google", "google", BASE_URLS["google"], settings.GEMINI_API_KEY))
    if settings.OLLAMA_BASE_URL:
        found.append(ProviderAccess("ollama", "openai", settings.OLLAMA_BASE_URL, private=True))
    return {access.name: access for access in found}
