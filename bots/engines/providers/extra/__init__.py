"""Anthropic and Google, spoken by pydantic-ai: an optional extra (requirements-llm.txt), imported when it is first needed."""

from .client import AnthropicClient, GoogleClient

__all__ = ["AnthropicClient", "GoogleClient"]
