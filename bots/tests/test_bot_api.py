"""/api/v1/bot/…: the five verbs, names, null and absent, references, other owners."""

import json

import pytest

from accounts.ids import new_id
from bots.models import Blueprint, Bot, Dataset, Skillset


def create(operator, **fields) -> str:
    response = operator.post("bot/create", fields)
    assert response.status_code == 200, response.json()
    assert set(response.json()) == {"id"}
    return response.json()["id"]


def fetch(operator, name) -> dict:
    response = operator.get(f"bot/{name}/fetch")
    assert response.status_code == 200
    return response.json()


def error(response, status: int, code: str) -> str:
    assert response.status_code == status, response.content
    assert set(response.json()) == {"message", "code"}
    assert response.json()["code"] == code
    return response.json()["message"]


def test_create_and_fetch(olive):
    dataset = Dataset.objects.create(owner=olive.user)
    skillset = Skillset.objects.create(owner=olive.user)
    blueprint = Blueprint.objects.create(owner=olive.user)
    fields = {
        "name": " Shop ", "alias": "shop", "description": "for the shop", "meta": {"plan": {"name": "pro"}}, "model": "knowledge",
        "backstory": "You are kind.", "datasetId": str(dataset.pk), "blueprintId": str(blueprint.pk),
        "skillsetId": str(skillset.pk), "privacy": False, "moderation": True, "visibility": "protected",
    }  # fmt: skip
    bot_id = create(olive, **fields)
    answer = fetch(olive, bot_id)
    assert answer.pop("id") == bot_id
    created, updated = answer.pop("createdAt"), answer.pop("updatedAt")
    assert isinstance(created, int)
    assert abs(updated - created) < 60_000
    assert created > 1_600_000_000_000
    assert answer == fields
    assert fetch(olive, "shop")["id"] == bot_id


def test_an_empty_body_makes_an_empty_bot(olive):
    response = olive.client.post("/api/v1/bot/create", b"", content_type="application/json")
    answer = fetch(olive, response.json()["id"])
    assert set(answer) == {"id", "createdAt", "updatedAt", "model"}
    assert answer["model"] == "knowledge"


def test_update_leaves_what_is_absent_and_unsets_what_is_null(olive):
    dataset = Dataset.objects.create(owner=olive.user)
    bot_id = create(
        olive, name="A", alias="a", description="d", backstory="b", datasetId=str(dataset.pk), privacy=True,
        visibility="public",
    )  # fmt: skip
    assert olive.post(f"bot/{bot_id}/update", {"name": "B"}).json() == {"id": bot_id}
    assert fetch(olive, bot_id)["backstory"] == "b"
    nulls = dict.fromkeys(["name", "alias", "description", "backstory", "datasetId", "skillsetId", "model", "meta", "privacy", "visibility"])
    assert olive.post("bot/a/update", nulls).status_code == 200
    assert set(fetch(olive, bot_id)) == {"id", "createdAt", "updatedAt", "model"}


def test_meta_is_merged_one_level_deep(olive):
    bot_id = create(olive, meta={"a": {"x": 1}, "b": 2, "gone": None})
    assert fetch(olive, bot_id)["meta"] == {"a": {"x": 1}, "b": 2}
    olive.post(f"bot/{bot_id}/update", {"meta": {"a": {"y": 1}, "b": None, "c": [1]}})
    assert fetch(olive, bot_id)["meta"] == {"a": {"y": 1}, "c": [1]}
    olive.post(f"bot/{bot_id}/update", {"name": "other"})
    assert fetch(olive, bot_id)["meta"] == {"a": {"y": 1}, "c": [1]}


def test_delete(olive):
    bot_id = create(olive, meta={"a": "b"})
    assert olive.post(f"bot/{bot_id}/delete").json() == {"id": bot_id}
    error(olive.get(f"bot/{bot_id}/fetch"), 404, "NOT_FOUND")
    error(olive.post(f"bot/{bot_id}/delete"), 404, "NOT_FOUND")
    assert olive.get("bot/list", **{"meta.a": "b"}).json() == {"items": []}


