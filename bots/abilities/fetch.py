"""A fenced ``fetch`` block: an HTTP request to a public address. ``request`` has its form."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from bots.abilities.arguments import PLACEHOLDER
from bots.abilities.base import RESULT_CHARACTERS, AbilityError, AbilitySpec, Answer, Outcome, Tools, trimmed
from bots.abilities.data import refuse_constant
from bots.abilities.fences import fenced
from bots.abilities.picking import picked
from bots.abilities.request import fill_template, read_template
from bots.abilities.secrets import check_destination, redacted, redacted_data, secrets_of, without_secrets

FENCE = "fetch"
REASON_CHARACTERS = 300


async def run(ability: AbilitySpec, arguments: Mapping[str, Any], tools: Tools) -> Outcome:
    """JSON answers as data, or what the ability picks of them, others as text; an answer of 400 and above is an error."""
    template = fenced(ability.instruction, FENCE) or ""
    secrets = await secrets_of(ability, template, tools)
    given = {**without_secrets(arguments), **{place: secret.value for place, secret in secrets.items()}}
    read = read_template(template)
    if secrets and PLACEHOLDER.fullmatch(read.url):
        raise AbilityError("A request with a secret must have its host written out")
    request = fill_template(read, given)
    check_destination(request.url, secrets.values())
    answer = await tools.fetch(request)
    text = redacted(_text(answer), secrets.values())
    if answer.status >= 400:
        raise AbilityError(f"The address answered {_named(answer.status)}{_reason(text)}")
    result = _picked(ability.pick, answer, text) if ability.pick else _parsed(answer, text)
    return Outcome(redacted_data(result, secrets.values()))


def changes_something(ability: AbilitySpec) -> bool:
    """Whether it is a request by a method that is made for changes."""
    try:
        block = fenced(ability.instruction, FENCE)
        return block is not None and read_template(block).method not in ("GET", "HEAD")
    except AbilityError:
        return False


def _picked(path: str, answer: Answer, text: str) -> Any:
    """What the path meets: one value, or a list of several."""
    try:
        data = json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise AbilityError(f"The address answered with {_kind(answer)[:100]}, of which nothing can be picked") from None
    found = picked(path, data)
    if not found:
        raise AbilityError(f"The answer has nothing at {path}")
    value = found[0] if len(found) == 1 else found
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value if len(written) <= RESULT_CHARACTERS else trimmed(written)


def _text(answer: Answer) -> str:
    """The body as text; what neither says that it is text nor reads as it is refused."""
    kind = _kind(answer)
    charset = re.search(r"charset=\"?([\w-]+)", answer.content_type, re.IGNORECASE)
    textual = bool(charset) or kind.startswith("text/") or _is_json(kind) or kind.endswith("xml")
    try:
        return answer.body.decode(charset[1] if charset else "utf-8", "replace" if textual else "strict")
    except (LookupError, ValueError):
        if textual:
            return answer.body.decode("utf-8", "replace")
        raise AbilityError(f"The address answered with {kind[:100]}, which is not text") from None


def _parsed(answer: Answer, text: str) -> Any:
    if len(text) <= RESULT_CHARACTERS and _is_json(_kind(answer)):
        try:
            return json.loads(text, parse_constant=refuse_constant)
        except (ValueError, RecursionError):
            pass  # what claims to be JSON and is not, is text
    return trimmed(text)


def _kind(answer: Answer) -> str:
    return answer.content_type.partition(";")[0].strip().lower()


def _is_json(kind: str) -> bool:
    return kind == "application/json" or kind.endswith("+json")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _reason(text: str) -> str:
    words = " ".join(text[: REASON_CHARACTERS * 4].split())
    return f": {words[:REASON_CHARACTERS]}" if words else ""
