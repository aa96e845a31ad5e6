"""Domain functions: imports, meta index, nothing half stored."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import MetaEntry
from bots import services
from bots.importers import ImportRejected
from bots.models import Bot, DatasetRecord

MARKDOWN = b"# Guide\n\n## Hours\n\nWe open at nine.\n\n## Empty\n\n## Returns\n\nThirty days.\n"


@pytest.fixture
def dataset(olive):
    return services.create_dataset(olive.user)


def test_an_import_adds_records_and_says_what_it_left_out(dataset, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        result = services.import_records(dataset, "guide.md", MARKDOWN, "/docs/guide")
    assert [record.text for record in result.records] == ["We open at nine.", "Thirty days."]
    assert [skipped.where for skipped in result.skipped] == ["section Guide", "section Empty"]
    rows = list(dataset.records.order_by("pk"))
    assert [row.text for row in rows] == ["We open at nine.", "Thirty days."]
    assert rows[0].url == "/docs/guide#hours"
    assert len(callbacks) == 1


def test_records_that_are_refused_are_named(dataset):
    result = services.import_records(dataset, "guide.md", MARKDOWN, "javascript:alert(1)")
    assert result.records == ()
    assert "url: must be an http or https address" in result.skipped[-1].reason
    result = services.import_records(
        dataset, "faq.csv", b"question,answer,url\nWhen?,At nine.,\nWho?,All.,ftp://x\n"
    )
    assert [record.text for record in result.records] == ["At nine."]
    assert len(result.skipped) == 1
    assert DatasetRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "data"), [("x.exe", b"a"), ("x.md", b""), ("x.md", b"\xff\xfe"), ("x.txt", b"a\0b")]
)
def test_a_file_that_is_refused_stores_nothing(dataset, name, data):
    with pytest.raises(ImportRejected):
        services.import_records(dataset, name, data)
    assert not DatasetRecord.objects.exists()


def test_the_meta_index_follows(olive):
    bot = services.create_bot(olive.user, meta={"a": {"b": "c"}, "live": True})
    assert set(MetaEntry.objects.values_list("path", "value")) == {("a.b", "c"), ("live", "true")}
    services.update_bot(bot, meta={"x": "y"})
    assert set(MetaEntry.objects.values_list("path", "value")) == {("x", "y")}
    services.delete_bot(bot)
    assert not MetaEntry.objects.exists()


def test_a_refusal_stores_nothing(olive):
    with pytest.raises(ValidationError):
        services.create_bot(olive.user, model="nobody:x", meta={"a": "b"})
    assert not Bot.objects.exists()
    assert not MetaEntry.objects.exists()
    bot = services.create_bot(olive.user, name="kept")
    with pytest.raises(ValidationError):
        services.update_bot(bot, name="x" * 192)
    bot.refresh_from_db()
    assert bot.name == "kept"


def test_record_meta_is_checked(dataset):
    with pytest.raises(ValidationError) as refusal:
        services.create_record(dataset, text="x", meta={"_a": 1})
    assert set(refusal.value.message_dict) == {"meta"}
