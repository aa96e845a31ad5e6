"""DeepL (https://developers.deepl.com/docs/api-reference/translate), the paid and the free service."""

from collections.abc import Sequence

from babel import Locale

from widgets.translators.base import Translated, TranslatorError
from widgets.translators.http import Service, post
from widgets.translators.names import english_name

PAID, FREE = "https://api.deepl.com", "https://api-free.deepl.com"


def service_url(url: str, key: str) -> str:
    """The address that is set, else the service that the key is for: free ones end with ``:fx``."""
    return url or (FREE if key.endswith(":fx") else PAID)


class DeepL:
    """Which languages there are is the service's to know; it is asked for any."""

    name = "deepl"
    texts_at_once = 50
    characters_at_once = 20_000  # a request may have 128 KiB
    varies = False

    def __init__(self, url: str, key: str, seconds: float) -> None:
        self._service = Service("DeepL", service_url(url, key), key, seconds)

    async def translate(self, texts: Sequence[str], source: str, target: str, kinds: Sequence[str] = ()) -> Translated:
        """Once, by one request."""
        body = {
            "text": [*texts], "source_lang": source_code(source), "target_lang": target_code(target),
            "tag_handling": "xml", "split_sentences": "nonewlines", "preserve_formatting": True,
        }  # fmt: skip
        try:
            answer = await post(self._service, "/v2/translate", body, {"Authorization": f"DeepL-Auth-Key {self._service.key}"})
        except TranslatorError as error:
            if "_lang" in error.cause:  # of 400: “Value for 'target_lang' not supported.”
                cause = f"DeepL does not translate from {english_name(source)} into {english_name(target)}."
                raise TranslatorError(cause, retryable=False) from None
            raise
        items = answer.get("translations") if isinstance(answer, dict) else None
        found = [item.get("text") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        if len(found) != len(texts) or not all(isinstance(text, str) for text in found):
            raise TranslatorError(f"DeepL gave {len(found)} texts for {len(texts)}.", retryable=True)
        return Translated(tuple(map(str, found)))


def source_code(code: str) -> str:
    """Sources have no variants."""
    language = code.partition("-")[0]
    return "NB" if language in ("no", "nn") else language.upper()


def target_code(code: str) -> str:
    """A variant where the service has several: general English is American, Portuguese Brazilian, as most speakers write it."""
    locale = Locale.parse(code, sep="-")
    match locale.language:
        case "en":
            return "EN-US" if locale.territory in (None, "US") else "EN-GB"
        case "pt":
            return "PT-BR" if locale.territory in (None, "BR") else "PT-PT"
        case "zh":
            return "ZH-HANT" if locale.script == "Hant" or (not locale.script and locale.territory in ("TW", "HK", "MO")) else "ZH-HANS"
    return source_code(code)
