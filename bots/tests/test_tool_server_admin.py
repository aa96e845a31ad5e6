"""Adding the tools of an MCP server to a skillset, as an operator does it."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from bots import skills
from bots.models import Ability, Skillset
from bots.vault import create_secret
from tests.support.actors import Operator
from tests.support.mcp import TOKEN, mcp_url  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "Authorization: {{secrets.token}}"


@pytest.fixture
def skillset(olive: Operator, mcp_url: str, settings: Any) -> Skillset:  # noqa: F811
    """Olive's, who may reach the server and has its token."""
    settings.FETCH_ALLOWED_HOSTS = [mcp_url.split("/")[2]]
    Group.objects.get(name="operator").user_set.add(olive.user)
    create_secret(olive.user, alias="token", new_value=TOKEN, hosts="127.0.0.1")
    return skills.create_skillset(olive.user, name="Tools")


def page(skillset: Skillset) -> str:
    return reverse("admin:bots_skillset_tools", args=[skillset.pk])


def test_looking_and_adding(olive: Operator, skillset: Skillset, mcp_url: str) -> None:  # noqa: F811
    change = olive.browser.get(reverse("admin:bots_skillset_change", args=[skillset.pk])).content.decode()
    assert page(skillset) in change
    assert olive.browser.get(page(skillset)).status_code == 200
    shown = olive.browser.post(page(skillset), {"url": mcp_url, "headers": HEADER}).content.decode()
    assert "add: Adds two numbers." in shown and "Add the chosen tools" in shown and TOKEN not in shown
    assert not Ability.objects.exists(), "looking adds nothing"
    added = olive.browser.post(page(skillset), {"url": mcp_url, "headers": HEADER, "tools": ["add"], "_add": "1"}, follow=True)
    assert "Added: add." in added.content.decode()
    ability = Ability.objects.get()
    assert (ability.name, ability.writes, ability.parameters["required"]) == ("add", True, ["a", "b"])
    assert HEADER in ability.instruction and TOKEN not in ability.instruction
    tried = olive.browser.post(reverse("admin:bots_ability_try", args=[ability.pk]), {"a-a": "2", "a-b": "3"}).content.decode()
    assert "&quot;result&quot;: 5" in tried


def test_refusals_stand_at_the_address(olive: Operator, skillset: Skillset, mcp_url: str, settings: Any) -> None:  # noqa: F811
    def refused(url: str, headers: str = HEADER) -> str:
        return str(olive.browser.post(page(skillset), {"url": url, "headers": headers, "_add": "1", "tools": ["add"]}).content.decode())

    assert "answered 401" in refused(mcp_url, "")
    assert "must be the address" in refused("ftp://example.com")
    assert "no secret" in refused(mcp_url, "Authorization: {{secrets.other}}")
    assert "required" in refused("")
    settings.FETCH_ALLOWED_HOSTS = []
    assert "port" in refused(mcp_url, "")
    assert "public internet" in refused("http://127.0.0.1/mcp", "")
    assert not Ability.objects.exists()


def test_somebody_elses_is_absent(otto: Operator, skillset: Skillset) -> None:
    assert otto.browser.get(page(skillset)).status_code == 404


def test_a_form_to_try_it_begins_empty(olive: Operator, skillset: Skillset) -> None:
    schema = {"type": "object", "properties": {"count": {"type": "integer"}}}
    ability = skills.create_ability(skillset, name="count", instruction="{{count}} things", parameters=schema)
    assert "null" not in olive.browser.get(reverse("admin:bots_ability_try", args=[ability.pk])).content.decode().split("<fieldset")[1].split("</fieldset")[0]
