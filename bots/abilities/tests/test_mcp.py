"""Tools of an MCP server, against the package's own server."""

from typing import Any

import pytest

from bots.abilities.base import AbilitySpec, Outcome
from bots.abilities.registry import run
from bots.toolbox import OwnTools
from bots.vault import create_secret
from tests.support.actors import Operator
from tests.support.mcp import TOKEN, mcp_url  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def block(olive: Operator, mcp_url: str, settings: Any) -> str:  # noqa: F811
    """The head of an instruction; Olive's vault has the token."""
    settings.FETCH_ALLOWED_HOSTS = [mcp_url.split("/")[2]]
    create_secret(olive.user, alias="token", new_value=TOKEN, hosts="127.0.0.1")
    return f"```mcp\n{mcp_url}\n%s\nAuthorization: {{{{secrets.token}}}}\n```"


async def outcome(owner: Any, instruction: str, **arguments: Any) -> Outcome:
    return await run(AbilitySpec(instruction), arguments, OwnTools(owner.pk))


async def test_a_tool_is_called(olive: Operator, block: str) -> None:
    found = await outcome(olive.user, block % "add", a=2, b=3)
    assert found.error == "" and found.result == {"result": 5}
    said = await outcome(olive.user, block % "echo", text=f"I heard {TOKEN}")
    assert TOKEN not in str(said.result) and "•••" in str(said.result), "what echoes a secret does not show it"


async def test_what_goes_wrong_is_said(olive: Operator, block: str, mcp_url: str, settings: Any) -> None:  # noqa: F811
    for name, arguments, words in (
        ("fail", {}, "failed"), ("unknown", {}, "unknown"), ("add", {"a": "x"}, "valid"),
    ):  # fmt: skip
        found = await outcome(olive.user, block % name, **arguments)
        assert found.result is None and words in found.error.lower(), found
    assert "401" in (await outcome(olive.user, (block % "add").replace("Authorization", "X-Other"), a=1, b=1)).error
    settings.FETCH_ALLOWED_HOSTS = []
    assert (await outcome(olive.user, (block % "add").replace("{{secrets.token}}", "x"), a=1, b=1)).error
    assert "https" in (await outcome(olive.user, (block % "add").replace(mcp_url.split("/")[2], "example.com"), a=1, b=1)).error


async def test_private_addresses_are_refused(olive: Operator, settings: Any) -> None:
    settings.FETCH_PORTS = ["80", "443"]
    found = await outcome(olive.user, "```mcp\nhttp://127.0.0.1/mcp\nadd\n```", a=1, b=1)
    assert "public" in found.error
