"""Which kind an ability is, and doing it."""

from collections.abc import Mapping
from typing import Any

from bots.abilities import bot, fetch, file, search, text
from bots.abilities.base import AbilityError, AbilitySpec, Kind, Outcome, Tools
from bots.abilities.kinds import kind_of

KINDS: dict[str, Kind] = {
    "fetch": fetch.run,
    "search": search.run,
    "bot": bot.run,
    "file": file.run,
    "text": text.run,
}


async def run(ability: AbilitySpec, arguments: Mapping[str, Any], tools: Tools) -> Outcome:
    """Carry an ability out. What goes wrong is the outcome's ``error``, never an exception."""
    try:
        return await KINDS[kind_of(ability)](ability, arguments, tools)
    except AbilityError as error:
        return Outcome(error=str(error))
