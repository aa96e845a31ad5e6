"""LibreTranslate (https://docs.libretranslate.com/api/operations/translate/), on a server of the operator's or anybody's."""

from collections.abc import Sequence

from babel import Locale

from widgets.translators.base import Translated, TranslatorError
from widgets.translators.http import Service, post
from widgets.translators.names import english_name


class LibreTranslate:
    """Which languages there are depends on the server; it is asked for any."""

    name = "libretranslate"
    texts_at_once = 20
    characters_at_once = 4_000  # servers with a bound have 2,000 or more for each text
    varies = False

    def __init__(self, url: str, key: str, seconds: float) -> None:
        self._service = Service("LibreTranslate", url, key, seconds)

    async def translate(self, texts: Sequence[str], source: str, target: str, kinds: Sequence[str] = ()) -> Translated:
        """Once, by one request."""
        body = {"q": [*texts], "source": service_code(source), "target": service_code(target), "format": "html"}
        if self._service.key:
            body["api_key"] = self._service.key
        try:
            answer = await post(self._service, "/translate", body, {})
        except TranslatorError as error:
            if "not supported" in error.cause or "not available" in error.cause:
                cause = f"This LibreTranslate server does not translate from {english_name(source)} into {english_name(target)}."
                raise TranslatorError(cause, retryable=False) from None
            raise
        found = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(found, list) or len(found) != len(texts) or not all(isinstance(text, str) for text in found):
            count = len(found) if isinstance(found, list) else 0
            raise TranslatorError(f"LibreTranslate gave {count} texts for {len(texts)}.", retryable=True)
        return Translated(tuple(found))


def service_code(code: str) -> str:
    """Its own codes: ``pb`` is Brazilian Portuguese, ``zt`` traditional Chinese; other variants it does not know."""
    locale = Locale.parse(code, sep="-")
    match locale.language:
        case "pt" if locale.territory == "BR":
            return "pb"
        case "zh" if locale.script == "Hant" or (not locale.script and locale.territory in ("TW", "HK", "MO")):
            return "zt"
        case "no" | "nn":
            return "nb"
        case "fil":
            return "tl"
    return str(locale.language)
