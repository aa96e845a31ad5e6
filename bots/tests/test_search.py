"""Searching a dataset from Python: kept in memory, built again when records changed, from async code too."""

import pytest
from asgiref.sync import sync_to_async

from accounts.ids import new_id
from bots import search as searching
from bots import services
from bots.embedding import embed_batch
from bots.models import Dataset, DatasetRecord
from bots.retrieval.index import Index
from bots.search import Indexes, search, search_of
from bots.tests.embedders import LetterEmbedder
from bots.versions import touch


@pytest.fixture
def built(monkeypatch) -> list[int]:
    """Sizes of the indexes that were built."""
    sizes: list[int] = []

    class Counting(Index):
        def __init__(self, records, embedder):
            sizes.append(len(records))
            super().__init__(records, embedder)

    monkeypatch.setattr(searching, "Index", Counting)
    monkeypatch.setattr(searching, "INDEXES", Indexes(LetterEmbedder(), limit=2))
    return sizes


@pytest.fixture
def dataset(olive) -> Dataset:
    dataset = services.create_dataset(olive.user)
    services.create_record(dataset, title="Hours", text="The shop opens at nine.")
    return dataset


def test_an_index_is_built_once(dataset, built, django_assert_num_queries):
    assert search(dataset, "when does the shop open").passages[0].title == "Hours"
    with django_assert_num_queries(1):
        search(dataset, "the shop")
    assert built == [1]


def test_any_change_of_the_records_builds_it_again(dataset, built):
    search(dataset, "x")
    record = services.create_record(dataset, text="Zebras graze.")
    assert search(dataset, "zebras graze").passages[0].text == "Zebras graze."
    services.update_record(record, meta={"a": 1})
    search(dataset, "x")
    services.delete_record(record)
    search(dataset, "x")
    while embed_batch(dataset.pk, LetterEmbedder()):
        search(dataset, "x")
    assert built == [1, 2, 2, 1, 1, 1, 1]


def test_another_process_is_noticed_by_the_version(dataset, built):
    search(dataset, "x")
    DatasetRecord.objects.update(text="Written elsewhere.")
    touch(dataset.pk)
    assert search(dataset, "written elsewhere").passages[0].text == "Written elsewhere."


def test_the_least_used_is_dropped(olive, dataset, built):
    others = [services.create_dataset(olive.user) for _ in range(2)]
    for item in (dataset, others[0], dataset, others[1], dataset, others[0]):
        search(item, "x")
    assert built == [1, 0, 0, 0]


def test_vectors_are_used_when_they_are_there(dataset, built):
    for _stage in ("titles", "bodies", "sentences"):
        assert embed_batch(dataset.pk, LetterEmbedder()) == 1
        result = search(dataset, "The shop opens at nine.")
        assert result.passages[0].title == "Hours"
        assert result.familiarity != 0


def test_a_new_record_is_found_by_its_meaning_at_once(dataset, built):
    assert search(dataset, "hours").familiarity != 0
    assert dataset.records.get().vectors is None, "storing them is the task's work"
    services.create_record(dataset, title="Other", text="Zebras graze.")
    assert search(dataset, "zebras").familiarity != 0


def test_many_new_records_are_found_by_words_until_they_are_embedded(dataset, built, monkeypatch):
    monkeypatch.setattr(searching, "NEWEST_CHARACTERS", 30)
    assert search(dataset, "the shop opens").passages[0].title == "Hours"
    assert search(dataset, "the shop opens").familiarity == 0


def test_titles_of_a_text_that_changed_since_are_not_used(dataset, built, monkeypatch):
    monkeypatch.setattr(searching, "NEWEST_CHARACTERS", 0)
    embed_batch(dataset.pk, LetterEmbedder())
    services.update_record(dataset.records.get(), title="Closing")
    assert search(dataset, "hours").familiarity == 0


def test_datasets_do_not_mix(olive, otto, dataset, built):
    other = services.create_dataset(otto.user)
    assert search(other, "shop").passages == ()
    assert search(other, "shop").verdict == "empty"


def test_without_a_dataset_there_is_no_search():
    assert search_of(None) is None


@pytest.mark.django_db(transaction=True)
async def test_from_async_code(olive, built):
    dataset = await sync_to_async(services.create_dataset)(olive.user)
    await sync_to_async(services.create_record)(dataset, title="Hours", text="The shop opens at nine.")
    find = search_of(dataset.pk)
    assert (await find("the shop opens", take=1)).passages[0].title == "Hours"
    assert (await find("and when?", previous="the shop")).passages
    await sync_to_async(services.delete_dataset)(dataset)
    assert (await find("the shop")).verdict == "empty"
    assert (await search_of(new_id())("x")).passages == ()
    assert built == [1]
