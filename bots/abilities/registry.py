"""Which kind an ability is, and doing it."""

from collections.abc import Mapping
from typing import Any

from bots.abilities import bot, fetch, file, mcp, search, text
from bots.abilities.base import AbilityError, AbilitySpec, Kind, Outcome, Tools
from bots.abilities.kinds import kind_of
from bots.abilities.parameters import arguments_problem

KINDS: dict[str, Kind] = {
    "fetch": fetch.run,
    "search": search.run,
    "mcp": mcp.run,
    "bot": bot.run,
    "file": file.run,
    "text": text.run,
}


async def run(ability: AbilitySpec, arguments: Mapping[str, Any], tools: Tools) -> Outcome:
    """Carry an ability out. What goes wrong is the outcome's ``error``, never an exception."""
    if problem := arguments_problem(ability, arguments):
        return Outcome(error=f"The arguments do not fit: {problem}")
    try:
        return await KINDS[kind_of(ability)](ability, arguments, tools)
    except AbilityError as error:
        return Outcome(error=str(error))
