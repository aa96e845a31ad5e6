"""Languages by code, English name or own name; which one a visitor gets."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global

from widgets.own_names import own_names

TEXT_CHARACTERS = 80  # of a name or a code
WANTED_MAX = 20  # languages of one visitor
LANGUAGES_MAX = 100  # of a widget: each is a translation to pay, and an entry of the menu
LIST_CHARACTERS = 1000
NOTHING = ("root", "und")  # codes of no language
NORWEGIAN = "nb"  # what ``no`` means, in CLDR and to translators
USUAL_NAMES = {"farsi": "fa", "mandarin": "zh", "castilian": "es"}
RIGHT_TO_LEFT = frozenset(("Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"))


def language_code(text: str) -> str | None:
    """The BCP 47 code of a language given by code (in any case, ``pt_br``) or name (``Spanish``, ``Portuguese (Brazil)``, ``Deutsch``).

    None where there is none. A region of which CLDR knows nothing in that language is left out: ``de-FR`` is ``de``.
    """
    text = text.strip()
    return _code(text) if len(text) <= TEXT_CHARACTERS else None


def parse_languages(text: str) -> tuple[str, ...]:
    """The codes of a list separated by commas, semicolons or lines; ValueError names the unknown ones, or says that there are too many."""
    unknown = [entry for entry in _entries(text) if language_code(entry) is None]
    if unknown:
        listed = ", ".join(f"“{entry[:40]}”" for entry in unknown[:5])
        raise ValueError(
            f"unknown: {listed}; allowed are names or codes of languages like English, es or pt-BR, separated by commas"
        )
    known = known_languages(text)
    if len(known) > LANGUAGES_MAX:
        raise ValueError(f"at most {LANGUAGES_MAX} languages are possible, these are {len(known)}")
    return known


def known_languages(text: str) -> tuple[str, ...]:
    """The same without those that are unknown."""
    return tuple(dict.fromkeys(code for entry in _entries(text) if (code := language_code(entry))))


def own_name(code: str) -> str:
    """What a language calls itself (``Deutsch``); the code where CLDR does not know that."""
    return own_names().get(code, code)


def english_name(code: str) -> str:
    """What English calls a language (``German``, ``Portuguese (Brazil)``)."""
    return Locale.parse(code, sep="-").get_display_name("en") or code


def direction(code: str) -> str:
    """``ltr`` or ``rtl``."""
    known = language_code(code)
    return "rtl" if known and _parts(known)[1] in RIGHT_TO_LEFT else "ltr"


def wanted_languages(text: str) -> tuple[str, ...]:
    """The codes of a list in order of wish, separated by commas; what cannot be read is left out."""
    entries = text[:LIST_CHARACTERS].split(",")[:WANTED_MAX]
    return tuple(code for entry in entries if (code := language_code(entry)))


@lru_cache(maxsize=1024)
def accepted_languages(header: str) -> tuple[str, ...]:
    """The codes of an Accept-Language header, the preferred first; what cannot be read is left out."""
    weighted = []
    for entry in header[:LIST_CHARACTERS].split(",")[:WANTED_MAX]:
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
    families = _families(tuple(offered))
    for tag in wanted:
        code = language_code(tag)
        variants = families.get(_parts(code)[0]) if code else None
        if code and variants:
            return min(variants, key=lambda other: _distance(code, other))
    return offered[0]


@lru_cache(maxsize=512)
def _families(offered: tuple[str, ...]) -> dict[str, list[str]]:
    """The variants of each language."""
    families: dict[str, list[str]] = {}
    for code in offered:
        families.setdefault(_parts(code)[0], []).append(code)
    return families


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in re.split(r"[,;\n]", text) if entry.strip()]


def _distance(code: str, other: str) -> tuple[bool, ...]:
    _, script, territory = _parts(code)
    _, its_script, its_territory = _parts(other)
    both_norwegian = other.partition("-")[0] != code.partition("-")[0]
    return other != code, both_norwegian, its_script != script, its_territory not in ("", territory)


@lru_cache(maxsize=2048)
def _code(text: str) -> str | None:
    # A code first: Ga and Kom are names of languages, and codes of others.
    return _code_of_tag(text) or _names().get(text.lower())


def _code_of_tag(text: str) -> str | None:
    first, *rest = text.replace("_", "-").split("-")
    first = NORWEGIAN if first.lower() == "no" else first
    if first.lower() in NOTHING:
        return None
    locale = _locale([first, *rest])
    if locale is None and len(rest) > 0 and rest[-1].upper() in Locale("en").territories:
        locale = _locale([first, *rest[:-1]])
    if locale is None:
        return None
    # Babel adds a country to codes that were renamed (iw is he-IL to it); nobody asked for one.
    return "-".join(part for part in (locale.language, locale.script, locale.territory if rest else None) if part)


def _locale(subtags: Iterable[str]) -> Locale | None:
    try:
        return Locale.parse("-".join(subtags), sep="-")
    except (UnknownLocaleError, ValueError):
        return None


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Codes by lowercase names; where two languages call themselves the same, the general one counts."""
    english = Locale("en")
    names = {name: code for code, name in english.languages.items()}
    for identifier in localedata.locale_identifiers():
        names.setdefault(Locale.parse(identifier).get_display_name(english) or "", identifier)
    for code, name in sorted(own_names().items(), key=lambda item: len(item[0])):
        names.setdefault(name, code)
    lower = USUAL_NAMES.copy()
    for name, code in names.items():
        if name and (known := _code_of_tag(code)):
            lower[name.lower()] = known
            if plain := _without_accents(name):
                lower.setdefault(plain, known)
    return lower


def _without_accents(name: str) -> str:
    """``portugues`` for ``português``; empty for other alphabets, where marks are letters."""
    plain = "".join(character for character in unicodedata.normalize("NFKD", name) if not unicodedata.combining(character))
    return plain.lower() if plain.isascii() else ""


@lru_cache(maxsize=2048)
def _parts(code: str) -> tuple[str, str, str]:
    """Language, script and territory of a code; the script is the usual one where none is named, Norwegian is one language."""
    locale = Locale.parse(code, sep="-")
    language = NORWEGIAN if locale.language == "nn" else locale.language
    likely = get_global("likely_subtags").get(locale.language, "").split("_")
    script = locale.script or (likely[1] if len(likely) > 1 else "")
    return language, script, locale.territory or ""
