"""Copies of bots and whole blueprints, and blueprints that are deleted with or without what belongs to them."""

from io import BytesIO
from typing import Any

import pytest

from accounts.ids import new_id
from bots import dataset_files, services, skills
from bots.embedding import embed_batch
from bots.models import Ability, Blueprint, Bot, Dataset, DatasetFile, DatasetRecord, Skillset
from bots.tests.embedders import LetterEmbedder
from files.models import File
from files.services import create_file, store_content
from files.storage import open_content
from widgets.models import WidgetFile, WidgetIntegration
from widgets.services import create_widget

MODELS = (Bot, Dataset, Skillset, Ability, File, WidgetIntegration)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> Any:
    """Files go to a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def shop(olive) -> dict[str, Any]:
    """A blueprint with one of everything, which refer to each other."""
    user = olive.user
    blueprint = services.create_blueprint(
        user, name="Shop", alias="shop", meta={"plan": "pro"}, visibility="protected"
    )
    inside = {"blueprint": blueprint}
    file = create_file(user, name="Guide", alias="guide", **inside)
    store_content(file, BytesIO(b"## Hours\n\nAt nine."), "guide.md")
    dataset = services.create_dataset(user, alias="docs", search_max_records=2, **inside)
    services.create_record(
        dataset, title="Hours", text="At nine.", file=file, alternatives=["When?"], meta={"a": 1}
    )
    services.create_record(dataset, text="By hand.")
    embed_batch(dataset.pk, LetterEmbedder())
    DatasetFile.objects.create(dataset=dataset, file=file, state="ready")
    skillset = skills.create_skillset(user, alias="can", **inside)
    bot = services.create_bot(
        user,
        alias="bot",
        name="Bot",
        model="gpt-4o",
        dataset=dataset,
        skillset=skillset,
        privacy=True,
        meta={"m": "x"},
        **inside,
    )
    ability = skills.create_ability(
        skillset,
        name="look",
        instruction=f"```search\n{dataset.pk}\n```",
        bot=bot,
        file=file,
        secret_id="s1",
        **inside,
    )
    services.update_blueprint(blueprint, widget_defaults={"botId": str(bot.pk), "title": "Hi"})
    widget = create_widget(user, name="Chat", alias="chat", bot=bot, intro="Welcome", **inside)
    WidgetFile.objects.create(widget=widget, file=file, type="bar")
    return locals()


def clone(operator, blueprint: Blueprint) -> tuple[Blueprint, dict[str, str]]:
    response = operator.post(f"blueprint/{blueprint.pk}/clone")
    assert response.status_code == 200, response.json()
    assert set(response.json()) == {"id", "resources"}
    return Blueprint.objects.get(pk=response.json()["id"]), response.json()["resources"]


def test_clone_a_bot(olive, shop):
    bot = shop["bot"]
    response = olive.post("bot/bot/clone")
    assert set(response.json()) == {"id"}
    before, after = (olive.get(f"bot/{pk}/fetch").json() for pk in (bot.pk, response.json()["id"]))
    assert after.pop("id") != before.pop("id")
    assert before.pop("alias") == "bot"
    for times in (before, after):
        del times["createdAt"], times["updatedAt"]
    assert after == before
    assert len(olive.get("bot/list", **{"meta.m": "x"}).json()["items"]) == 2


def test_a_clone_of_a_blueprint_has_copies_of_everything(olive, shop):
    copy, resources = clone(olive, shop["blueprint"])
    assert (copy.name, copy.alias, copy.meta, copy.visibility) == ("Shop", None, {"plan": "pro"}, "protected")
    old = {str(shop[name].pk) for name in ("bot", "dataset", "skillset", "ability", "file", "widget")}
    assert set(resources) == old
    new = {model: model.objects.exclude(pk__in=old).get() for model in MODELS}
    assert {str(item.pk) for item in new.values()} == set(resources.values())
    assert all(item.blueprint == copy for item in new.values())
    assert all(getattr(item, "alias", None) is None for item in new.values())
    bot, dataset, skillset, ability, file, widget = (new[model] for model in MODELS)
    assert (bot.dataset, bot.skillset, bot.privacy, bot.model) == (dataset, skillset, True, "gpt-4o")
    assert (ability.skillset, ability.bot, ability.file, ability.secret_id) == (skillset, bot, file, "s1")
    assert ability.instruction == f"```search\n{dataset.pk}\n```"
    assert (widget.bot, widget.name, widget.intro) == (bot, "Chat", "Welcome")
    assert widget.attached_files.get().file == file
    assert copy.widget_defaults == {"botId": str(bot.pk), "title": "Hi"}
    assert dataset.search_max_records == 2
    assert dataset.attached_files.get().file == file
    with open_content(file) as stream:
        assert stream.read() == b"## Hours\n\nAt nine."
    assert file.key != shop["file"].key
    fields = ("title", "text", "alternatives", "meta", "vectors")
    rows = [list(item.records.order_by("pk").values_list(*fields)) for item in (dataset, shop["dataset"])]
    assert rows[0] == rows[1]
    assert list(dataset.records.order_by("pk").values_list("file", flat=True)) == [file.pk, None]
    assert len(olive.get("bot/list", blueprintId=str(copy.pk)).json()["items"]) == 1
    assert len(olive.get("bot/list", **{"meta.m": "x"}).json()["items"]) == 2
    assert olive.post(f"dataset/{dataset.pk}/search", {"search": "at nine"}).json()["records"]


def test_what_a_blueprint_refers_to_outside_stays_the_same_for_its_owner(olive):
    blueprint = services.create_blueprint(olive.user)
    outside = services.create_dataset(olive.user)
    bot = services.create_bot(olive.user, blueprint=blueprint, dataset=outside)
    _, resources = clone(olive, blueprint)
    assert Bot.objects.get(pk=resources[str(bot.pk)]).dataset == outside
    assert Dataset.objects.count() == 1


def test_others_copy_a_shared_blueprint_without_what_is_private(olive, otto, shop):
    services.update_dataset(shop["dataset"], visibility="private")
    services.update_bot(shop["bot"], visibility="public")
    copy, resources = clone(otto, shop["blueprint"])
    assert (copy.owner, copy.visibility) == (otto.user, None)
    assert set(resources) == {str(shop[name].pk) for name in ("bot", "skillset", "ability", "file", "widget")}
    for model in MODELS:
        if model not in (Dataset, Ability):
            assert model.objects.filter(pk__in=resources.values()).get().owner == otto.user
    bot = Bot.objects.get(owner=otto.user)
    assert (bot.dataset, bot.visibility) == (None, None)
    ability = Ability.objects.get(pk=resources[str(shop["ability"].pk)])
    assert (ability.secret_id, ability.bot) == (None, bot)
    assert copy.widget_defaults == {"botId": str(bot.pk), "title": "Hi"}
    assert Blueprint.objects.get(pk=shop["blueprint"].pk).owner == olive.user
    services.update_bot(shop["bot"], visibility="private")
    again, _ = clone(otto, shop["blueprint"])
    assert again.widget_defaults == {"title": "Hi"}
    assert again.widgetintegrations.get().bot is None


def test_a_clone_that_fails_leaves_nothing(
    olive, shop, media, monkeypatch, django_capture_on_commit_callbacks
):
    def stored() -> set[Any]:
        return {path for path in media.rglob("*") if path.is_file()}

    def fail(*_: Any) -> None:
        raise services.ValidationError({"name": "no"})

    before = [model.objects.count() for model in (*MODELS, Blueprint, DatasetRecord)]
    bytes_before = stored()
    monkeypatch.setattr("bots.blueprints.BLUEPRINT_CLONERS", [fail])
    with django_capture_on_commit_callbacks(execute=True):
        assert olive.post("blueprint/shop/clone").status_code == 400
    assert [model.objects.count() for model in (*MODELS, Blueprint, DatasetRecord)] == before
    assert stored() == bytes_before


def test_a_file_that_was_waited_for_is_waited_for_in_the_copy(
    olive, shop, run_tasks, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr("bots.tasks.embed_batch", lambda _dataset_id: 0)
    dataset_files.request_sync(DatasetFile.objects.get())
    with django_capture_on_commit_callbacks(execute=True):
        _, resources = clone(olive, shop["blueprint"])
    run_tasks()
    assert DatasetFile.objects.get(dataset=resources[str(shop["dataset"].pk)]).state == "ready"


@pytest.mark.parametrize("body", [{}, {"deleteResources": False}, {"deleteResources": None}])
def test_delete_keeps_the_objects_with_what_they_had(olive, shop, body):
    assert olive.post("blueprint/shop/delete", body).json() == {"id": str(shop["blueprint"].pk)}
    for model in MODELS:
        assert model.objects.get().blueprint is None
    widget = WidgetIntegration.objects.get()
    assert (widget.title, widget.bot) == ("Hi", shop["bot"])
    assert not Blueprint.objects.exists()


def test_delete_everything(olive, shop, media, django_capture_on_commit_callbacks):
    others = services.create_bot(olive.user, dataset=shop["dataset"])
    with django_capture_on_commit_callbacks(execute=True):
        assert olive.post("blueprint/shop/delete", {"deleteResources": True}).json() == {
            "id": str(shop["blueprint"].pk)
        }
    assert not any(
        model.objects.exists() for model in (*MODELS[1:], Blueprint, DatasetRecord, DatasetFile, WidgetFile)
    )
    assert Bot.objects.get() == others
    assert Bot.objects.get().dataset is None
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_refusals(olive, otto, shop):
    response = olive.post("blueprint/shop/delete", {"deleteResources": "yes"})
    assert (response.status_code, response.json()["message"]) == (
        400,
        "deleteResources: must be true or false",
    )
    services.update_blueprint(shop["blueprint"], visibility=None)
    for kind, name in (("bot", "bot"), ("blueprint", "blueprint")):
        item = shop[name]
        answers = {
            otto.post(f"{kind}/{pk}/{verb}").content
            for verb in ("clone", "delete")
            for pk in (item.pk, item.alias, new_id())
        }
        assert len(answers) == 1
    assert Blueprint.objects.count() == Bot.objects.count() == 1
