"""A text: the instruction with its arguments filled in."""

from collections.abc import Mapping
from typing import Any

from bots.abilities.arguments import fill
from bots.abilities.base import AbilitySpec, Outcome, Tools, trimmed


async def run(ability: AbilitySpec, arguments: Mapping[str, Any], _tools: Tools) -> Outcome:
    """The text as the result."""
    return Outcome(trimmed(fill(ability.instruction, arguments)))
