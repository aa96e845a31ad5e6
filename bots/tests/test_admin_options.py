"""The admin of bots and datasets: options, files and their synchronization."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from bots import services, skills
from bots.models import Blueprint, Bot, Dataset, DatasetFile
from files.models import File

DATASET = {
    "reranker": "lexical", "search_min_score": "0.5", "search_max_records": "3", "search_max_tokens": "900", "match_instruction": "Quote it.",
    "mismatch_instruction": "Say sorry.", "separators": "---", "record_max_tokens": "200", "visibility": "public",
}  # fmt: skip
COMMON = {"name": "New", "alias": "", "description": "", "meta": "{}", "blueprint": ""}


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


def management(**counts: int) -> dict[str, int]:
    return {
        f"{prefix}-{name}": count
        for prefix, count in (counts or {"attached_files": 0}).items()
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }


def attached(operator: Any, dataset: Dataset, **fields: Any) -> DatasetFile:
    file = File.objects.create(owner=operator.user, name="Guide", text="long " * 1000)
    return DatasetFile.objects.create(dataset=dataset, file=file, **fields)


def test_options_of_a_dataset(olive: Any) -> None:
    answer = olive.browser.post("/admin/bots/dataset/add/", {**COMMON, **DATASET, **management()})
    dataset = Dataset.objects.get()
    assert answer.status_code == 302
    assert {name: str(getattr(dataset, name)) for name in DATASET} == DATASET
    page = f"/admin/bots/dataset/{dataset.pk}/change/"
    olive.browser.post(page, {**COMMON, **dict.fromkeys(DATASET, ""), **management()})
    dataset.refresh_from_db()
    assert not any(getattr(dataset, name) for name in DATASET)
    assert dataset.visibility is None
    assert dataset.search_min_score is None


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("search_min_score", "2", "less than or equal to 1"),
        ("search_max_records", "0", "greater than or equal to 1"),
        ("record_max_tokens", "99999", "less than or equal to 16384"),
        ("separators", ",".join(map(str, range(51))), "at most 50 separators"),
        ("visibility", "open", "Select a valid choice"),
    ],
)
def test_refused_options(olive: Any, field: str, value: str, says: str) -> None:
    answer = olive.browser.post(
        "/admin/bots/dataset/add/", {**COMMON, **DATASET, field: value, **management()}
    )
    assert says in str(answer.context["errors"])
    assert not Dataset.objects.exists()


def test_a_bot_with_skills_and_safety(olive: Any, otto: Any) -> None:
    skillset = skills.create_skillset(olive.user, name="Can")
    fields = {
        **COMMON,
        "model": "gpt-4o/temperature=0.5",
        "skillset": skillset.pk,
        "privacy": "true",
        "moderation": "unknown",
        "visibility": "protected",
    }
    assert olive.browser.post("/admin/bots/bot/add/", fields).status_code == 302
    bot = Bot.objects.get()
    assert (bot.model, bot.skillset, bot.privacy, bot.moderation, bot.visibility) == (
        "gpt-4o/temperature=0.5",
        skillset,
        True,
        None,
        "protected",
    )
    foreign = skills.create_skillset(otto.user)
    answer = olive.browser.post("/admin/bots/bot/add/", {**fields, "skillset": foreign.pk})
    assert "Select a valid choice" in str(answer.context["errors"])


def test_visibility_of_a_blueprint(olive: Any) -> None:
    olive.browser.post(
        "/admin/bots/blueprint/add/", {**COMMON, "widget_defaults": "{}", "visibility": "public"}
    )
    assert Blueprint.objects.get().visibility == "public"


def test_files_of_a_dataset_and_how_far_they_are(olive: Any) -> None:
    dataset = services.create_dataset(olive.user, name="Docs")
    attached(olive, dataset, state="failed", error="There is no text in the file")
    page = olive.browser.get(f"/admin/bots/dataset/{dataset.pk}/change/").content.decode()
    assert all(text in page for text in ("Guide", "Failed", "There is no text in the file"))
    assert "attached_files-0-state" not in page


def test_files_are_made_records_again(olive: Any, otto: Any) -> None:
    dataset = services.create_dataset(olive.user, name="Docs")
    link = attached(olive, dataset, state="failed", error="x")
    theirs = attached(otto, services.create_dataset(otto.user), state="ready")
    chosen = {"action": "sync_files", "_selected_action": [str(dataset.pk), str(theirs.dataset_id)]}
    answer = olive.browser.post("/admin/bots/dataset/", chosen, follow=True)
    assert "The records of 1 files are being made again." in answer.content.decode()
    for row in (link, theirs):
        row.refresh_from_db()
    assert (link.state, link.error, theirs.state) == ("pending", "", "ready")
    link.delete()
    assert "have no files" in olive.browser.post("/admin/bots/dataset/", chosen, follow=True).content.decode()


def test_a_dataset_with_files_is_changed(olive: Any, root: Any) -> None:
    dataset = services.create_dataset(olive.user, name="Docs")
    link = attached(olive, dataset, state="ready")
    for operator, name in ((olive, "By Olive"), (root, "By Root")):
        sent = {
            **COMMON,
            "name": name,
            "attached_files-0-id": str(link.pk),
            "attached_files-0-dataset": str(dataset.pk),
            **management(attached_files=1),
        }
        assert operator.browser.post(f"/admin/bots/dataset/{dataset.pk}/change/", sent).status_code == 302
        dataset.refresh_from_db()
        assert dataset.name == name
    link.refresh_from_db()
    assert link.state == "ready"
