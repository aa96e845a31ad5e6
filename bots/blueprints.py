"""Blueprints as a whole: copied with everything that belongs to them, and deleted with or without it."""

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.meta import forget_meta
from bots import services, skills
from bots.copies import Copier, goes_along
from bots.models import Blueprint
from files.models import File
from files.services import delete_file

# What higher layers keep in a blueprint. They copy it, (blueprint, copy, copier), and add to the copier's resources; and
# before the blueprint goes they delete it or let go of it, (blueprint, everything).
BLUEPRINT_CLONERS: list[Callable[[Blueprint, Blueprint, Copier], None]] = []
BLUEPRINT_EMPTIERS: list[Callable[[Blueprint, bool], None]] = []


def clone_blueprint(blueprint: Blueprint, owner: Any) -> tuple[Blueprint, dict[str, str]]:
    """A copy for ``owner`` with copies of its objects, which refer to each other; and the new id of each by its old id.

    Somebody else's shared blueprint comes with all that is not private in it. Not inside a transaction: files take time.
    """
    copier = Copier(owner)
    files: list[File] = []
    try:
        for file in blueprint.files.order_by("pk"):
            if goes_along(file, owner):
                files.append(copier.file(file, blueprint=None))
        with transaction.atomic():
            copy = _cloned(blueprint, copier)
            File.objects.filter(pk__in=[file.pk for file in files]).update(blueprint=copy)
    except BaseException:
        for file in files:
            delete_file(file)
        raise
    return copy, copier.resources


def delete_blueprint(blueprint: Blueprint, *, everything: bool = False) -> None:
    """Remove it. The objects that belonged to it stay, its widgets with what they had from it; with ``everything`` they go too."""
    with transaction.atomic():
        for empty in BLUEPRINT_EMPTIERS:
            empty(blueprint, everything)
        if everything:
            _delete_parts(blueprint)
        forget_meta(blueprint)
        blueprint.delete()


def _cloned(blueprint: Blueprint, copier: Copier) -> Blueprint:
    copy = copier.blueprint(blueprint)
    for dataset in blueprint.datasets.order_by("pk"):
        if goes_along(dataset, copier.owner):
            copier.dataset(dataset)
    skillsets = [item for item in blueprint.skillsets.order_by("pk") if goes_along(item, copier.owner)]
    copies = [copier.skillset(item) for item in skillsets]
    for bot in blueprint.bots.order_by("pk"):
        if goes_along(bot, copier.owner):
            copier.bot(bot)
    for skillset, made in zip(skillsets, copies, strict=True):  # abilities may ask bots
        for ability in skillset.abilities.order_by("pk"):
            copier.ability(ability, made)
    _copy_defaults(blueprint, copy, copier)
    for clone in BLUEPRINT_CLONERS:
        clone(blueprint, copy, copier)
    return copy


def _copy_defaults(blueprint: Blueprint, copy: Blueprint, copier: Copier) -> None:
    if not isinstance(blueprint.widget_defaults, dict):
        return
    defaults = json.loads(copier.rewired(json.dumps(blueprint.widget_defaults)))
    if not copier.owns(blueprint) and defaults.get("botId") not in copier.resources.values():
        defaults.pop("botId", None)
    copy.widget_defaults = defaults  # not cleaned: what the original lives with must not keep it from being copied
    copy.save()


def _delete_parts(blueprint: Blueprint) -> None:
    for bot in blueprint.bots.all():
        services.delete_bot(bot)
    for skillset in blueprint.skillsets.all():
        skills.delete_skillset(skillset)
    for ability in blueprint.abilities.all():
        skills.delete_ability(ability)
    for dataset in blueprint.datasets.all():
        services.delete_dataset(dataset)
    for file in blueprint.files.all():
        delete_file(file)
