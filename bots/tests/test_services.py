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
        services.create_bot(olive.user, model="nobody x", meta={"a": "b"})
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


def test_importing_a_file_again_replaces_only_what_changed(dataset):
    services.import_records(dataset, "guide.md", MARKDOWN, "/docs/guide")
    services.create_record(dataset, title="By hand", text="Stays.")
    dataset.records.update(vectors=b"x")
    before = {row.title: row for row in dataset.records.all()}
    changed = MARKDOWN.replace(b"Thirty", b"Sixty") + b"\n## New\n\nText.\n"
    services.import_records(dataset, "guide.md", changed, "/docs/guide")
    after = {row.title: row for row in dataset.records.all()}
    assert set(after) == {"Guide › Hours", "Guide › Returns", "Guide › New", "By hand"}
    assert {title for title, row in after.items() if row.vectors} == {"Guide › Hours", "By hand"}
    assert all(after[title].pk == row.pk for title, row in before.items())
    assert after["Guide › Returns"].text == "Sixty days."
    services.import_records(dataset, "guide.md", MARKDOWN.replace(b"We open at nine.", b""), "/docs/guide")
    assert set(dataset.records.values_list("title", flat=True)) == {"Guide › Returns", "By hand"}


def test_importing_the_same_file_again_changes_nothing(dataset, django_capture_on_commit_callbacks):
    services.import_records(dataset, "guide.md", MARKDOWN)
    before = list(dataset.records.values_list("pk", "updated_at"))
    with django_capture_on_commit_callbacks() as callbacks:
        result = services.import_records(dataset, "guide.md", MARKDOWN)
    assert len(result.records) == 2
    assert list(dataset.records.values_list("pk", "updated_at")) == before
    assert callbacks == []


@pytest.mark.parametrize(("name", "base"), [("other.md", "/docs/guide"), ("guide.md", "/docs/other")])
def test_another_file_adds_records(dataset, name, base):
    services.import_records(dataset, "guide.md", MARKDOWN, "/docs/guide")
    services.import_records(dataset, name, MARKDOWN, base)
    assert dataset.records.count() == 4


def test_sections_of_the_same_title_keep_their_order(dataset):
    text = b"# A\n\n## B\n\nOne.\n\n## B\n\nTwo.\n"
    services.import_records(dataset, "a.md", text)
    rows = list(dataset.records.order_by("pk").values_list("pk", flat=True))
    services.import_records(dataset, "a.md", text.replace(b"One", b"1").replace(b"Two", b"2"))
    assert list(dataset.records.order_by("pk").values_list("pk", "text")) == [
        (rows[0], "1."),
        (rows[1], "2."),
    ]


def test_other_phrasings_stay_unless_the_file_has_its_own(dataset):
    services.import_records(dataset, "guide.md", MARKDOWN)
    hours = dataset.records.get(title="Guide › Hours")
    services.update_record(hours, alternatives=["When?"])
    services.import_records(dataset, "guide.md", MARKDOWN.replace(b"nine", b"ten"))
    hours.refresh_from_db()
    assert (hours.text, hours.alternatives) == ("We open at ten.", ["When?"])
    for alternatives in ("a|b", "c"):
        rows = f"question,answer,alternatives\nWho?,All.,{alternatives}\n"
        services.import_records(dataset, "faq.csv", rows.encode())
        assert dataset.records.get(title="Who?").alternatives == alternatives.split("|")
