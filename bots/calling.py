"""Abilities as a model calls them: with arguments that fit, for one owner, through the tools of that owner only."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

from bots.abilities.base import AbilitySpec
from bots.abilities.registry import run
from bots.engines.base import Ability, CallResult, Function
from bots.models import Ability as StoredAbility
from bots.skills import CONTACT_ID, spec_of
from bots.toolbox import OwnTools

NOBODY = "Nobody is there who could allow it."
NO_PAGE = "There is no page that could do it."


class OwnCaller:
    """The ``Caller`` of a reply that no conversation keeps: abilities run, but for those that a visitor would have to allow."""

    def __init__(self, owner_id: Any, contact_id: Any = None) -> None:
        self._owner_id = owner_id
        self._contact_id = contact_id
        self.tokens = 0  # that bots took which were asked

    async def __call__(self, number: int, tool: Function | Ability, arguments: Mapping[str, Any]) -> CallResult:
        """As ``bots.engines.base.Caller`` says."""
        if isinstance(tool, Function):
            return CallResult(error=NO_PAGE)
        if tool.writes:
            return CallResult(error=NOBODY)
        result = await run_ability(self._owner_id, tool, arguments, self._contact_id)
        self.tokens += result.tokens
        return result


async def run_ability(
    owner_id: Any, ability: Ability, arguments: Mapping[str, Any], contact_id: Any = None
) -> CallResult:
    """Carry an ability out: the stored one of this owner, or one that came with the request. Never raises what goes wrong on the way."""
    spec = await database_sync_to_async(_spec, thread_sensitive=False)(owner_id, ability)
    if spec is None:
        return CallResult(error="The ability is gone.")
    given = {**arguments, **({CONTACT_ID: str(contact_id)} if contact_id else {})}
    outcome = await run(spec, given, OwnTools(owner_id, OwnCaller(owner_id, contact_id)))
    return CallResult(outcome.result, outcome.error, outcome.tokens)


def _spec(owner_id: Any, ability: Ability) -> AbilitySpec | None:
    if not ability.id:
        return AbilitySpec(ability.instruction, ability.name, ability.description, secret_id=ability.secret_id or None)
    row = StoredAbility.objects.filter(pk=UUID(ability.id), skillset__owner_id=owner_id).first()
    return spec_of(row) if row else None
