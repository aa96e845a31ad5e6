"""Skillsets and abilities in the admin: own ones only, through the same rules as the API."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from bots import services, skills, vault
from bots.models import Ability, Skillset

LIST = "/admin/bots/skillset/"


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


def _form(*rows: dict[str, Any], stored: int = 0, **fields: Any) -> dict[str, Any]:
    form = {
        "name": "", "alias": "", "description": "", "meta": "{}", "blueprint": "", "visibility": "",
        "abilities-TOTAL_FORMS": len(rows), "abilities-INITIAL_FORMS": stored, **fields,
    }  # fmt: skip
    return form | {f"abilities-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}


def _errors(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(map(str, answer.context["errors"]))


def test_an_operator_makes_changes_and_deletes(olive: Any) -> None:
    bot = services.create_bot(olive.user)
    assert olive.browser.get(f"{LIST}add/").status_code == 200
    row = {"name": "Greet", "instruction": "Hello {{name}}", "bot": bot.pk}
    assert olive.browser.post(f"{LIST}add/", _form(row, name="Shop", visibility="public")).status_code == 302
    skillset, ability = Skillset.objects.get(), Ability.objects.get()
    assert (skillset.owner, skillset.name, skillset.visibility) == (olive.user, "Shop", "public")
    assert (ability.skillset, ability.name, ability.instruction, ability.bot) == (skillset, "Greet", "Hello {{name}}", bot)
    assert "Shop" in olive.browser.get(LIST).content.decode()
    known = {"id": ability.pk, "skillset": skillset.pk}
    changed = _form({**known, "name": "Welcome", "instruction": ""}, {"name": "Second"}, stored=1, name="Shop 2", meta='{"a": "b"}')
    assert olive.browser.post(f"{LIST}{skillset.pk}/change/", changed).status_code == 302
    assert list(skillset.abilities.values_list("name", "instruction")) == [("Welcome", ""), ("Second", "")]
    assert olive.get("skillset/list", **{"meta.a": "b"}).json()["items"][0]["name"] == "Shop 2"
    gone = _form({**known, "name": "Welcome", "DELETE": "on"}, stored=1)
    assert olive.browser.post(f"{LIST}{skillset.pk}/change/", gone).status_code == 302
    assert [ability.name for ability in skillset.abilities.all()] == ["Second"]
    olive.browser.post(f"{LIST}{skillset.pk}/delete/", {"post": "yes"})
    assert not Skillset.objects.exists()
    assert not Ability.objects.exists()


def test_somebody_elses_are_not_there(olive: Any, otto: Any) -> None:
    skillset = skills.create_skillset(otto.user, name="Theirs")
    bot = services.create_bot(otto.user)
    assert "Theirs" not in olive.browser.get(LIST).content.decode()
    assert olive.browser.get(f"{LIST}{skillset.pk}/change/").status_code == 302
    assert "Select a valid choice" in _errors(olive.browser.post(f"{LIST}add/", _form({"name": "x", "bot": bot.pk})))
    assert Skillset.objects.count() == 1


def test_refusals(olive: Any, root: Any) -> None:
    skillset = skills.create_skillset(olive.user)
    change = f"{LIST}{skillset.pk}/change/"
    assert "must have at most 65536 bytes" in _errors(olive.browser.post(change, _form({"name": "x", "instruction": "ü" * 32_769})))
    assert "must have at most 191 bytes" in _errors(olive.browser.post(change, _form({"name": "ü" * 96})))
    bot = services.create_bot(root.user)
    assert "no such bot" in _errors(root.browser.post(change, _form({"name": "x", "bot": bot.pk})))
    assert not Ability.objects.exists()


def test_an_ability_is_tried(olive: Any, otto: Any) -> None:
    skillset = skills.create_skillset(olive.user, name="Shop")
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "n": {"type": "integer"}}, "required": ["name", "n"]}
    ability = skills.create_ability(skillset, name="Greet", instruction="Hello {{name}}, {{n}} <b>times</b>", parameters=schema)
    page = f"{LIST}ability/{ability.pk}/try/"
    assert page in olive.browser.get(f"{LIST}{skillset.pk}/change/").content.decode()
    assert 'name="a-name"' in olive.browser.get(page).content.decode()
    said = olive.browser.post(page, {"a-name": "Vera", "a-n": "3"}).content.decode()
    assert "Hello Vera, 3 &lt;b&gt;times" in said and "<script" not in said.partition("<main")[2].partition("</main")[0]
    assert "The arguments do not fit: n: " in olive.browser.post(page, {"a-name": "Vera", "a-n": "1.5"}).content.decode()
    assert "This field is required" in olive.browser.post(page, {"a-n": "3"}).content.decode()
    assert "Enter a valid JSON" in olive.browser.post(page, {"a-name": "Vera", "a-n": "{"}).content.decode()
    assert otto.browser.get(page).status_code == otto.browser.post(page, {"a-name": "x"}).status_code == 404


def test_schemas_picks_and_writing(olive: Any) -> None:
    skillset = skills.create_skillset(olive.user)
    change = f"{LIST}{skillset.pk}/change/"
    assert "must be a JSON schema of an object" in _errors(olive.browser.post(change, _form({"name": "x", "parameters": "[1]"})))
    assert "is not one of the parameters" in _errors(
        olive.browser.post(change, _form({"name": "x", "instruction": "{{who}}", "parameters": '{"type": "object"}'}))
    )
    request = {"name": "Order", "instruction": "```fetch\nPOST https://example.com/\n```", "pick": "$.id"}
    said = olive.browser.post(change, _form(request), follow=True).content.decode()
    assert "tick “writes”" in said
    ability = Ability.objects.get()
    assert (ability.pick, ability.writes, ability.parameters) == ("$.id", False, None)
    known = {"id": ability.pk, "skillset": skillset.pk}
    told = olive.browser.post(change, _form({**known, **request, "writes": "on"}, stored=1), follow=True).content.decode()
    assert "tick “writes”" not in told and Ability.objects.get().writes


@pytest.mark.parametrize(
    ("instruction", "said"),
    [
        ("```fetch\nGET http://10.1.2.3/orders/{{id}}\n```", "The host 10.1.2.3 is not on the public internet."),
        ("```fetch\nGET https://localhost/\n```", "The host localhost is not on the public internet."),
        ("```fetch\nGET https://example.com:8443/\n```", "The port 8443 is not allowed"),
        ("```fetch\nGET file:///etc/passwd\n```", "neither a method and an address"),
        ("```fetch\nGET https://example.com/\nX-Key: {{secrets.none}}\n```", "There is no secret “none”."),
        ("```fetch\nGET https://example.com/\nX-Key: {{secret}}\n```", "the ability names no secret."),
        ("```fetch\nGET https://example.com/\nX-Key: {{secrets.shop}}\n```", "The secret “shop” may not be sent to example.com."),
        ("```mcp\nhttps://192.168.0.1/mcp\nadd\n```", "The host 192.168.0.1 is not on the public internet."),
    ],
)
def test_what_cannot_work_is_saved_with_a_warning(olive: Any, instruction: str, said: str) -> None:
    vault.create_secret(olive.user, alias="shop", hosts="api.example.org", new_value="a-value-of-a-shop")
    answer = olive.browser.post(f"{LIST}add/", _form({"name": "Look", "instruction": instruction}, name="Shop"), follow=True)
    [warning] = [str(each) for each in answer.context["messages"] if each.level_tag == "warning"]
    assert warning.startswith("“Look” cannot work now. ")
    assert said in warning
    assert Ability.objects.count() == 1


@pytest.mark.parametrize(
    "instruction",
    ["Hello {{name}}", "```fetch\nGET {{url}}\n```", "```fetch\nGET https://api.example.org/{{id}}\nX-Key: {{secrets.shop}}\n```"],
)
def test_what_may_work_is_saved_without_one(olive: Any, instruction: str) -> None:
    vault.create_secret(olive.user, alias="shop", hosts="api.example.org", new_value="a-value-of-a-shop")
    answer = olive.browser.post(f"{LIST}add/", _form({"name": "Look", "instruction": instruction}, name="Shop"), follow=True)
    assert [each.level_tag for each in answer.context["messages"]] == ["success"]
