"""System checks of what an operator can set wrongly. Ids are ``widgetplatform.E…`` (refused) and ``.W…`` (told)."""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.module_loading import import_string

from bots.base_urls import is_address

POSITIVE = (
    "TOKEN_REQUESTS_PER_MINUTE", "ADDRESS_REQUESTS_PER_MINUTE", "AUTH_FAILURES_PER_MINUTE", "LOGIN_FAILURES_PER_MINUTE",
    "MESSAGE_BYTES", "FRAME_BYTES", "SENDS_PER_MINUTE", "SENDS_BURST", "SESSIONS_PER_MINUTE", "SOCKETS_PER_CONVERSATION",
    "SOCKETS_PER_ADDRESS", "HELLO_SECONDS", "HEARTBEAT_SECONDS", "SILENCE_SECONDS", "LEASE_SECONDS", "SWEEP_SECONDS",
    "REPLY_ATTEMPTS", "REPLY_SECONDS", "REPLY_BYTES", "ATTACHMENTS_PER_CONVERSATION", "SPEECH_SECONDS", "SPEECH_CHARACTERS",
    "PROVIDER_CONNECT_SECONDS", "PROVIDER_FIRST_SECONDS", "PROVIDER_NEXT_SECONDS", "CONTEXT_TOKENS", "CALL_SECONDS", "CONFIRM_SECONDS",
    "SOURCE_PAGES", "SOURCE_PAGE_BYTES", "SOURCE_SECONDS",
)  # fmt: skip
NOT_NEGATIVE = ("PROVIDER_RETRIES", "SOURCE_DELAY_SECONDS", "REPLY_TOKENS", "SESSION_TOKENS", "WIDGET_TOKENS_PER_DAY", "OWNER_TOKENS_PER_MONTH")
SMALLER = (
    ("E003", "MESSAGE_BYTES", "FRAME_BYTES", "A message must fit into a frame."),
    ("E004", "HEARTBEAT_SECONDS", "SILENCE_SECONDS", "Idle sockets would be closed before their first heartbeat."),
    ("E005", "SWEEP_SECONDS", "LEASE_SECONDS", "A sweep must come round within a lease."),
)


@register
def check_limits(**_: Any) -> Iterable[CheckMessage]:
    """Every limit is at least 1, and those that depend on each other are in order."""
    for name in POSITIVE:
        if getattr(settings, name) < 1:
            yield Error(f"{name} must be at least 1, not {getattr(settings, name)}", id="widgetplatform.E002")
    for name in NOT_NEGATIVE:
        if getattr(settings, name) < 0:
            yield Error(f"{name} must be at least 0, not {getattr(settings, name)}", id="widgetplatform.E002")
    for code, small, large, hint in SMALLER:
        if getattr(settings, small) >= getattr(settings, large):
            yield Error(f"{small} must be smaller than {large}", hint=hint, id=f"widgetplatform.{code}")


@register
def check_engines(**_: Any) -> Iterable[CheckMessage]:
    """Each of ``EXTRA_ENGINES`` can be imported; in production the test engine is pointed out."""
    for name, path in settings.EXTRA_ENGINES.items():
        try:
            import_string(path)
        except ImportError as error:
            yield Error(f"EXTRA_ENGINES: {name} cannot be imported: {error}", hint="Write name=package.module.Class.", id="widgetplatform.E006")
    if settings.PRODUCTION and "scripted" in settings.EXTRA_ENGINES:
        yield Warning("EXTRA_ENGINES enables the engine of the tests", hint="Take scripted out of it.", id="widgetplatform.W003")


@register
def check_models(**_: Any) -> Iterable[CheckMessage]:
    """Addresses of providers are addresses, and the default one can be named in a model string."""
    for name in ("OPENAI_BASE_URL", "OLLAMA_BASE_URL"):
        if getattr(settings, name) and not is_address(getattr(settings, name)):
            yield Error(
                f"{name} must be an address that begins with http:// or https://, without user name, ? and #",
                hint="For example https://api.openai.com/v1 or http://localhost:11434/v1.",
                id="widgetplatform.E007",
            )
    if not re.fullmatch(r"[a-z0-9_-]{1,128}", settings.DEFAULT_PROVIDER):
        yield Error("DEFAULT_PROVIDER must be 1 to 128 of a-z, 0-9, - and _", hint="For example openai.", id="widgetplatform.E008")


@register(Tags.security)
def check_production(**_: Any) -> Iterable[CheckMessage]:
    """What is right on one machine and wrong in production."""
    if not settings.PRODUCTION:
        return
    if settings.DEBUG:
        yield Error("DEBUG must be off in production", hint="It shows settings and code to anyone.", id="widgetplatform.E001")
    if settings.REDIS_URL and not settings.DATABASE_URL:
        yield Warning(
            "REDIS_URL is set, but the database is SQLite",
            hint="SQLite serves one machine and one writer at a time; set DATABASE_URL to PostgreSQL.",
            id="widgetplatform.W001",
        )
    if not settings.REDIS_URL:
        yield Warning(
            "Without REDIS_URL, sockets, limits and tasks live in the memory of one process",
            hint="Run exactly one web process, or set REDIS_URL.",
            id="widgetplatform.W002",
        )
