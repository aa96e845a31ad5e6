"""Embedding in the background: batches that queue themselves, idempotent, nothing lost by changes in between."""

import pytest
from django.core.cache import cache

from bots import embedding, services, staging, tasks
from bots.embedding import BATCH, TITLES_BATCH, embed_batch, waiting
from bots.models import DatasetRecord
from bots.retrieval.vectors import is_current, plan_record
from bots.tests.embedders import LetterEmbedder
from bots.versions import state_of


@pytest.fixture
def letters(monkeypatch) -> LetterEmbedder:
    embedder = LetterEmbedder()
    monkeypatch.setattr(embed_batch, "__defaults__", (embedder,))
    return embedder


@pytest.fixture
def dataset(olive):
    return services.create_dataset(olive.user)


def embed_all(dataset) -> int:
    """Batches until nothing is left to do; how many there were."""
    batches = 0
    while embed_batch(dataset.pk):
        batches += 1
    return batches


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
    assert run_tasks() == 3
    record.refresh_from_db()
    assert is_current(record.vectors, plan_record("Hours", "We open at nine.", ["When?"]), letters.name)


def test_many_records_are_done_in_batches(dataset, letters, run_tasks):
    fill(dataset, TITLES_BATCH + 1)
    tasks.embed_dataset.delay(str(dataset.pk))
    batches = -(-(TITLES_BATCH + 1) // BATCH)
    assert run_tasks() == 2 + 2 * batches
    assert not waiting(dataset.pk).exists()


def test_titles_of_all_come_first_then_bodies_then_sentences(dataset, letters):
    fill(dataset, 3)
    DatasetRecord.objects.update(alternatives=["Other words"])
    assert embed_batch(dataset.pk) == 3
    assert letters.passages == [text for n in range(3) for text in (f"Title {n}", "Other words")]
    assert embed_batch(dataset.pk) == 3
    assert letters.passages[6:] == [f"Title {n}\nText {n}." for n in range(3)]
    assert waiting(dataset.pk).count() == 3  # ready means completely
    letters.passages.clear()
    assert embed_batch(dataset.pk) == 3
    assert letters.passages == []  # the only sentence is the body, and the other words are known
    record = DatasetRecord.objects.get(title="Title 1")
    assert is_current(record.vectors, plan_record("Title 1", "Text 1.", ["Other words"]), letters.name)


def test_new_records_get_their_titles_before_older_ones_their_bodies(dataset, letters):
    fill(dataset, 1)
    embed_batch(dataset.pk)
    services.create_record(dataset, title="Newcomer", text="New.")
    embed_batch(dataset.pk)
    assert letters.passages[-1] == "Newcomer"


def test_what_was_kept_meanwhile_can_be_lost(dataset, letters):
    fill(dataset, 1)
    embed_batch(dataset.pk)
    cache.clear()
    assert embed_all(dataset) == 3
    assert waiting(dataset.pk).count() == 0


def test_nothing_is_kept_meanwhile_when_all_are_complete(dataset, letters):
    fill(dataset, 1)
    embed_batch(dataset.pk)
    assert len(staging.read(dataset.pk, letters.name)) == 1
    embed_all(dataset)
    assert staging.read(dataset.pk, letters.name) == {}


def test_it_is_idempotent(dataset, letters):
    fill(dataset, 2)
    assert embed_all(dataset) == 3
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
    assert run_tasks() == 2
    assert waiting(dataset.pk).count() == 0


def test_a_change_of_the_text_drops_the_vectors_and_no_other_change_does(dataset, letters):
    services.create_record(dataset, title="Hours", text="We open at nine.")
    embed_all(dataset)
    record = DatasetRecord.objects.defer("vectors").get()
    services.update_record(record, url="/hours", meta={"a": 1}, text="We open at nine.")
    assert waiting(dataset.pk).count() == 0
    for change in ({"text": "We open at ten."}, {"title": "Opening"}, {"alternatives": ["When?"]}):
        services.update_record(DatasetRecord.objects.get(), **change)
        assert waiting(dataset.pk).count() == 1
        embed_all(dataset)
        assert waiting(dataset.pk).count() == 0


def test_a_record_that_changes_meanwhile_keeps_waiting(dataset, letters, monkeypatch):
    services.create_record(dataset, text="before")

    def change_then_embed(texts):
        if texts:  # whatever the stage
            services.update_record(DatasetRecord.objects.get(), text="after")
        return LetterEmbedder.embed_passages(letters, texts)

    embed_batch(dataset.pk)
    with monkeypatch.context() as patch:
        patch.setattr(letters, "embed_passages", change_then_embed)
        embed_batch(dataset.pk)
    assert waiting(dataset.pk).get().text == "after"
    assert embed_all(dataset) == 3
    record = DatasetRecord.objects.get()
    assert is_current(record.vectors, plan_record("", "after"), letters.name)


def test_a_record_that_cannot_be_embedded_stops_no_other(dataset, letters, monkeypatch, run_tasks, caplog):
    fill(dataset, 3)

    def fail_for_one(texts):
        if any("Title 1" in text for text in texts):
            raise RuntimeError("broken")
        return LetterEmbedder.embed_passages(letters, texts)

    monkeypatch.setattr(letters, "embed_passages", fail_for_one)
    tasks.embed_dataset(str(dataset.pk))
    assert run_tasks() == 3  # it is tried once more, and not for ever
    assert [record.title for record in waiting(dataset.pk)] == ["Title 1"]
    assert "could not be embedded" in caplog.text


def test_whatever_waits_is_queued_again(olive, dataset, letters, run_tasks):
    other = services.create_dataset(olive.user)
    for item in (dataset, other):
        fill(item, 1)
    services.create_dataset(olive.user)
    tasks.requeue_embedding()
    assert run_tasks() == 6
    assert embedding.datasets_waiting() == []


def test_a_deleted_dataset_is_no_error(dataset, letters):
    services.delete_dataset(dataset)
    tasks.embed_dataset(str(dataset.pk or "0190a0a0-0000-7000-8000-000000000000"))


def test_searches_see_the_end_of_each_stage(dataset, letters):
    fill(dataset, 1)
    versions = {state_of(dataset.pk)[0]}
    while embed_batch(dataset.pk):
        versions.add(state_of(dataset.pk)[0])
    assert len(versions) == 4
