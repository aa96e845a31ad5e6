import stat
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from bots.models import Bot, Dataset, DatasetRecord
from widgetplatform.site.demo import demo_widget
from widgets.models import WidgetIntegration

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def project(tmp_path: Path, settings: Any) -> Path:
    """A project with one document, and an empty data folder."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "embedding.md").write_text(
        "# Embedding\n\n## Put it on your site\n\nPaste the line.\n"
    )
    (tmp_path / "README.md").write_text("# Project\n\nWhat it is.\n")
    settings.BASE_DIR = tmp_path
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_it_makes_the_demo(project: Path, client: Client) -> None:
    call_command("seed_demo")
    widget: Any = demo_widget()
    assert widget.bot.model == "knowledge"
    records = widget.bot.dataset.records.order_by("id").values_list("title", "url")
    assert list(records) == [
        ("Project", "/docs/#project"),
        ("Embedding › Put it on your site", "/docs/embedding#put-it-on-your-site"),
    ]
    assert widget.intro.count("]()") == 3


def test_the_password_is_made_kept_for_its_owner_only_and_works(project: Path, client: Client) -> None:
    call_command("seed_demo")
    file = project / "demo-password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert client.login(username="demo", password=file.read_text().strip())
    assert client.get("/admin/").status_code == 200


def test_a_second_run_changes_nothing(project: Path) -> None:
    call_command("seed_demo")
    password = User.objects.get(username="demo").password
    before = (project / "demo-password").read_text(), set(DatasetRecord.objects.values_list("pk", flat=True))
    call_command("seed_demo")
    assert (
        (project / "demo-password").read_text(),
        set(DatasetRecord.objects.values_list("pk", flat=True)),
    ) == before
    assert User.objects.get(username="demo").password == password
    assert [model.objects.count() for model in (Bot, Dataset, WidgetIntegration)] == [1, 1, 1]


def test_changed_documentation_replaces_only_what_changed(project: Path) -> None:
    call_command("seed_demo")
    readme = DatasetRecord.objects.get(title="Project")
    (project / "docs" / "embedding.md").write_text("# Embedding\n\nOne new text.\n")
    call_command("seed_demo")
    assert list(
        DatasetRecord.objects.filter(url__startswith="/docs/embedding").values_list("text", flat=True)
    ) == ["One new text."]
    readme.refresh_from_db()  # the same row


def test_a_page_that_is_gone_takes_its_records_along(project: Path) -> None:
    call_command("seed_demo")
    DatasetRecord.objects.create(dataset=Dataset.objects.get(), title="Mine", text="By hand.")
    (project / "docs" / "embedding.md").unlink()
    call_command("seed_demo")
    assert set(DatasetRecord.objects.values_list("title", flat=True)) == {"Project", "Mine"}


def test_central_sections_are_asked_for_in_other_words(project: Path) -> None:
    page = project / "docs" / "embedding.md"
    page.write_text("# Embedding\n\n## Who may embed a widget\n\nYou.\n")
    call_command("seed_demo")
    record = DatasetRecord.objects.get(url="/docs/embedding#who-may-embed-a-widget")
    assert "Wer darf das Widget einbetten?" in record.alternatives
    DatasetRecord.objects.filter(pk=record.pk).update(alternatives=["Mine"])
    page.write_text("# Embedding\n\n## Who may embed a widget\n\nAll.\n")
    call_command("seed_demo")
    record.refresh_from_db()
    assert (record.text, record.alternatives) == ("All.", ["Mine"])


def test_what_an_operator_edited_stays(project: Path) -> None:
    call_command("seed_demo")
    WidgetIntegration.objects.update(title="My own")
    Bot.objects.update(name="Renamed")
    call_command("seed_demo")
    assert WidgetIntegration.objects.get().title == "My own"
    assert Bot.objects.get().name == "Renamed"


def test_a_production_installation_is_not_seeded(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="PRODUCTION"):
        call_command("seed_demo")
    assert not User.objects.exists()
