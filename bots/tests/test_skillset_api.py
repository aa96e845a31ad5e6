"""/api/v1/skillset/…: skillsets and their abilities, visibility, other owners, refusals."""

import csv
import io
import json

import pytest

from accounts.ids import new_id
from bots.models import Ability, Blueprint, Bot, Skillset
from files.models import File


def error(response, status: int) -> str:
    assert response.status_code == status, response.content
    assert set(response.json()) == {"message", "code"}
    return response.json()["message"]


def made(response) -> str:
    assert response.status_code == 200, response.content
    assert set(response.json()) == {"id"}
    return response.json()["id"]


@pytest.fixture
def skillset(olive) -> str:
    return made(olive.post("skillset/create", {"name": "Shop", "alias": "shop"}))


@pytest.fixture
def ability(olive, skillset) -> str:
    return made(olive.post("skillset/shop/ability/create", {"name": "Greet", "instruction": "Hello {{name}}"}))


def test_a_skillset_from_beginning_to_end(olive):
    blueprint = Blueprint.objects.create(owner=olive.user)
    fields = {"name": "Shop", "alias": "shop", "description": "d", "meta": {"a": "b"}, "blueprintId": str(blueprint.pk), "visibility": "protected"}
    skillset_id = made(olive.post("skillset/create", fields))
    answer = olive.get("skillset/shop/fetch").json()
    assert answer == {**fields, "id": skillset_id, "createdAt": answer["createdAt"], "updatedAt": answer["updatedAt"]}
    assert made(olive.post("skillset/shop/update", {"name": None, "visibility": None, "meta": {"a": None, "c": 1}})) == skillset_id
    answer = olive.get(f"skillset/{skillset_id}/fetch").json()
    assert set(answer) == {"id", "createdAt", "updatedAt", "alias", "description", "meta", "blueprintId"}
    assert [item["id"] for item in olive.get("skillset/list", **{"meta.c": "1"}).json()["items"]] == [skillset_id]
    assert olive.get("skillset/list", blueprintId=str(new_id())).json() == {"items": []}
    assert made(olive.post("skillset/shop/delete")) == skillset_id
    error(olive.get("skillset/shop/fetch"), 404)


def test_others_read_what_is_shared_and_change_nothing(olive, otto, skillset):
    for visibility, status in ((None, 404), ("private", 404), ("protected", 200), ("public", 200)):
        olive.post("skillset/shop/update", {"visibility": visibility})
        assert otto.get(f"skillset/{skillset}/fetch").status_code == status
        error(otto.get("skillset/shop/fetch"), 404)
        error(otto.post(f"skillset/{skillset}/update", {"name": "x"}), 404)
        error(otto.post(f"skillset/{skillset}/delete"), 404)
        error(otto.get(f"skillset/{skillset}/ability/list"), 404)
    assert otto.get("skillset/list").json() == {"items": []}


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"visibility": "secret"}, "visibility: "), ({"visibility": 5}, "visibility: "), ({"name": 5}, "name: must be a text"), ({"alias": "A B"}, "alias: ")],
)
def test_refused_skillset_fields(olive, fields, says):
    assert error(olive.post("skillset/create", fields), 400).startswith(says)
    assert not Skillset.objects.exists()


def test_an_ability_from_beginning_to_end(olive, skillset):
    blueprint, bot, file = (model.objects.create(owner=olive.user) for model in (Blueprint, Bot, File))
    fields = {
        "name": "Menu", "description": "what there is to eat", "instruction": "{{file}}", "meta": {"a": "b"}, "blueprintId": str(blueprint.pk),
        "secretId": "sec-1", "fileId": str(file.pk), "botId": str(bot.pk), "spaceId": "space-1", "writes": True,
        "parameters": {"type": "object", "properties": {"topHits": {"type": "integer"}}, "required": ["topHits"]},
    }  # fmt: skip
    ability_id = made(olive.post(f"skillset/{skillset}/ability/create", fields))
    answer = olive.get(f"skillset/shop/ability/{ability_id}/fetch").json()
    assert answer == {**fields, "id": ability_id, "createdAt": answer["createdAt"], "updatedAt": answer["updatedAt"]}
    assert made(olive.post(f"skillset/shop/ability/{ability_id}/update", {"name": "Food", "meta": {"c": 1}})) == ability_id
    answer = olive.get(f"skillset/shop/ability/{ability_id}/fetch").json()
    assert (answer["name"], answer["meta"], answer["botId"]) == ("Food", {"a": "b", "c": 1}, str(bot.pk))
    olive.post(f"skillset/shop/ability/{ability_id}/update", dict.fromkeys(fields))
    answer = olive.get(f"skillset/shop/ability/{ability_id}/fetch").json()
    assert answer == {"id": ability_id, "name": "", "description": "", "instruction": "", "createdAt": answer["createdAt"], "updatedAt": answer["updatedAt"]}
    assert made(olive.post(f"skillset/shop/ability/{ability_id}/delete")) == ability_id
    error(olive.get(f"skillset/shop/ability/{ability_id}/fetch"), 404)


