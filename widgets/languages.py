"""Languages by code, English name or own name; which one a visitor gets."""

import re
from collections.abc import Sequence
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

# The own names of languages with many speakers, as in CLDR (a test compares): reading them from Babel costs 130 MB.
OWN_NAMES = {
    "ar": "العربية", "bg": "български", "bn": "বাংলা", "ca": "català", "cs": "čeština", "da": "dansk", "de": "Deutsch", "el": "Ελληνικά",
    "es": "español", "et": "eesti", "fa": "فارسی", "fi": "suomi", "fil": "Filipino", "fr": "français", "gu": "ગુજરાતી", "he": "עברית",
    "hi": "हिन्दी", "hr": "hrvatski", "hu": "magyar", "id": "Indonesia", "it": "italiano", "ja": "日本語", "kn": "ಕನ್ನಡ", "ko": "한국어",
    "lt": "lietuvių", "lv": "latviešu", "ml": "മലയാളം", "mr": "मराठी", "ms": "Melayu", "nb": "norsk bokmål", "nl": "Nederlands", "pa": "ਪੰਜਾਬੀ",
    "pl": "polski", "pt": "português", "ro": "română", "ru": "русский", "sk": "slovenčina", "sl": "slovenščina", "sr": "српски", "sv": "svenska",
    "sw": "Kiswahili", "ta": "தமிழ்", "te": "తెలుగు", "th": "ไทย", "tr": "Türkçe", "uk": "українська", "ur": "اردو", "vi": "Tiếng Việt", "zh": "中文",
    "pt-BR": "português (Brasil)", "zh-Hans": "简体中文", "zh-Hant": "繁體中文",
}  # fmt: skip


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    english = {name.lower(): code.replace("_", "-") for code, name in Locale("en").languages.items()}
    return english | {name.lower(): code for code, name in OWN_NAMES.items()}


@lru_cache(maxsize=1024)
def language_code(text: str) -> str | None:
    """The BCP 47 code of a language given by code or name (``pt_br``, ``Spanish``, ``Deutsch``), or None."""
    text = text.strip()
    tag = (_names().get(text.lower()) or text).replace("_", "-")
    if len(tag) > 35:
        return None
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    # Babel adds a country to codes that were renamed (iw is he-IL to it); nobody asked for one.
    territory = locale.territory if len(tag.split("-")) > 1 else None
    return "-".join(part for part in (locale.language, locale.script, territory) if part)


def parse_languages(text: str) -> tuple[str, ...]:
    """The codes of a list separated by commas, semicolons or lines; ValueError names the unknown ones."""
    entries = [entry.strip() for entry in re.split(r"[,;\n]", text) if entry.strip()]
    unknown = [entry for entry in entries if language_code(entry) is None]
    if unknown:
        listed = ", ".join(f"“{entry[:40]}”" for entry in unknown[:5])
        raise ValueError(
            f"unknown: {listed}; allowed are names or codes of languages like English, es or pt-BR, separated by commas"
        )
    return tuple(dict.fromkeys(code for entry in entries if (code := language_code(entry))))


@lru_cache(maxsize=512)
def own_name(code: str) -> str:
    """What a language calls itself (``Deutsch``); variants that the table lacks are read from CLDR, one locale at a time."""
    known = OWN_NAMES.get(code)
    return known or Locale.parse(code, sep="-").get_display_name() or code


def direction(code: str) -> str:
    """``ltr`` or ``rtl``."""
    known = language_code(code)
    return "rtl" if known and Locale.parse(known, sep="-").character_order == "right-to-left" else "ltr"


def accepted_languages(header: str) -> tuple[str, ...]:
    """The codes of an Accept-Language header, the preferred first; what cannot be read is left out."""
    weighted = []
    for entry in header[:1000].split(",")[:20]:
        tag, _, quality = entry.strip().partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if weight > 0 and (code := language_code(tag)):
            weighted.append((-weight, code))
    return tuple(code for _, code in sorted(weighted, key=lambda pair: pair[0]))


def choose_language(wanted: Sequence[str], offered: Sequence[str]) -> str:
    """The first wanted language of which a variant is offered; else the first offered.

    Of several variants the same one, then one in the same script (for ``zh-TW`` ``zh-Hant``, not ``zh``), then the general one
    (for ``pt-AO`` ``pt``, not ``pt-BR``).
    """
    for tag in wanted:
        code = language_code(tag)
        if code is None:
            continue
        variants = [other for other in offered if _parts(other)[0] == _parts(code)[0]]
        if variants:
            return min(variants, key=lambda other: _distance(code, other))
    return offered[0]


def _distance(code: str, other: str) -> tuple[bool, bool, bool]:
    _, script, territory = _parts(code)
    _, its_script, its_territory = _parts(other)
    return other != code, its_script != script, its_territory not in ("", territory)


@lru_cache(maxsize=1024)
def _parts(code: str) -> tuple[str, str, str]:
    """Language, script and territory of a code; the script is the usual one where none is named, Norwegian is one language."""
    locale = Locale.parse(code, sep="-")
    language = "nb" if locale.language in ("no", "nn") else locale.language
    likely = get_global("likely_subtags").get(locale.language, "").split("_")
    script = locale.script or (likely[1] if len(likely) > 1 else "")
    return language, script, locale.territory or ""
