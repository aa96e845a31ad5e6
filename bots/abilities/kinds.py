"""Which kind an ability is, and the part of its instruction that holds its arguments."""

from bots.abilities.base import AbilitySpec
from bots.abilities.fences import fenced

FENCED = ("fetch", "search", "mcp")


def kind_of(ability: AbilitySpec) -> str:
    """A fenced block decides, then the bot, then the file; all else is a text."""
    for word in FENCED:
        if fenced(ability.instruction, word) is not None:
            return word
    return "bot" if ability.bot_id else "file" if ability.file_id else "text"


def template_of(ability: AbilitySpec) -> str:
    """What its arguments are filled into: the fenced block, or the whole instruction."""
    kind = kind_of(ability)
    return (fenced(ability.instruction, kind) or "") if kind in FENCED else ability.instruction
