"""A file: its text, or the instruction with the text in the place of ``{{file}}``."""

from collections.abc import Mapping
from typing import Any

from bots.abilities.arguments import fill, names_in
from bots.abilities.base import AbilityError, AbilitySpec, Outcome, Tools, trimmed

FILE = "file"


async def run(ability: AbilitySpec, arguments: Mapping[str, Any], tools: Tools) -> Outcome:
    """The text as the result."""
    if ability.file_id is None:
        raise AbilityError("The ability names no file")
    text = trimmed(await tools.file_text(ability.file_id))
    if FILE not in names_in(ability.instruction):
        return Outcome(text)
    return Outcome(trimmed(fill(ability.instruction, {**arguments, FILE: text})))
