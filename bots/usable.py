"""Whether a model can be used as things are now, and why not: what an operator is told when a bot is saved."""

from typing import Any

from bots.base_urls import origin_of
from bots.engines.base import EngineError
from bots.engines.providers.clients import client_for
from bots.providers import BASE_URLS, choose_now

WITH_KEY = {origin_of(url) for url in BASE_URLS.values()}


def why_not(model: str, owner_id: Any) -> str:
    """What is in the way, empty for nothing. Asks nobody: a key that a provider refuses shows in the test of its connection."""
    try:
        access = choose_now(model, owner_id).access
        if access is not None:
            client_for(access.kind)
    except EngineError as error:
        return error.cause or error.code
    if access is not None and not access.key and origin_of(access.base_url) in WITH_KEY:
        return f"The provider “{access.name}” has no key"
    return ""
