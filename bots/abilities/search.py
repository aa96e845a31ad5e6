"""A fenced ``search`` block: a dataset's id or alias on its first line, what to search for below; ``{{input}}`` where nothing is."""

from collections.abc import Mapping
from typing import Any

from bots.abilities.arguments import fill
from bots.abilities.base import AbilityError, AbilitySpec, Outcome, Tools, trimmed
from bots.abilities.fences import fenced

FENCE = "search"


async def run(ability: AbilitySpec, arguments: Mapping[str, Any], tools: Tools) -> Outcome:
    """A list of ``{title, text, source, score}``, best first; title and source where they are set."""
    dataset, _, query = (fenced(ability.instruction, FENCE) or "").strip().partition("\n")
    if not dataset.strip():
        raise AbilityError("The search names no dataset on its first line")
    passages = await tools.search(dataset.strip(), fill(query.strip() or "{{input}}", arguments))
    return Outcome(
        [
            {
                **({"title": passage.title} if passage.title else {}),
                "text": trimmed(passage.text),
                **({"source": passage.url} if passage.url else {}),
                "score": round(passage.score, 6),
            }
            for passage in passages
        ]
    )
