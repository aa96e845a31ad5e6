"""POST /api/v1/dataset/{id}/search: what is found, filters, refusals."""

import pytest

from bots import services


@pytest.fixture
def dataset(olive):
    dataset = services.create_dataset(olive.user, alias="docs")
    services.create_record(
        dataset,
        title="Opening hours",
        text="The shop opens at nine.",
        url="https://example.com/h",
        meta={"lang": "en", "year": 2024, "live": True},
    )
    services.create_record(
        dataset,
        title="Returns",
        text="Send parcels back within thirty days.",
        meta={"lang": "en", "year": 2020},
    )
    services.create_record(
        dataset,
        title="Öffnungszeiten",
        text="Der Laden öffnet um neun; the shop opens.",
        meta={"lang": "de", "year": 2024.5},
    )
    return dataset


def found(operator, **body) -> list[dict]:
    response = operator.post("dataset/docs/search", body)
    assert response.status_code == 200, response.json()
    assert set(response.json()) == {"id", "records"}
    return response.json()["records"]


def test_best_first(olive, dataset):
    records = found(olive, search="opening hours of the shop")
    assert records[0]["text"] == "The shop opens at nine."
    assert (records[0]["source"], records[0]["meta"]["lang"]) == ("https://example.com/h", "en")
    assert [record["score"] for record in records] == sorted(
        (record["score"] for record in records), reverse=True
    )
    assert "source" not in next(record for record in records if record["text"].startswith("Send"))
    assert len(found(olive, search="shop", take=1)) == 1


def test_the_answer_follows_changes_at_once(olive, dataset):
    assert "Zebra" not in str(found(olive, search="zebra"))
    record = services.create_record(dataset, text="Zebras graze.")
    assert found(olive, search="zebra zebras")[0]["id"] == str(record.pk)
    services.update_record(record, text="Lions roar.")
    assert found(olive, search="lions roar")[0]["text"] == "Lions roar."
    services.delete_record(record)
    assert str(record.pk) not in {item["id"] for item in found(olive, search="lions roar")}


@pytest.mark.parametrize(
    ("conditions", "titles"),
    [
        ({"lang": "de"}, 1), ({"lang": "en"}, 2), ({"lang": {"$ne": "en"}}, 1), ({"year": {"$gte": 2024}}, 2), ({"year": {"$gt": 2024}}, 1),
        ({"year": {"$lt": 2024}}, 1), ({"year": {"$lte": 2020}}, 1), ({"lang": "en", "year": 2024}, 1), ({"live": True}, 1), ({"live": 1}, 0),
        ({"live": {"$ne": True}}, 2), ({"missing": "x"}, 0), ({"year": "2024"}, 0), ({}, 3),
    ],
)  # fmt: skip
def test_filters(olive, dataset, conditions, titles):
    assert len(found(olive, search="the shop", filter=conditions)) == titles


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "search: is required"), ({"search": None}, "search: must be a text"), ({"search": ""}, "search: must not be empty"), ({"search": 5}, "search: must be a text"),
        ({"search": "x", "filter": []}, "filter: must be an object"), ({"search": "x", "filter": {"a": {"$in": [1]}}}, "filter: a: must be a value or an object with one of $eq"),
        ({"search": "x", "filter": {"a": {"$gt": "1"}}}, "filter: a: $gt needs a number"), ({"search": "x", "filter": {"a": [1]}}, "filter: a: must be a text, a number"),
        ({"search": "x", "filter": {"a": None}}, "filter: a: must be"), ({"search": "x", "take": 21}, "take: must be at most 20"), ({"search": "x", "take": "5"}, "take: must be a whole number"),
    ],
)  # fmt: skip
def test_refusals(olive, dataset, body, says):
    response = olive.post("dataset/docs/search", body)
    assert response.status_code == 400
    assert response.json()["message"].startswith(says), response.json()


def test_an_empty_dataset(olive):
    services.create_dataset(olive.user, alias="docs")
    assert found(olive, search="anything") == []


def test_somebody_elses(otto, dataset):
    assert otto.post("dataset/docs/search", {"search": "x"}).status_code == 404
    assert otto.post(f"dataset/{dataset.pk}/search", {"search": "x"}).status_code == 404
