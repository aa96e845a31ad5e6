from typing import Any

import pytest
from django.contrib.auth.models import Group

from bots import services
from bots.models import Blueprint, Bot, Dataset, DatasetRecord

KINDS = ("bot", "dataset", "blueprint")
MODELS = {"bot": Bot, "dataset": Dataset, "blueprint": Blueprint}
CREATE = {
    "bot": services.create_bot,
    "dataset": services.create_dataset,
    "blueprint": services.create_blueprint,
}


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


def _form(**fields: Any) -> dict[str, Any]:
    return {
        "name": "",
        "alias": "",
        "description": "",
        "meta": "{}",
        "blueprint": "",
        "model": "knowledge",
        "attached_files-TOTAL_FORMS": 0,
        "attached_files-INITIAL_FORMS": 0,
        **fields,
    }


def _errors(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(map(str, answer.context["errors"]))


@pytest.mark.parametrize("kind", KINDS)
def test_an_operator_makes_changes_and_deletes(olive: Any, kind: str) -> None:
    base = f"/admin/bots/{kind}/"
    assert olive.browser.get(f"{base}add/").status_code == 200
    assert olive.browser.post(f"{base}add/", _form(name="First", alias="first")).status_code == 302
    item = MODELS[kind].objects.get()
    assert (item.owner, item.name, item.alias) == (olive.user, "First", "first")
    assert "First" in olive.browser.get(base).content.decode()
    olive.browser.post(f"{base}{item.pk}/change/", _form(name="Second", meta='{"plan": "pro"}'))
    item.refresh_from_db()
    assert (item.name, item.alias, item.meta) == ("Second", None, {"plan": "pro"})
    assert olive.get(f"{kind}/list", **{"meta.plan": "pro"}).json()["items"][0]["id"] == str(item.pk)
    assert olive.browser.get(f"{base}{item.pk}/delete/").status_code == 200
    olive.browser.post(f"{base}{item.pk}/delete/", {"post": "yes"})
    assert not MODELS[kind].objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_somebody_elses_is_absent(olive: Any, otto: Any, root: Any, kind: str) -> None:
    item = CREATE[kind](otto.user, name="Ottos thing")
    base = f"/admin/bots/{kind}/"
    assert "Ottos thing" not in olive.browser.get(base).content.decode()
    for action in ("change", "delete", "history"):
        assert olive.browser.get(f"{base}{item.pk}/{action}/").status_code == 302, action
    olive.browser.post(f"{base}{item.pk}/change/", _form(name="Mine now"))
    olive.browser.post(base, {"action": "delete_selected", "_selected_action": [str(item.pk)], "post": "yes"})
    item.refresh_from_db()
    assert item.name == "Ottos thing"
    page = root.browser.get(base).content.decode()
    assert "Ottos thing" in page
    assert "otto" in page


def test_a_foreign_dataset_cannot_be_chosen(olive: Any, otto: Any, root: Any) -> None:
    foreign = services.create_dataset(otto.user, name="Ottos")
    assert "Select a valid choice" in _errors(
        olive.browser.post("/admin/bots/bot/add/", _form(name="B", dataset=foreign.pk))
    )
    found = olive.browser.get(
        "/admin/autocomplete/",
        {"app_label": "bots", "model_name": "bot", "field_name": "dataset", "term": ""},
    )
    assert found.json()["results"] == []
    mine = services.create_bot(olive.user, name="B")
    mixed = root.browser.post(f"/admin/bots/bot/{mine.pk}/change/", _form(name="B", dataset=foreign.pk))
    assert "must belong to the same owner (olive)" in _errors(mixed)


def test_refusals_name_what_is_allowed(olive: Any) -> None:
    services.create_bot(olive.user, alias="taken")
    add = "/admin/bots/bot/add/"
    assert "must be 1 to 128 of a-z, 0-9, - and _" in _errors(
        olive.browser.post(add, _form(alias="Not Good"))
    )
    assert "already exists" in _errors(olive.browser.post(add, _form(alias="taken")))
    assert "must be an object" in _errors(olive.browser.post(add, _form(meta="[1]")))
    assert "keys must not begin with _" in _errors(olive.browser.post(add, _form(meta='{"_x": 1}')))
    assert "name/key=value" in _errors(olive.browser.post(add, _form(model="not a name")))
    assert "unknown option “volume”; allowed: temperature" in _errors(olive.browser.post(add, _form(model="gpt-4o/volume=2")))
    assert Bot.objects.count() == 1


def test_a_dataset_says_how_far_it_is(olive: Any) -> None:
    dataset = services.create_dataset(olive.user, name="Docs")
    page = f"/admin/bots/dataset/{dataset.pk}/change/"
    assert "No records yet." in olive.browser.get(page).content.decode()
    DatasetRecord.objects.bulk_create(
        DatasetRecord(dataset=dataset, text="x", vectors=b"v" if number < 3 else None) for number in range(5)
    )
    assert "3 of 5 records ready." in olive.browser.get(page).content.decode()
    assert "3 of 5 records ready" in olive.browser.get("/admin/bots/dataset/").content.decode()
    DatasetRecord.objects.update(vectors=b"v")
    assert "5 records, all ready." in olive.browser.get(page).content.decode()


def test_records_are_made_changed_and_deleted(olive: Any) -> None:
    dataset = services.create_dataset(olive.user, name="Docs")
    fields = {
        "dataset": dataset.pk,
        "title": "Returns",
        "text": "Within 30 days.",
        "alternatives": "How do I send it back?\n\n Refund? ",
        "url": "",
    }
    assert olive.browser.post("/admin/bots/datasetrecord/add/", fields).status_code == 302
    record = DatasetRecord.objects.get()
    assert record.alternatives == ["How do I send it back?", "Refund?"]
    DatasetRecord.objects.update(vectors=b"v")
    change = f"/admin/bots/datasetrecord/{record.pk}/change/"
    assert "Refund?" in olive.browser.get(change).content.decode()
    olive.browser.post(change, {**fields, "url": "/returns"})
    record.refresh_from_db()
    assert (record.url, bool(record.vectors)) == ("/returns", True)
    olive.browser.post(change, {**fields, "text": "Within 14 days."})
    record.refresh_from_db()
    assert (record.text, record.vectors) == ("Within 14 days.", None)
    olive.browser.post(
        "/admin/bots/datasetrecord/",
        {"action": "delete_selected", "_selected_action": [str(record.pk)], "post": "yes"},
    )
    assert not DatasetRecord.objects.exists()


def test_a_bad_record_is_refused(olive: Any) -> None:
    dataset = services.create_dataset(olive.user)
    answer = olive.browser.post(
        "/admin/bots/datasetrecord/add/", {"dataset": dataset.pk, "text": "", "url": "ftp://x"}
    )
    assert "This field is required." in _errors(answer)
    assert "must be an http or https address, or begin with /" in _errors(answer)


def test_records_of_others_are_absent(olive: Any, otto: Any) -> None:
    dataset = services.create_dataset(otto.user, name="Ottos")
    record = services.create_record(dataset, title="Ottos secret", text="x")
    assert "Ottos secret" not in olive.browser.get("/admin/bots/datasetrecord/").content.decode()
    assert olive.browser.get(f"/admin/bots/datasetrecord/{record.pk}/change/").status_code == 302
    answer = olive.browser.post("/admin/bots/datasetrecord/add/", {"dataset": dataset.pk, "text": "smuggled"})
    assert "Select a valid choice" in _errors(answer)


def test_lists_cost_the_same_with_many_rows(olive: Any, django_assert_max_num_queries: Any) -> None:
    dataset = services.create_dataset(olive.user, name="Docs")
    DatasetRecord.objects.bulk_create(DatasetRecord(dataset=dataset, text="x") for _ in range(40))
    for number in range(20):
        services.create_bot(olive.user, name=f"Bot {number}", dataset=dataset)
    for kind in ("bot", "dataset", "datasetrecord"):
        with django_assert_max_num_queries(12):
            assert olive.browser.get(f"/admin/bots/{kind}/").status_code == 200


def test_who_is_no_operator_gets_nothing(client: Any, olive: Any) -> None:
    assert client.get("/admin/bots/bot/").status_code == 302
    olive.user.groups.clear()
    assert olive.browser.get("/admin/bots/bot/").status_code == 403
