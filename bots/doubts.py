"""Why an ability cannot work as it stands, as far as that shows without carrying it out; operators are told when they save it."""

from collections.abc import Callable

from bots.abilities.arguments import PLACEHOLDER, SECRET, SECRETS
from bots.abilities.base import AbilityError, SecretValue
from bots.abilities.kinds import kind_of, template_of
from bots.abilities.mcp import ServerTool, read_tool
from bots.abilities.request import Template, read_template
from bots.abilities.secrets import check_destination, secret_names
from bots.base_urls import may_be_public
from bots.models import Ability, Secret
from bots.skills import spec_of
from fetcher import FetchRefused
from fetcher.urls import target_of
from widgetplatform.api.lookup import find, owned

READERS: dict[str, Callable[[str], Template | ServerTool]] = {"fetch": read_template, "mcp": read_tool}


def doubt_of(ability: Ability) -> str:
    """A sentence; empty where nothing is known against it. What a host name stands for is not looked up."""
    spec = spec_of(ability)
    reader = READERS.get(kind_of(spec))
    if reader is None:
        return ""
    block = template_of(spec)
    try:
        url = reader(block).url
        secrets = [_secret(ability, place) for place in secret_names(block)]
        if PLACEHOLDER.match(url):
            return ""  # the arguments say where it goes
        url = PLACEHOLDER.sub("x", url)
        target = target_of(url)
        if not target.trusted and not may_be_public(target.host):
            return f"The host {target.host} is not on the public internet."
        check_destination(url, secrets)
    except (AbilityError, FetchRefused) as error:
        return f"{str(error).rstrip('.')}."
    return ""


def _secret(ability: Ability, place: str) -> SecretValue:
    """Where it may go; its value is not needed."""
    name = (ability.secret_id or "") if place == SECRET else place.removeprefix(SECRETS)
    if not name:
        raise AbilityError("The instruction uses {{secret}}, but the ability names no secret")
    row = find(owned(Secret, ability.skillset.owner_id), name)
    if row is None:
        raise AbilityError(f"There is no secret “{name[:60]}”")
    return SecretValue(row.alias or "", "", tuple(row.hosts.split()))
