"""What happens to skillsets and their abilities. The API and the admin call these.

All raise ``ValidationError`` by field where a value is refused, and store nothing then.
"""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.meta import forget_meta, index_meta
from bots.abilities import CONTACT_LOOKUPS
from bots.abilities.arguments import INPUT, read_input
from bots.abilities.base import AbilityError, AbilitySpec, Outcome, Tools
from bots.abilities.kinds import kind_of, template_of
from bots.abilities.mcp import read_tool
from bots.abilities.parameters import parameters_of, parameters_problem, undeclared
from bots.abilities.picking import path_problem
from bots.abilities.registry import run
from bots.abilities.secrets import secret_names
from bots.engines.base import Ability as EngineAbility
from bots.models import Ability, Skillset

INSTRUCTION_BYTES = 65_536
INPUT_BYTES = 65_536
WITH_SECRETS = ("fetch", "mcp")
CONTACT_ID = "contactId"  # the argument by which an instruction names the contact


def create_skillset(owner: Any, **fields: Any) -> Skillset:
    """A new, empty skillset of ``owner``."""
    return _store(Skillset(owner=owner, **fields))


def update_skillset(skillset: Skillset, **fields: Any) -> Skillset:
    """Set these fields."""
    for name, value in fields.items():
        setattr(skillset, name, value)
    return _store(skillset)


def delete_skillset(skillset: Skillset) -> None:
    """Remove it with its abilities; bots that used it stay."""
    with transaction.atomic():
        forget_meta(skillset)
        skillset.delete()


def create_ability(skillset: Skillset, **fields: Any) -> Ability:
    """A new ability in a skillset."""
    return _store_ability(Ability(skillset=skillset, **fields))


def update_ability(ability: Ability, **fields: Any) -> Ability:
    """Set these fields."""
    for name, value in fields.items():
        setattr(ability, name, value)
    return _store_ability(ability)


def delete_ability(ability: Ability) -> None:
    """Remove it."""
    ability.delete()


def clean_ability(ability: Ability) -> None:
    """Refuse an instruction that is too long, and a blueprint, file or bot of somebody else."""
    errors = _instruction_problems(spec_of(ability))
    if len(ability.instruction.encode("utf-8", "surrogatepass")) > INSTRUCTION_BYTES:
        errors["instruction"] = f"must have at most {INSTRUCTION_BYTES} bytes"
    for name in ("blueprint", "file", "bot"):
        if (item := getattr(ability, name)) and item.owner_id != ability.skillset.owner_id:
            errors[name] = f"no such {name}"
    if errors:
        raise ValidationError(errors)


def _instruction_problems(ability: AbilitySpec) -> dict[str, Any]:
    """What is wrong with instruction, parameters and pick, by field."""
    errors: dict[str, Any] = {}
    kind, template = kind_of(ability), template_of(ability)
    if problem := parameters_problem(ability):
        errors["parameters"] = problem
    elif names := undeclared(ability):
        errors["instruction"] = f"uses {{{{{names[0]}}}}}, which is not one of the parameters"
    if kind not in WITH_SECRETS and (places := secret_names(ability.instruction)):
        errors["instruction"] = f"uses {{{{{places[0]}}}}}: secrets are for fetch and mcp blocks only, a model would read them here"
    elif kind == "mcp":
        try:
            read_tool(template)
        except AbilityError as error:
            errors["instruction"] = str(error)
    if problem := path_problem(ability.pick):
        errors["pick"] = problem
    elif ability.pick and kind != "fetch":
        errors["pick"] = "is for requests only: the instruction has no fetch block"
    return errors


def spec_of(ability: Ability) -> AbilitySpec:
    """The ability as plain data."""
    return AbilitySpec(
        instruction=ability.instruction,
        name=ability.name,
        description=ability.description,
        file_id=ability.file_id,
        bot_id=ability.bot_id,
        secret_id=ability.secret_id,
        parameters=ability.parameters,
        pick=ability.pick,
        writes=ability.writes,
    )


def abilities_in(skillset_id: UUID) -> tuple[EngineAbility, ...]:
    """The abilities of a skillset, as engines take them. Blocking."""
    return tuple(map(engine_ability_of, Ability.objects.filter(skillset_id=skillset_id).order_by("pk")))


def engine_ability_of(ability: Ability) -> EngineAbility:
    """A stored ability, as engines take it."""
    return EngineAbility(
        name=ability.name,
        description=ability.description,
        instruction=ability.instruction,
        secret_id=ability.secret_id or "",
        meta=ability.meta,
        id=str(ability.pk),
        parameters=parameters_of(spec_of(ability)),
        writes=ability.writes,
    )


def contact_of(owner: Any, contact_id: str) -> str | None:
    """The id of the owner's contact, None where there is no such contact."""
    return next((found for look in CONTACT_LOOKUPS if (found := look(owner, contact_id))), None)


async def execute(ability: AbilitySpec, text: str, tools: Tools, contact_id: str | None = None) -> Outcome:
    """Carry an ability out with the arguments that are in ``text``; ``{{contactId}}`` is the contact, whatever the text says."""
    arguments = read_input(template_of(ability), text)
    if kind_of(ability) == "mcp" and len(arguments) > 1:
        del arguments[INPUT]  # a tool takes its arguments and nothing else
    if contact_id:
        arguments[CONTACT_ID] = contact_id
    return await run(ability, arguments, tools)


def _store(skillset: Skillset) -> Skillset:
    skillset.full_clean()
    with transaction.atomic():
        skillset.save()
        index_meta(skillset)
    return skillset


def _store_ability(ability: Ability) -> Ability:
    ability.full_clean(exclude=["skillset"])
    clean_ability(ability)
    ability.save()
    return ability
