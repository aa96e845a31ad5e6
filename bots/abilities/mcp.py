"""A fenced ``mcp`` block: the address of a tool server (Model Context Protocol), the tool's name on the second line, headers below."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots.abilities.arguments import INPUT, PLACEHOLDER, RESERVED, fill
from bots.abilities.base import AbilityError, AbilitySpec, Outcome, SecretValue, Tools
from bots.abilities.fences import fenced
from bots.abilities.request import check_header, header_lines
from bots.abilities.secrets import (
    check_destination,
    redacted,
    redacted_data,
    secret_names,
    secrets_of,
    without_secrets,
)

FENCE = "mcp"


@dataclass(frozen=True)
class ServerTool:
    """Which tool of which server; ``headers`` may hold places of secrets."""

    url: str
    name: str
    headers: Mapping[str, str]


async def run(ability: AbilitySpec, arguments: Mapping[str, Any], tools: Tools) -> Outcome:
    """What the tool answers; the arguments go to it as they are."""
    block = fenced(ability.instruction, FENCE) or ""
    tool = read_tool(block)
    secrets = await secrets_of(ability, block, tools)
    headers = filled_headers(tool, secrets)
    given = {name: value for name, value in without_secrets(arguments).items() if name not in RESERVED}
    if ability.parameters is not None and INPUT not in ability.parameters.get("properties", {}):
        given.pop(INPUT, None)
    try:
        result = await tools.call_tool(tool.url, headers, tool.name, given)
    except AbilityError as error:
        raise AbilityError(redacted(str(error), secrets.values())) from None
    return Outcome(redacted_data(result, secrets.values()))


def filled_headers(tool: ServerTool, secrets: Mapping[str, SecretValue]) -> dict[str, str]:
    """The headers with their secrets. Raises AbilityError where one may not go there, or cannot be sent."""
    check_destination(tool.url, secrets.values())
    values = {place: secret.value for place, secret in secrets.items()}
    headers = {name: fill(value, values) for name, value in tool.headers.items()}
    for name, value in headers.items():
        check_header(name, value)
    return headers


def read_tool(block: str) -> ServerTool:
    """What a block says. Raises AbilityError naming what is wrong."""
    url, _, rest = block.strip().partition("\n")
    name, _, head = rest.strip().partition("\n")
    if not url.strip().startswith(("http://", "https://")) or PLACEHOLDER.search(url):
        raise AbilityError("The first line must be the address of a tool server, without arguments")
    if not name.strip() or PLACEHOLDER.search(name):
        raise AbilityError("The second line must be the name of a tool")
    headers = header_lines(head)
    if any(set(PLACEHOLDER.findall(value)) - set(secret_names(value)) for value in headers.values()):
        raise AbilityError("The headers may hold secrets, but no arguments")
    return ServerTool(url.strip(), name.strip(), headers)
