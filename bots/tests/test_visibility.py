"""What others may do with objects that their owner shares: read and copy by id, nothing else."""

from typing import Any

import pytest

from accounts.ids import new_id
from bots import services

MAKE = {
    "blueprint": services.create_blueprint,
    "bot": services.create_bot,
    "dataset": services.create_dataset,
}
READS = {"blueprint": ["clone"], "bot": ["clone"], "dataset": []}


@pytest.fixture(params=["protected", "public"])
def shared(request) -> str:
    return request.param


@pytest.mark.parametrize("kind", MAKE)
def test_shared_objects_are_read_and_copied_by_their_id(olive, otto, kind, shared):
    item = MAKE[kind](olive.user, alias="mine", name="Mine", visibility=shared)
    assert otto.get(f"{kind}/{item.pk}/fetch").json() == olive.get(f"{kind}/{item.pk}/fetch").json()
    for verb in READS[kind]:
        copy = otto.post(f"{kind}/{item.pk}/{verb}").json()["id"]
        answer = otto.get(f"{kind}/{copy}/fetch").json()
        assert (answer["name"], answer.keys() & {"alias", "visibility"}) == ("Mine", set())
    assert otto.get(f"{kind}/mine/fetch").status_code == 404  # an alias belongs to its owner


@pytest.mark.parametrize("kind", MAKE)
def test_they_are_neither_listed_nor_changed_nor_deleted(olive, otto, kind, shared):
    item = MAKE[kind](olive.user, name="Mine", visibility=shared)
    assert otto.get(f"{kind}/list").json() == {"items": []}
    missing = otto.post(f"{kind}/{new_id()}/update", {}).content
    assert otto.post(f"{kind}/{item.pk}/update", {"name": "Ours"}).content == missing
    assert otto.post(f"{kind}/{item.pk}/delete").content == missing
    assert olive.get(f"{kind}/{item.pk}/fetch").json()["name"] == "Mine"


def test_a_shared_dataset_is_searched_but_its_records_are_not_opened(olive, otto, shared):
    dataset = services.create_dataset(olive.user, visibility=shared)
    record = services.create_record(dataset, text="The shop opens at nine.")
    found = otto.post(f"dataset/{dataset.pk}/search", {"search": "shop opens"}).json()["records"]
    assert [item["id"] for item in found] == [str(record.pk)]
    for response in (
        otto.get(f"dataset/{dataset.pk}/record/list"), otto.get(f"dataset/{dataset.pk}/record/export"), otto.get(f"dataset/{dataset.pk}/record/{record.pk}/fetch"),
        otto.post(f"dataset/{dataset.pk}/record/create", {"text": "x"}), otto.post(f"dataset/{dataset.pk}/record/{record.pk}/delete"), otto.get(f"dataset/{dataset.pk}/file/list"),
    ):  # fmt: skip
        assert response.status_code == 404
    assert otto.post("bot/create", {"datasetId": str(dataset.pk)}).status_code == 400


def test_a_copy_of_a_bot_refers_to_nothing_of_its_first_owner(olive, otto, shared):
    dataset = services.create_dataset(olive.user, visibility=shared)
    bot = services.create_bot(
        olive.user, dataset=dataset, blueprint=services.create_blueprint(olive.user), visibility=shared
    )
    copy = otto.post(f"bot/{bot.pk}/clone").json()["id"]
    assert set(otto.get(f"bot/{copy}/fetch").json()) == {"id", "createdAt", "updatedAt", "model"}


@pytest.mark.parametrize("fields", [{}, {"visibility": "private"}, {"visibility": None}])
@pytest.mark.parametrize("kind", MAKE)
def test_everything_else_is_missing(olive, otto, kind, fields: dict[str, Any]):
    item = MAKE[kind](olive.user, **fields)
    missing = otto.get(f"{kind}/{new_id()}/fetch").content
    assert otto.get(f"{kind}/{item.pk}/fetch").content == missing
    for verb in [*READS[kind], *(["search"] if kind == "dataset" else [])]:
        response = otto.post(f"{kind}/{item.pk}/{verb}", {"search": "x"})
        assert (response.status_code, response.content) == (404, missing)


def test_a_shared_object_that_is_private_again_is_missing(olive, otto):
    bot = services.create_bot(olive.user, visibility="public")
    assert otto.get(f"bot/{bot.pk}/fetch").status_code == 200
    olive.post(f"bot/{bot.pk}/update", {"visibility": None})
    assert otto.get(f"bot/{bot.pk}/fetch").status_code == 404