def test_a_path_into_the_answer_of_a_request(olive, skillset):
    fields = {"instruction": "```fetch\nhttps://example.com/\n```", "pick": "$.items[0].price"}
    ability_id = made(olive.post("skillset/shop/ability/create", fields))
    assert fields.items() <= olive.get(f"skillset/shop/ability/{ability_id}/fetch").json().items()


def test_what_an_ability_names_may_go(olive, skillset):
    bot, file = Bot.objects.create(owner=olive.user), File.objects.create(owner=olive.user)
    ability_id = made(olive.post("skillset/shop/ability/create", {"botId": str(bot.pk), "fileId": str(file.pk)}))
    bot.delete()
    file.delete()
    assert not {"botId", "fileId"} & set(olive.get(f"skillset/shop/ability/{ability_id}/fetch").json())


def test_lists_in_every_form(olive, skillset):
    ids = [made(olive.post("skillset/shop/ability/create", {"name": f"={number}"})) for number in range(3)]
    for verb in ("list", "export"):
        page = olive.get(f"skillset/shop/ability/{verb}", take=2).json()
        assert [item["id"] for item in page["items"]] == [ids[2], ids[1]]
        assert [item["id"] for item in olive.get(f"skillset/shop/ability/{verb}", cursor=page["cursor"]).json()["items"]] == [ids[0]]
        path = f"/api/v1/skillset/shop/ability/{verb}"
        lines = olive.client.get(path, {"order": "asc"}, headers={"accept": "application/jsonl"}).getvalue().decode()
        assert [json.loads(line)["data"]["id"] for line in lines.splitlines()] == ids
        rows = list(csv.DictReader(io.StringIO(olive.client.get(path, headers={"accept": "text/csv"}).getvalue().decode())))
        assert [(row["id"], row["name"]) for row in rows] == [(ids[number], f"'={number}") for number in (2, 1, 0)]
    assert olive.get(f"skillset/{made(olive.post('skillset/create'))}/ability/list").json() == {"items": []}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": 5}, "name: must be a text"),
        ({"name": "ü" * 96}, "name: must have at most 191 bytes"),
        ({"name": "a\0"}, "name: "),
        ({"description": "\ud800"}, "description: "),
        ({"instruction": []}, "instruction: must be a text"),
        ({"instruction": "a\0"}, "instruction: "),
        ({"instruction": "ü" * 32_769}, "instruction: must have at most 65536 bytes"),
        ({"meta": []}, "meta: must be an object"),
        ({"meta": {"_a": 1}}, "meta: keys must not begin with _"),
        ({"secretId": 5}, "secretId: must be a text"),
        ({"secretId": "a" * 129}, "secretId: "),
        ({"spaceId": "a\0"}, "spaceId: "),
        ({"fileId": 5}, "fileId: must be an id"),
        ({"fileId": "0190a0a0-0000-7000-8000-000000000000"}, "fileId: no such file"),
        ({"botId": "nobody"}, "botId: no such bot"),
        ({"blueprintId": "nothing"}, "blueprintId: no such blueprint"),
        ({"writes": "yes"}, "writes: must be true or false"),
        ({"parameters": "text"}, "parameters: must be a JSON schema of an object"),
        ({"parameters": []}, "parameters: must be a JSON schema of an object"),
        ({"parameters": {}}, "parameters: must be a JSON schema of an object"),
        ({"parameters": {"type": "string"}}, "parameters: must be a JSON schema of an object"),
        ({"parameters": {"type": "object", "properties": {"a": {"type": "txt"}}}}, "parameters: is not a JSON schema: properties.a.type: 'txt'"),
        ({"parameters": {"type": "object", "required": "a"}}, "parameters: is not a JSON schema: required: 'a'"),
        ({"parameters": {"type": "object", "properties": {"a": {"$ref": "https://example.com/s"}}}}, "parameters: must not refer to “https://example.com/s”"),
        ({"parameters": {"type": "object", "properties": {"a": {"$ref": "#/$defs/no"}}}}, "parameters: must not refer to “#/$defs/no”"),
        ({"parameters": {"type": "object", "title": "a\0"}}, "parameters: must not contain a NUL character"),
        ({"parameters": {"type": "object", "title": "a" * 20_000}}, "parameters: must have at most 16384 bytes"),
        ({"parameters": {"type": "object", "maximum": 1e300}}, "parameters: must hold finite numbers within 64 bits only"),
        ({"instruction": "Hi {{who}}", "parameters": {"type": "object", "properties": {"name": {}}}}, "instruction: uses {{who}}, which is not one of"),
        ({"instruction": "The key is {{secrets.shop}}"}, "instruction: uses {{secrets.shop}}: secrets are for"),
        ({"instruction": "```mcp\nhttps://{{host}}/mcp\nadd\n```"}, "instruction: The first line must be the address of a tool server"),
        ({"instruction": "```mcp\nhttps://a.b/mcp\n```"}, "instruction: The second line must be the name of a tool"),
        ({"instruction": "```fetch\nhttps://a.b/\n```", "pick": "items["}, "pick: must be a JSONPath"),
        ({"instruction": "```fetch\nhttps://a.b/\n```", "pick": "$" + ".a" * 200}, "pick: must have at most 300 characters"),
        ({"instruction": "Hello", "pick": "$.a"}, "pick: is for requests only"),
    ],
)
def test_refused_ability_fields(olive, skillset, fields, says):
    assert error(olive.post("skillset/shop/ability/create", fields), 400).startswith(says)
    assert not Ability.objects.exists()
    ability_id = made(olive.post("skillset/shop/ability/create", {"name": "kept"}))
    assert error(olive.post(f"skillset/shop/ability/{ability_id}/update", {"description": "new", **fields}), 400).startswith(says)
    assert olive.get(f"skillset/shop/ability/{ability_id}/fetch").json()["description"] == ""


