"""A bot: it is asked, and its reply is the result."""

from collections.abc import Mapping
from typing import Any

from bots.abilities.arguments import INPUT, as_text, fill, names_in
from bots.abilities.base import AbilityError, AbilitySpec, Outcome, Tools, trimmed


async def run(ability: AbilitySpec, arguments: Mapping[str, Any], tools: Tools) -> Outcome:
    """The reply as the result, question and reply as messages.

    An instruction with arguments is the question; one without is told to the bot, and the input is the question.
    """
    if ability.bot_id is None:
        raise AbilityError("The ability names no bot")
    if names_in(ability.instruction):
        instruction, question = "", fill(ability.instruction, arguments)
    else:
        instruction, question = ability.instruction, as_text(arguments.get(INPUT))
    if not question.strip():
        raise AbilityError(f"The argument “{INPUT}” is missing")
    reply, tokens = await tools.ask(ability.bot_id, instruction, question)
    messages = ({"type": "user", "text": question}, {"type": "bot", "text": reply})
    return Outcome(trimmed(reply), messages=messages, tokens=tokens)