def test_unknown_and_read_only_fields_are_ignored(olive):
    bot_id = create(olive, id=str(new_id()), createdAt=1, owner=99, ownerId=3)
    assert fetch(olive, bot_id)["createdAt"] > 1
    assert Bot.objects.get().owner == olive.user


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": 5}, "name: must be a text"),
        ({"name": True}, "name: must be a text"),
        ({"name": "ü" * 96}, "name: must have at most 191 bytes"),
        ({"name": "a\0b"}, "name: "),
        ({"backstory": "\ud800"}, "backstory: "),
        ({"description": "a\0b"}, "description: "),
        ({"alias": "Not An Alias"}, "alias: must be 1 to 128 of a-z, 0-9, - and _"),
        ({"alias": "0190a0a0-0000-7000-8000-000000000000"}, "alias: must not have the form of an id"),
        ({"alias": "a" * 129}, "alias: must "),
        ({"meta": []}, "meta: must be an object"),
        ({"meta": "x"}, "meta: must be an object"),
        ({"meta": {"_x": 1}}, "meta: keys must not begin with _"),
        ({"meta": {"a": {"_x": 1}}}, "meta: keys must not begin with _"),
        ({"model": "gpt 4"}, "model: must be a name, and may have options behind it: name/key=value"),
        ({"model": "gpt-4o/"}, "model: must be a name"),
        ({"model": "/temperature=1"}, "model: must be a name"),
        ({"model": "gpt-4o/temperature="}, "model: “temperature=” is not key=value"),
        ({"model": "gpt-4o/a=1/a=2"}, "model: the option “a” is given twice"),
        ({"model": "gpt-4o/volume=2"}, "model: unknown option “volume”; allowed: temperature, top_p, max_tokens"),
        ({"model": "openai:gpt-4o/temperature=3"}, "model: temperature must be a number from 0 to 2, not “3”"),
        ({"model": "gpt-4o\0"}, "model: "),
        ({"model": "m" * 401}, "model: must have at most 400 characters"),
        ({"model": "knowledge:large"}, "model: knowledge takes no name and no options"),
        ({"skillsetId": "nothing-here"}, "skillsetId: no such skillset"),
        ({"skillsetId": 5}, "skillsetId: must be an id"),
        ({"privacy": "yes"}, "privacy: must be true or false"),
        ({"moderation": 1}, "moderation: must be true or false"),
        ({"visibility": "open"}, "visibility: must be private, protected or public"),
        ({"visibility": ["public"]}, "visibility: must be private, protected or public"),
        ({"datasetId": 5}, "datasetId: must be an id"),
        ({"datasetId": "nothing-here"}, "datasetId: no such dataset"),
        ({"blueprintId": "0190a0a0-0000-7000-8000-000000000000"}, "blueprintId: no such blueprint"),
        ({"name": 1, "alias": 2}, "alias: must be a text; name: must be a text"),
    ],
)
def test_refused_fields(olive, fields, says):
    message = error(olive.post("bot/create", fields), 400, "BAD_REQUEST")
    assert message.startswith(says)
    assert not Bot.objects.exists()
    bot_id = create(olive, name="kept")
    error(olive.post(f"bot/{bot_id}/update", {"backstory": "new", **fields}), 400, "BAD_REQUEST")
    assert "backstory" not in fetch(olive, bot_id)


@pytest.mark.parametrize(
    "model",
    ["gpt-4o", "gpt-4o/temperature=0.5", "claude_v3/seed=1/maxTokens=200", "meta-llama/Llama-3.1:free", "openai:gpt-5-mini/top_p=0.1", "text-qaa-002"],
)  # fmt: skip
def test_a_model_without_an_engine_is_kept_until_there_is_one(olive, model):
    assert fetch(olive, create(olive, model=model))["model"] == model


def test_an_alias_is_unique_for_its_owner(olive, otto):
    create(olive, alias="shop")
    second = create(olive)
    assert error(olive.post("bot/create", {"alias": "shop"}), 409, "CONFLICT").startswith("alias: ")
    assert error(olive.post(f"bot/{second}/update", {"alias": "shop"}), 409, "CONFLICT").startswith("alias: ")
    create(otto, alias="shop")
    create(olive, alias="")
    create(olive, alias=None)
    assert olive.post("bot/shop/update", {"alias": "shop", "name": "same"}).status_code == 200


def test_somebody_elses_bot_is_a_missing_one(olive, otto):
    bot_id = create(olive, alias="shop")
    missing = [error(otto.get(f"bot/{new_id()}/fetch"), 404, "NOT_FOUND")]
    for response in (otto.get(f"bot/{bot_id}/fetch"), otto.get("bot/shop/fetch"), otto.post(f"bot/{bot_id}/update", {"name": "x"}),
                     otto.post(f"bot/{bot_id}/delete"), otto.get("bot/a%00b/fetch")):  # fmt: skip
        missing.append(error(response, 404, "NOT_FOUND"))
    assert len(set(missing)) == 1
    assert "name" not in fetch(olive, bot_id)
    assert otto.get("bot/list").json() == {"items": []}


def test_somebody_elses_dataset_is_a_missing_one(olive, otto):
    foreign = Dataset.objects.create(owner=otto.user, alias="docs")
    messages = {
        error(olive.post("bot/create", {"datasetId": value}), 400, "BAD_REQUEST")
        for value in (str(foreign.pk), "docs", str(new_id()))
    }
    assert messages == {"datasetId: no such dataset"}


def test_a_superuser_token_sees_its_own_objects_only(olive, root):
    bot_id = create(olive)
    error(root.get(f"bot/{bot_id}/fetch"), 404, "NOT_FOUND")


def test_deleting_the_dataset_keeps_the_bot(olive):
    dataset_id = olive.post("dataset/create", {}).json()["id"]
    bot_id = create(olive, datasetId=dataset_id)
    olive.post(f"dataset/{dataset_id}/delete")
    assert "datasetId" not in fetch(olive, bot_id)


def test_methods(olive):
    bot_id = create(olive)
    for response in (olive.get("bot/create"), olive.post("bot/list"), olive.post(f"bot/{bot_id}/fetch"), olive.get(f"bot/{bot_id}/delete"),
                     olive.client.delete(f"/api/v1/bot/{bot_id}/delete"), olive.client.options("/api/v1/bot/list")):  # fmt: skip
        error(response, 405, "METHOD_NOT_ALLOWED")
    assert (
        json.loads(olive.client.get(f"/api/v1/bot/{bot_id}/fetch", headers={"accept": "text/html"}).content)[
            "id"
        ]
        == bot_id
    )


def test_whoever_loses_a_race_for_an_alias_gets_a_conflict(olive, monkeypatch):
    create(olive, alias="shop")
    monkeypatch.setattr(
        Bot, "full_clean", lambda *_args, **_options: None
    )  # both looked before either stored
    error(olive.post("bot/create", {"alias": "shop", "meta": {"a": 1}}), 409, "CONFLICT")
    assert Bot.objects.count() == 1