def test_somebody_elses_things_are_missing_ones(olive, otto, skillset):
    foreign = {"fileId": File, "botId": Bot, "blueprintId": Blueprint}
    for name, model in foreign.items():
        item = model.objects.create(owner=otto.user, alias="mine")
        for value in (str(item.pk), "mine"):
            message = error(olive.post("skillset/shop/ability/create", {name: value}), 400)
            assert message == f"{name}: no such {model.__name__.lower()}"


def test_somebody_elses_ability_is_a_missing_one(olive, otto, skillset, ability):
    other = made(otto.post("skillset/create", {}))
    missing = {error(olive.get(f"skillset/shop/ability/{new_id()}/fetch"), 404)}
    for path in (f"skillset/{other}/ability/{ability}", f"skillset/shop/ability/{'x' * 200}"):
        missing |= {error(olive.get(f"{path}/fetch"), 404) for _ in (1,)} if path.startswith("skillset/shop") else set()
        missing |= {error(otto.get(f"{path}/fetch"), 404)} if not path.startswith("skillset/shop") else set()
    assert missing == {"There is no such ability"}
    for verb in ("update", "delete"):
        assert error(otto.post(f"skillset/{other}/ability/{ability}/{verb}"), 404) == "There is no such ability"
        assert error(otto.post(f"skillset/{skillset}/ability/{ability}/{verb}"), 404) == "There is no such skillset"
    assert error(otto.post(f"skillset/{skillset}/ability/create", {}), 404) == "There is no such skillset"
    assert Ability.objects.get().name == "Greet"


def test_deleting_a_skillset_takes_its_abilities_and_leaves_its_bots(olive, skillset, ability):
    bot = Bot.objects.create(owner=olive.user, skillset_id=skillset)
    made(olive.post("skillset/shop/delete"))
    assert not Ability.objects.exists()
    bot.refresh_from_db()
    assert bot.skillset is None
