"""/api/v1/dataset/… and /record/…: verbs, source, alternatives, other owners and other datasets."""

import json

import pytest

from accounts.ids import new_id
from bots.models import DatasetRecord


def post(operator, path: str, body: dict | None = None) -> str:
    response = operator.post(path, body)
    assert response.status_code == 200, response.json()
    return response.json()["id"]


def refused(response, status: int) -> str:
    assert response.status_code == status, response.content
    assert set(response.json()) == {"message", "code"}
    return response.json()["message"]


@pytest.fixture
def dataset(olive) -> str:
    return post(olive, "dataset/create", {"name": "Docs", "alias": "docs"})


def test_dataset_verbs(olive, dataset):
    answer = olive.get("dataset/docs/fetch").json()
    assert {key: answer[key] for key in ("id", "name", "alias", "store")} == {
        "id": dataset,
        "name": "Docs",
        "alias": "docs",
        "store": "embedded",
    }
    post(olive, f"dataset/{dataset}/update", {"name": None, "store": "elsewhere"})
    assert "name" not in olive.get("dataset/docs/fetch").json()
    assert [item["id"] for item in olive.get("dataset/list").json()["items"]] == [dataset]
    post(olive, "dataset/docs/record/create", {"text": "x"})
    post(olive, "dataset/docs/delete")
    assert not DatasetRecord.objects.exists()


def test_record_verbs(olive, dataset):
    fields = {
        "title": "Hours",
        "text": "We are *open* from 9 to 5.\n",
        "source": "https://example.com/hours",
        "alternatives": ["When are you open?"],
        "meta": {"lang": "en"},
    }
    record = post(olive, "dataset/docs/record/create", fields)
    path = f"dataset/{dataset}/record/{record}"
    answer = olive.get(f"{path}/fetch").json()
    assert {answer.pop("id")} == {record}
    assert answer.pop("createdAt") <= answer.pop("updatedAt")
    assert answer == fields
    post(
        olive,
        f"{path}/update",
        {"text": "Closed.", "source": None, "alternatives": None, "meta": {"lang": None, "a": 1}},
    )
    answer = olive.get(f"{path}/fetch").json()
    assert (answer["text"], answer["title"], answer["meta"]) == ("Closed.", "Hours", {"a": 1})
    assert "source" not in answer
    assert "alternatives" not in answer
    assert [item["id"] for item in olive.get("dataset/docs/record/list").json()["items"]] == [record]
    post(olive, f"{path}/delete")
    refused(olive.get(f"{path}/fetch"), 404)
    assert olive.get("dataset/docs/record/list").json() == {"items": []}


@pytest.mark.parametrize(
    "text", ["What we **sell**", "ÄÖÜ 你好 👍", " \n indented\n", "<script>alert(1)</script>", "a" * 65_536]
)
def test_texts_are_kept_as_they_are(olive, dataset, text):
    record = post(olive, "dataset/docs/record/create", {"text": text})
    assert olive.get(f"dataset/docs/record/{record}/fetch").json()["text"] == text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "text: is required"), ({"text": None}, "text: must be a text"), ({"text": 5}, "text: must be a text"), ({"text": ""}, "text: must not be empty"),
        ({"text": "a" * 65_537}, "text: must have at most 65536 bytes"), ({"text": "a\0"}, "text: "), ({"text": "\udc00"}, "text: "),
        ({"text": "x", "source": "ftp://x.example"}, "source: must be an http or https address"),
        ({"text": "x", "source": "javascript:alert(1)"}, "source: must be an http or https address"),
        ({"text": "x", "title": "t" * 301}, "title: must have at most 300 characters"),
        ({"text": "x", "alternatives": "y"}, "alternatives: must be a list of texts"), ({"text": "x", "alternatives": [1]}, "alternatives[0]: must be a text"),
        ({"text": "x", "alternatives": ["y"] * 30}, "alternatives: must have at most 22 texts"), ({"text": "x", "meta": [1]}, "meta: must be an object"),
        ({"text": "x", "meta": {"_a": 1}}, "meta: keys must not begin with _"),
    ],
)  # fmt: skip
def test_refused_fields(olive, dataset, fields, says):
    message = refused(olive.post("dataset/docs/record/create", fields), 400)
    assert message.startswith(says), message
    assert not DatasetRecord.objects.exists()


def test_a_record_is_reached_through_its_own_dataset_only(olive, otto, dataset):
    record = post(olive, "dataset/docs/record/create", {"text": "mine"})
    other = post(olive, "dataset/create")
    foreign = post(otto, "dataset/create", {"alias": "docs"})
    for operator, path in ((olive, f"{other}/record/{record}"), (otto, f"{dataset}/record/{record}"), (otto, f"{foreign}/record/{record}"),
                           (otto, f"docs/record/{record}"), (olive, f"docs/record/{new_id()}"), (olive, "docs/record/docs"), (olive, f"{new_id()}/record/{record}")):  # fmt: skip
        refused(operator.get(f"dataset/{path}/fetch"), 404)
        refused(operator.post(f"dataset/{path}/update", {"text": "theirs"}), 404)
        refused(operator.post(f"dataset/{path}/delete"), 404)
    refused(otto.get(f"dataset/{dataset}/record/list"), 404)
    refused(otto.post(f"dataset/{dataset}/record/create", {"text": "x"}), 404)
    assert DatasetRecord.objects.get().text == "mine"


def test_lists_do_not_read_vectors(olive, dataset, django_assert_num_queries):
    post(olive, "dataset/docs/record/create", {"text": "x"})
    olive.get("bot/list")
    with django_assert_num_queries(3) as queries:  # the token, the dataset, the page
        olive.get("dataset/docs/record/list")
    assert "vectors" not in queries[-1]["sql"]


def test_records_as_json_lines(olive, dataset):
    for number in range(3):
        post(olive, "dataset/docs/record/create", {"text": f"text {number}"})
    response = olive.client.get(
        "/api/v1/dataset/docs/record/list?take=2&order=asc", headers={"accept": "application/jsonl"}
    )
    assert [
        json.loads(line)["data"]["text"] for line in b"".join(response.streaming_content).splitlines()
    ] == ["text 0", "text 1", "text 2"]
