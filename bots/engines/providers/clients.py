"""Which client speaks with which kind of provider."""

from functools import cache
from importlib import import_module

from bots.engines.base import EngineError

from .base import Client

CLIENTS = {
    "openai": "bots.engines.providers.openai.OpenAIClient",
    "anthropic": "bots.engines.providers.extra.AnthropicClient",
    "google": "bots.engines.providers.extra.GoogleClient",
}


@cache
def client_for(kind: str) -> Client:
    """The client for a kind of provider, loaded with its first use. Raises `EngineError("no_model")` where its packages are missing."""
    module, _, name = CLIENTS[kind].rpartition(".")
    try:
        found: Client = getattr(import_module(module), name)()
    except ImportError:
        cause = f"Providers of the kind {kind} need the packages of requirements-llm.txt, which are not installed"
        raise EngineError("no_model", retryable=False, cause=cause) from None
    return found
