"""What can be wrong with a catalog of interface texts."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel import Locale
from babel.core import get_global

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
COUNTS = range(1001)
PLACEHOLDER = re.compile(r"\{\w*\}")
SENTENCE_ENDS = (".", "。", "।", "۔", "።", "։")
# ZWNJ and ZWJ shape letters in Persian and in Indian scripts; French sets spaces that do not break before marks;
# the isolates keep a name of the other direction together.
FIRST_STRONG, POP = "\u2068", "\u2069"
ISOLATED = re.compile(FIRST_STRONG + r"\{\w+\}" + POP)
INVISIBLE = {" ", "\u200c", "\u200d", "\u00a0", "\u202f", FIRST_STRONG, POP}
# How the Unicode names of a script's letters begin.
LETTERS: dict[str, str | tuple[str, ...]] = {
    "Arab": "ARABIC", "Beng": "BENGALI", "Cyrl": "CYRILLIC", "Deva": "DEVANAGARI", "Grek": "GREEK", "Hans": "CJK", "Hant": "CJK", "Hebr": "HEBREW",
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA"), "Kore": ("HANGUL", "CJK"), "Latn": "LATIN", "Taml": "TAMIL", "Telu": "TELUGU", "Thai": "THAI",
}  # fmt: skip
LOOK_ALIKE = ("Cyrl", "Grek")  # letters that look like Latin ones: no word may mix them
# What stands on buttons, in the menu and in the lines of state, where there is little room.
SHORT = frozenset((
    "launcher.openPage", "menu", "language", "download", "send", "tryAgain", "retry", "delete", "allow", "notNow", "optional", "startNow", "keepCopy",
    "startAgain", "startAgainTitle", "keepIt", "more", "newMessages.other", "today", "yesterday", "writing", "reasoning", "sent", "sending", "notSent",
    "waitingNetwork", "status.ready", "status.connecting", "status.reconnecting", "status.offline", "status.refused", "status.ending", "status.closed",
))  # fmt: skip
LONGER = 2.2
ROOM = 20  # columns that there are for the shortest, too


def family(key: str) -> tuple[str, str]:
    """``newMessages.few`` → ``newMessages``, ``few``; a key without plural forms → itself and nothing."""
    stem, _, category = key.rpartition(".")
    return (stem, category) if stem and category in CATEGORIES else (key, "")


def plural_counts(code: str) -> dict[str, list[int]]:
    """The plural categories of a language with the numbers that each stands for."""
    counts: dict[str, list[int]] = {}
    for count in COUNTS:
        counts.setdefault(Locale.parse(code, sep="-").plural_form(count), []).append(count)
    return {category: counts[category] for category in CATEGORIES if category in counts}


def catalog_faults(path: Path, english: Path, same: Iterable[str] = ()) -> list[str]:
    """What is wrong with the catalog of the language that the file is named by: one line a fault, the key first.

    ``same`` are the keys whose text is the English one rightly; one that is not is a fault too.
    """
    try:
        pairs = json.loads(path.read_text("utf-8"), object_pairs_hook=list)
    except ValueError as error:
        return [f"json: {error}"]
    texts, originals = dict(pairs), json.loads(english.read_text("utf-8"))
    if len(texts) != len(pairs):
        return ["json: a key is there twice"]
    code, counts = path.stem, plural_counts(path.stem)
    expected = list(_expected(originals, counts))
    faults = [f"{key}: missing" for key in expected if key not in texts]
    faults += [f"{key}: unknown" for key in texts if key not in expected]
    if not faults and _layout(path) != _layout(english):
        faults.append("layout: keys or blank lines are not where the English ones are")
    for key in expected:
        if isinstance(text := texts.get(key, ""), str) and text.strip():
            faults += [f"{key}: {fault}" for fault in _text_faults(key, text, code, originals, counts)]
            if (text in _same_family(key, originals)) is not (key in same):
                faults.append(f"{key}: {'not English, but listed so' if key in same else 'English'}")
        elif key in texts:
            faults.append(f"{key}: empty")
    return faults


def _expected(originals: dict[str, str], counts: dict[str, list[int]]) -> Iterator[str]:
    for key in originals:
        stem, category = family(key)
        if not category:
            yield key
        elif category == "other":
            yield from (f"{stem}.{each}" for each in counts)


def _same_family(key: str, originals: dict[str, str]) -> set[str]:
    return {text for other, text in originals.items() if family(other)[0] == family(key)[0]}


def _text_faults(
    key: str, text: str, code: str, originals: dict[str, str], counts: dict[str, list[int]]
) -> Iterator[str]:
    stem, category = family(key)
    original = originals[f"{stem}.other" if category else key]
    spelled, wanted = sorted(PLACEHOLDER.findall(text)), sorted(PLACEHOLDER.findall(original))
    names_its_count = len(counts.get(category, ())) == 1
    if spelled != wanted and not (
        names_its_count and spelled == [each for each in wanted if each != "{count}"]
    ):
        yield f"placeholders {spelled}, not {wanted}"
    if text != text.strip() or re.search(r"\s\s", text):
        yield "stray whitespace"
    if any(
        unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn")
        for each in text
        if each not in INVISIBLE
    ):
        yield "invisible character"
    if re.search(f"[{FIRST_STRONG}{POP}]", ISOLATED.sub("", text)):
        yield "isolate that does not hold a placeholder"
    if re.search(r"[<>&]", text):
        yield "html"
    if "..." in text:
        yield "three dots, not an ellipsis"
    if ("…" in original) is not ("…" in text):
        yield "ellipsis is not where the English one is"
    if re.search("[\"'`]", text):
        yield "straight quotation mark"
    if text.endswith(SENTENCE_ENDS) and not original.endswith((".", "!")):
        yield "ends as a sentence"
    if unicodedata.normalize("NFC", text) != text:
        yield "not composed"
    yield from _script_faults(PLACEHOLDER.sub(" ", text), code)
    if f"{stem}.other" in SHORT or key in SHORT:
        room = max(ROOM, LONGER * columns(original))
        if columns(text) > room:
            yield f"too long: {columns(text)} columns, {room:.0f} are there"


def _script_faults(text: str, code: str) -> Iterator[str]:
    locale = Locale.parse(code, sep="-")
    script = locale.script or get_global("likely_subtags")[locale.language].split("_")[1]
    text = re.sub(r"\S+@\S+", " ", text)
    letters = [each for each in text if each.isalpha()]
    if letters and not any(_is_of(each, script) for each in letters):
        yield f"no letter in {script}"
    if script == "Latn" and not all(
        _is_of(each, script) for each in letters if unicodedata.category(each) != "Lm"
    ):
        yield "letters of another script"
    if script in LOOK_ALIKE and any(
        len({_is_of(each, script) for each in word}) > 1 for word in re.findall(r"[^\W\d_]+", text)
    ):
        yield "a word of two scripts"


def _is_of(letter: str, script: str) -> bool:
    return unicodedata.name(letter, "").startswith(LETTERS[script])


def columns(text: str) -> int:
    """How wide a text is in letters: those of East Asia are two, marks upon a letter none."""
    return sum(
        2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
        if unicodedata.category(each) not in ("Mn", "Me", "Cf")
    )


def _layout(path: Path) -> list[str]:
    """The keys line by line, plural forms as one, indented as they are."""
    lines = [
        re.sub(r'^(\s*)"([^"]+)": ".*"', lambda found: f"{found[1]}{family(found[2])[0]}", line)
        for line in path.read_text("utf-8").split("\n")
    ]
    return [
        line
        for position, line in enumerate(lines)
        if position == 0 or not line or line != lines[position - 1]
    ]
