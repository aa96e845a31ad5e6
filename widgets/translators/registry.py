"""The translators by the names that the setting TRANSLATOR knows. A language model's needs an engine besides, so it is made elsewhere."""

from collections.abc import Callable

from django.conf import settings

from widgets.translators.base import Translator
from widgets.translators.deepl import DeepL
from widgets.translators.fast import Fast
from widgets.translators.libretranslate import LibreTranslate

NONE, LLM = "none", "llm"
# Those that need nothing but settings. Each is named in docs/operating.md.
TRANSLATORS: dict[str, Callable[[], Translator]] = {
    "deepl": lambda: DeepL(settings.DEEPL_URL, settings.DEEPL_API_KEY, settings.TRANSLATOR_SECONDS),
    "libretranslate": lambda: LibreTranslate(settings.LIBRETRANSLATE_URL, settings.LIBRETRANSLATE_API_KEY, settings.TRANSLATOR_SECONDS),
    "fast": Fast,
}
NAMES = (NONE, LLM, *TRANSLATORS)
