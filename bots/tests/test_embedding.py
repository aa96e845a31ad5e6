"""Embedding in the background: batches that queue themselves, idempotent, nothing lost by changes in between."""

import pytest
from django.core.cache import cache

from bots import embedding, services, tasks
from bots.embedding import BATCH, embed_batch, waiting
from bots.models import DatasetRecord
from bots.retrieval.vectors import is_current, plan_record
from bots.tests.embedders import LetterEmbedder
from bots.versions import version_of


@pytest.fixture
def letters(monkeypatch) -> LetterEmbedder:
    embedder = LetterEmbedder()
    monkeypatch.setattr(embed_batch, "__defaults__", (embedder,))
    return embedder


@pytest.fixture
def dataset(olive):
    return services.create_dataset(olive.user)


def fill(dataset, count: int) -> None:
    DatasetRecord.objects.bulk_create(
        DatasetRecord(dataset=dataset, title=f"Title {number}", text=f"Text {number}.")
        for number in range(count)
    )


def test_a_new_record_is_embedded(dataset, letters, run_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        record = services.create_record(
            dataset, title="Hours", text="We open at nine.", alternatives=["When?"]
        )
    assert record.vectors is None
    assert run_tasks() == 1
    record.refresh_from_db()
    assert is_current(record.vectors, plan_record("Hours", "We open at nine.", ["When?"]), letters.name)


def test_many_records_are_done_in_batches(dataset, letters, run_tasks):
    fill(dataset, 2 * BATCH + 1)
    tasks.embed_dataset.delay(str(dataset.pk))
    assert run_tasks() == 3
    assert not waiting(dataset.pk).exists()


def test_it_is_idempotent(dataset, letters):
    fill(dataset, 2)
    assert embed_batch(dataset.pk) == 2
    done = len(letters.passages)
    assert embed_batch(dataset.pk) == 0
    tasks.embed_dataset(str(dataset.pk))
    assert len(letters.passages) == done


def test_one_at_a_time_for_a_dataset(dataset, letters, run_tasks):
    fill(dataset, 1)
    cache.add(f"embedding:{dataset.pk}", 1)
    tasks.embed_dataset(str(dataset.pk))
    assert waiting(dataset.pk).count() == 1
    cache.delete(f"embedding:{dataset.pk}")
    tasks.embed_dataset(str(dataset.pk))
    assert waiting(dataset.pk).count() == 0
    assert run_tasks() == 0


def test_a_change_of_the_text_drops_the_vectors_and_no_other_change_does(dataset, letters):
    record = services.create_record(dataset, title="Hours", text="We open at nine.")
    embed_batch(dataset.pk)
    record = DatasetRecord.objects.defer("vectors").get()
    services.update_record(record, url="/hours", meta={"a": 1}, text="We open at nine.")
    assert waiting(dataset.pk).count() == 0
    for change in ({"text": "We open at ten."}, {"title": "Opening"}, {"alternatives": ["When?"]}):
        services.update_record(DatasetRecord.objects.get(), **change)
        assert waiting(dataset.pk).count() == 1
        assert embed_batch(dataset.pk) == 1


def test_a_record_that_changes_meanwhile_keeps_waiting(dataset, letters, monkeypatch):
    services.create_record(dataset, text="before")

    def change_then_embed(texts):
        if not letters.passages:
            services.update_record(DatasetRecord.objects.get(), text="after")
        return LetterEmbedder.embed_passages(letters, texts)

    monkeypatch.setattr(letters, "embed_passages", change_then_embed)
    assert embed_batch(dataset.pk) == 0
    assert waiting(dataset.pk).get().text == "after"
    assert embed_batch(dataset.pk) == 1


def test_a_record_that_cannot_be_embedded_stops_no_other(dataset, letters, monkeypatch, run_tasks, caplog):
    fill(dataset, 3)
    embed = embedding._embed

    def fail_for_one(record, embedder):
        if record.title == "Title 1":
            raise RuntimeError("broken")
        return embed(record, embedder)

    monkeypatch.setattr(embedding, "_embed", fail_for_one)
    tasks.embed_dataset(str(dataset.pk))
    assert [record.title for record in waiting(dataset.pk)] == ["Title 1"]
    assert run_tasks() == 1  # it is tried once more, and not for ever
    assert "could not be embedded" in caplog.text


def test_whatever_waits_is_queued_again(olive, dataset, letters, run_tasks):
    other = services.create_dataset(olive.user)
    for item in (dataset, other):
        fill(item, 1)
    services.create_dataset(olive.user)
    tasks.requeue_embedding()
    assert run_tasks() == 2
    assert embedding.datasets_waiting() == []


def test_a_deleted_dataset_is_no_error(dataset, letters):
    services.delete_dataset(dataset)
    tasks.embed_dataset(str(dataset.pk or "0190a0a0-0000-7000-8000-000000000000"))


def test_searches_see_the_last_batch(dataset, letters):
    fill(dataset, 1)
    before = version_of(dataset.pk)
    embed_batch(dataset.pk)
    assert version_of(dataset.pk) != before
