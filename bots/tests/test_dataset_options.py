"""The options of a dataset: each is kept, has its effect on a search, and refuses what is not allowed."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync

from bots import search as searching
from bots import services
from bots.embedding import embed_batch
from bots.models import Dataset
from bots.retrieval.result import SearchResult
from bots.search import Indexes, search, search_of
from bots.tests.embedders import LetterEmbedder

OPTIONS: dict[str, Any] = {
    "reranker": "lexical",
    "recordMaxTokens": 300,
    "searchMinScore": 0.25,
    "searchMaxRecords": 3,
    "searchMaxTokens": 2000,
    "matchInstruction": "Quote it.",
    "mismatchInstruction": "Say sorry.",
    "separators": "---,\\n\\n",
    "visibility": "private",
}


@pytest.fixture
def dataset(olive) -> Dataset:
    dataset = services.create_dataset(olive.user, alias="docs")
    services.create_record(dataset, title="Opening hours", text="The shop opens at nine.")
    services.create_record(dataset, title="Returns", text="The shop takes parcels back.")
    services.create_record(dataset, title="Gifts", text="Vouchers have no end.")
    return dataset


def found(operator, **body: Any) -> list[dict[str, Any]]:
    response = operator.post("dataset/docs/search", {"search": "when is it that the shop opens", **body})
    assert response.status_code == 200, response.json()
    assert set(response.json()) == {"id", "records"}
    return response.json()["records"]


def setting(operator, **fields: Any) -> None:
    response = operator.post("dataset/docs/update", fields)
    assert response.status_code == 200, response.json()


def told(dataset: Dataset, query: str) -> str:
    """What a bot is told with what it finds."""
    return search(dataset, query).instruction


def test_options_are_kept_changed_and_unset(olive):
    dataset = olive.post("dataset/create", {**OPTIONS, "store": "elsewhere"}).json()["id"]
    answer = olive.get(f"dataset/{dataset}/fetch").json()
    assert {key: answer[key] for key in OPTIONS} == OPTIONS
    assert answer["store"] == "embedded"
    assert OPTIONS.items() <= olive.get("dataset/list").json()["items"][0].items()
    olive.post(f"dataset/{dataset}/update", {"searchMaxRecords": 4.0, "reranker": "cohere"})
    answer = olive.get(f"dataset/{dataset}/fetch").json()
    assert (answer["searchMaxRecords"], answer["reranker"]) == (4, "cohere")
    olive.post(f"dataset/{dataset}/update", dict.fromkeys([*OPTIONS, "store"]))
    assert set(olive.get(f"dataset/{dataset}/fetch").json()) == {"id", "createdAt", "updatedAt", "store"}


def test_hits_below_the_score_are_left_out(olive, dataset):
    scores = [record["score"] for record in found(olive)]
    assert all(0 <= score <= 1 for score in scores)
    setting(olive, searchMinScore=scores[0])
    assert [record["text"] for record in found(olive)] == ["The shop opens at nine."]
    setting(olive, searchMinScore=1)
    assert found(olive) == []
    setting(olive, searchMinScore=0)
    assert len(found(olive)) == 3


def test_the_number_of_records_is_the_default_of_a_search(olive, dataset):
    setting(olive, searchMaxRecords=2)
    assert len(found(olive)) == 2
    assert len(found(olive, take=3)) == 3
    assert len(found(olive, take=1)) == 1


def test_tokens_of_all_hits_together(olive, dataset):
    texts = [record["text"] for record in found(olive)]
    assert [len(text) for text in texts[:2]] == [23, 28]  # 6 and 7 tokens
    setting(olive, searchMaxTokens=13)
    assert [record["text"] for record in found(olive)] == texts[:2]
    setting(olive, searchMaxTokens=12)
    assert [record["text"] for record in found(olive)] == texts[:1]
    setting(olive, searchMaxTokens=5)
    assert found(olive) == []


def test_a_filter_goes_before_the_limits(olive, dataset):
    services.create_record(dataset, text="The shop, the shop, the shop.", meta={"lang": "de"})
    setting(olive, searchMaxRecords=1, searchMaxTokens=8)
    assert [record["meta"] for record in found(olive, filter={"lang": "de"})] == [{"lang": "de"}]


@pytest.mark.django_db(transaction=True)
def test_a_bot_gets_at_most_so_many(olive, dataset):
    find = search_of(dataset.pk)
    assert find is not None

    def ask() -> SearchResult:
        return async_to_sync(find.__call__)("when the shop opens", take=5)

    assert len(ask().passages) == 3
    setting(olive, searchMaxRecords=2)
    assert len(ask().passages) == 2
    setting(olive, searchMaxTokens=5)
    assert (ask().passages, ask().verdict) == ((), "unknown")


def test_instructions_say_what_was_found(olive, dataset):
    assert told(dataset, "the shop opens") == ""
    setting(olive, matchInstruction="Quote it.", mismatchInstruction="Say sorry.")
    assert told(dataset, "the shop opens at nine") == "Quote it."
    assert told(dataset, "quantum chromodynamics") == "Say sorry."
    setting(olive, searchMinScore=1)
    assert told(dataset, "shop vouchers") == "Say sorry."
    assert "instruction" not in str(olive.post("dataset/docs/search", {"search": "the shop"}).json())
    empty = services.create_dataset(olive.user, mismatch_instruction="Nothing yet.")
    assert told(empty, "x") == "Nothing yet."


@pytest.fixture
def embedded(olive, monkeypatch) -> Dataset:
    """By letters, ABBA and BAAB mean the same; by words they do not."""
    monkeypatch.setattr(searching, "INDEXES", Indexes(LetterEmbedder()))
    dataset = services.create_dataset(olive.user, alias="docs")
    for title, text in (
        ("Zx-77", "qqqq wwww"),
        ("Stone", "notes on the notes"),
        ("Words", "zzzz stone xxxx"),
    ):
        services.create_record(dataset, title=title, text=text)
    while embed_batch(dataset.pk, LetterEmbedder()):
        pass
    return dataset


def test_rerankers_order_by_meaning_by_words_or_by_both(olive, embedded):
    def texts(query: str) -> list[str]:
        return [record["text"] for record in found(olive, search=query)]

    by_default = texts("tones for Zx-77")
    assert by_default[0] == "qqqq wwww"  # a code is found letter by letter
    for name in ("cohere", "", None):
        setting(olive, reranker=name)
        assert texts("tones for Zx-77") == by_default
    setting(olive, reranker="none")
    assert texts("tones for Zx-77")[0] != "qqqq wwww"  # which only shares letters with a code
    setting(olive, reranker="lexical")
    assert texts("xxxx zzzz")[0] == "zzzz stone xxxx"
    scores = [record["score"] for record in found(olive, search="xxxx zzzz")]
    assert (scores[0], scores[-1]) == (1, 0)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"reranker": 5}, "reranker: must be a text"),
        ({"reranker": "r" * 129}, "reranker: must have at most 128 characters"),
        ({"reranker": "a\0b"}, "reranker: "),
        ({"recordMaxTokens": 0}, "recordMaxTokens: must be at least 1"),
        ({"recordMaxTokens": 16_385}, "recordMaxTokens: must be at most 16384"),
        ({"recordMaxTokens": 1.5}, "recordMaxTokens: must be a whole number"),
        ({"recordMaxTokens": "5"}, "recordMaxTokens: must be a whole number"),
        ({"searchMinScore": -0.1}, "searchMinScore: must be at least 0"),
        ({"searchMinScore": 1.1}, "searchMinScore: must be at most 1"),
        ({"searchMinScore": "0.5"}, "searchMinScore: must be a number"),
        ({"searchMinScore": True}, "searchMinScore: must be a number"),
        ({"searchMinScore": 10**400}, "searchMinScore: must be a number"),
        ({"searchMaxRecords": 0}, "searchMaxRecords: must be at least 1"),
        ({"searchMaxRecords": 101}, "searchMaxRecords: must be at most 100"),
        ({"searchMaxRecords": 10**30}, "searchMaxRecords: must be at most 100"),
        ({"searchMaxRecords": True}, "searchMaxRecords: must be a whole number"),
        ({"searchMaxTokens": -1}, "searchMaxTokens: must be at least 1"),
        ({"searchMaxTokens": 1_000_001}, "searchMaxTokens: must be at most 1000000"),
        ({"matchInstruction": 1}, "matchInstruction: must be a text"),
        ({"mismatchInstruction": "\ud800"}, "mismatchInstruction: "),
        ({"separators": ["---"]}, "separators: must be a text"),
        ({"separators": ",".join(map(str, range(51)))}, "separators: must name at most 50 separators"),
        ({"store": 5}, "store: must be a text"),
        ({"store": "a\0b"}, "store: "),
        ({"visibility": "everyone"}, "visibility: must be private, protected or public"),
        ({"visibility": True}, "visibility: must be private, protected or public"),
    ],
)
def test_refused_options(olive, dataset, fields, says):
    for path in ("dataset/create", "dataset/docs/update"):
        response = olive.post(path, {"name": "new", **fields})
        assert response.status_code == 400, response.json()
        assert response.json()["code"] == "BAD_REQUEST"
        assert response.json()["message"].startswith(says), response.json()
    assert Dataset.objects.get().name == ""
