"""What a model does not get to read: addresses, numbers of telephones, cards and accounts in visitors' texts, and what callers mark themselves.

An entity is ``{type, begin, end, text, replacement: {begin, end, text}}``: where it is in the text, and where its replacement is in the text
that the bot reads. Offsets are UTF-16 code units, as JavaScript counts.
"""

import re
from collections.abc import Iterator
from typing import Any

import phonenumbers
from rest_framework.exceptions import ParseError

from sessions_api import reading

Entity = dict[str, Any]
ENTITIES = 100
TYPE_BYTES = 64
REPLACEMENT_BYTES = 1024
REGIONS = ("US", "GB", "DE", "FR")  # whose national spellings are known besides the international one

EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])")
CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")

Span = tuple[int, int, str, str]  # begin and end in Python's code points, type, replacement text or ""


def detect(text: str) -> list[Entity]:
    """The personal data in a text."""
    return with_replacements(text, list(_found(text)))


def read_entities(value: Any, text: str, path: str = "entities") -> list[Entity]:
    """What a caller marked in the text, checked; raises ParseError naming e.g. ``entities[2].end``."""
    points = _points(text)
    spans: list[Span] = []
    for item, here in reading.items(value, path, ENTITIES, "entities"):
        kind = reading.text(item.get("type"), f"{here}.type", most=TYPE_BYTES, empty=False)
        begin = reading.whole(item.get("begin"), f"{here}.begin", 0, len(points) - 1)
        end = reading.whole(item.get("end"), f"{here}.end", 0, len(points) - 1)
        if end <= begin or points[begin] < 0 or points[end] < 0:
            raise ParseError(f"{here}.end: must be behind begin, and neither may be inside of a character")
        if item.get("text") != text[points[begin] : points[end]]:
            raise ParseError(f"{here}.text: must be what the text has from begin to end")
        if any(points[begin] < last and first < points[end] for first, last, _, _ in spans):
            raise ParseError(f"{here}.begin: must not be within another entity")
        spans.append((points[begin], points[end], kind, reading.optional(item, "replacement", here, _replacement, "")))
    return with_replacements(text, spans)


def merged(text: str, given: list[Entity]) -> list[Entity]:
    """What a caller marked, and what is found besides it."""
    points = _points(text)
    spans = [(points[one["begin"]], points[one["end"]], one["type"], one["replacement"]["text"]) for one in given]
    free = [span for span in _found(text) if all(span[1] <= begin or end <= span[0] for begin, end, _, _ in spans)]
    return with_replacements(text, [*spans, *free])


def replaced(text: str, entities: list[Entity]) -> str:
    """The text as the bot reads it."""
    if not entities:
        return text
    raw = text.encode("utf-16-le", "surrogatepass")
    for entity in sorted(entities, key=lambda one: -one["begin"]):
        new = entity.get("replacement", {}).get("text", "").encode("utf-16-le", "surrogatepass")
        raw = raw[: 2 * entity["begin"]] + new + raw[2 * entity["end"] :]
    return raw.decode("utf-16-le", "replace")


def without_personal_data(text: str) -> str:
    """The text with what ``detect`` finds replaced."""
    return replaced(text, detect(text))


def with_replacements(text: str, spans: list[Span]) -> list[Entity]:
    """Entities in the order of the text; the same value of a type has the same replacement, such as ``[EMAIL_1]``."""
    numbers: dict[tuple[str, str], int] = {}
    entities: list[Entity] = []
    shift = 0  # of the replaced text, in UTF-16 units
    at, units = 0, 0
    for begin, end, kind, given in sorted(spans):
        units += _length(text[at:begin])
        found = text[begin:end]
        size = _length(found)
        number = numbers.setdefault((kind, found), sum(known == kind for known, _ in numbers) + 1)
        new = given or f"[{re.sub('[^A-Z0-9]+', '_', kind.upper()).strip('_') or 'ENTITY'}_{number}]"
        first = units + shift
        entities.append({
            "type": kind, "begin": units, "end": units + size, "text": found,
            "replacement": {"begin": first, "end": first + _length(new), "text": new},
        })
        shift += _length(new) - size
        at, units = end, units + size
    return entities


def _found(text: str) -> Iterator[Span]:
    taken: list[tuple[int, int]] = []
    for begin, end, kind in _candidates(text):
        if len(taken) < ENTITIES and all(end <= first or last <= begin for first, last in taken):
            taken.append((begin, end))
            yield begin, end, kind, ""


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    """The surest kinds first."""
    if "@" in text:
        yield from ((*match.span(), "email") for match in EMAIL.finditer(text))
    yield from ((*match.span(), "iban") for match in IBAN.finditer(text) if _is_iban(match[0]))
    yield from ((*match.span(), "card") for match in CARD.finditer(text) if _is_card(match[0]))
    if sum(character.isdigit() for character in text) >= 7:
        for region in REGIONS:
            for number in phonenumbers.PhoneNumberMatcher(text, region):
                yield number.start, number.end, "phone"


def _is_card(text: str) -> bool:
    """Luhn's sum."""
    digits = [int(character) for character in text if character.isdigit()]
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    """ISO 7064, mod 97-10."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def _replacement(value: Any, path: str) -> str:
    given = reading.mapping(value, path)
    most = 2**31 - 1
    begin = reading.whole(given.get("begin"), f"{path}.begin", 0, most)
    reading.whole(given.get("end"), f"{path}.end", begin, most)
    return reading.text(given.get("text"), f"{path}.text", most=REPLACEMENT_BYTES)


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _points(text: str) -> list[int]:
    """For each UTF-16 offset the offset in code points; -1 inside of a surrogate pair."""
    points: list[int] = []
    for number, character in enumerate(text):
        points.append(number)
        if character > "\uffff":
            points.append(-1)
    return [*points, len(text)]
