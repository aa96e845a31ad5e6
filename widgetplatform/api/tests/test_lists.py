"""Lists: pages, order, cursors, filters, JSON lines and CSV."""

import csv
import io
import json

import pytest
from django.test import AsyncClient

from accounts.ids import new_id
from bots import services
from bots.models import Blueprint, Bot


@pytest.fixture
def bots(olive) -> list[str]:
    """Ids of 120 bots of Olive's, oldest first."""
    Bot.objects.bulk_create(Bot(owner=olive.user, name=f"bot {number}") for number in range(120))
    return [str(pk) for pk in Bot.objects.order_by("pk").values_list("pk", flat=True)]


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def test_newest_first_a_hundred_at_a_time(olive, bots):
    first = olive.get("bot/list")
    assert ids(first) == bots[:-101:-1]
    assert first.json()["cursor"] == bots[20]
    second = olive.get("bot/list", cursor=first.json()["cursor"])
    assert ids(second) == bots[19::-1]
    assert olive.get("bot/list", cursor=second.json()["cursor"]).json() == {"items": []}


def test_oldest_first(olive, bots):
    assert ids(olive.get("bot/list", order="asc", take=3)) == bots[:3]
    assert ids(olive.get("bot/list", order="asc", take=3, cursor=bots[2])) == bots[3:6]


@pytest.mark.parametrize(
    ("take", "count"),
    [("1", 1), ("100", 100), ("101", 100), ("0", 100), ("x", 100), ("", 100), ("1.5", 100), ("-7", 1)],
)
def test_take(olive, bots, take, count):
    assert len(ids(olive.get("bot/list", take=take))) == count


def test_a_page_survives_the_deletion_of_its_cursor(olive, bots):
    Bot.objects.get(pk=bots[10]).delete()
    assert ids(olive.get("bot/list", cursor=bots[10])) == bots[9::-1]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "1",
        "0190a0a0",
        "5b1a0b0a-1f0e-4a3e-9d5f-0123456789ab",
        "0190a0a0-0000-7000-8000-00000000000g",
        "a\0b",
    ],
)
def test_a_wrong_cursor(olive, cursor):
    response = olive.get("bot/list", cursor=cursor)
    assert (response.status_code, response.json()["code"]) == (400, "BAD_REQUEST")
    assert response.json()["message"].startswith("cursor: ")


def test_a_wrong_order(olive):
    response = olive.get("bot/list", order="up")
    assert response.status_code == 400
    assert response.json()["message"] == "order: must be asc or desc"


def test_meta_filters(olive, otto):
    made = {
        name: str(services.create_bot(olive.user, name=name, meta=meta).pk)
        for name, meta in {
            "a": {"plan": {"name": "pro"}, "live": True, "n": 5},
            "b": {"plan": {"name": "pro"}, "live": False, "n": 5.5},
            "c": {"plan": "pro", "live": "true", "n": "5"},
        }.items()
    }
    services.create_bot(otto.user, meta={"plan": {"name": "pro"}})

    def found(**query: str) -> set[str]:
        return {name for name, pk in made.items() if pk in ids(olive.get("bot/list", **query))}

    assert found(**{"meta.plan.name": "pro"}) == {"a", "b"}
    assert found(**{"meta[plan][name]": "pro"}) == {"a", "b"}
    assert found(**{"meta[plan.name]": "pro"}) == {"a", "b"}
    assert found(**{"meta[plan]": "pro"}) == {"c"}
    assert found(**{"meta.live": "true"}) == {"a", "c"}
    assert found(**{"meta.live": "false"}) == {"b"}
    assert found(**{"meta.n": "5"}) == {"a", "c"}
    assert found(**{"meta.n": "5.5"}) == {"b"}
    assert found(**{"meta.plan.name": "pro", "meta.live": "false"}) == {"b"}
    assert found(**{"meta.plan.name": "no"}) == set()
    assert found(**{"meta.missing": "x", "meta.live": "true"}) == set()
    assert len(ids(olive.get("bot/list", **{"meta.plan.name": "pro"}))) == 2


def test_a_filter_follows_updates(olive):
    bot = services.create_bot(olive.user, meta={"a": "1"})
    olive.post(f"bot/{bot.pk}/update", {"meta": {"a": "2"}})
    assert ids(olive.get("bot/list", **{"meta.a": "1"})) == []
    assert ids(olive.get("bot/list", **{"meta.a": "2"})) == [str(bot.pk)]


def test_pages_of_several_meta_values(olive):
    for number in range(30):
        services.create_bot(
            olive.user, name=str(number), meta={"all": "yes", "even": number % 2 == 0, "third": number % 3 == 0}
        )
    query = {"meta.all": "yes", "meta.even": "true", "meta.third": "true", "take": 2}
    seen, cursor = [], {}
    while items := (answer := olive.get("bot/list", **query, **cursor).json())["items"]:
        seen.append([item["name"] for item in items])
        cursor = {"cursor": answer["cursor"]}
    assert seen == [["24", "18"], ["12", "6"], ["0"]]


@pytest.mark.parametrize("query", [{"meta.a": "\0"}, {"meta.\0": "1"}, {"blueprintId": "\0"}, {"blueprintId": str(new_id())}])
def test_filters_that_nothing_can_match(olive, query):
    services.create_bot(olive.user, meta={"a": "1"})
    assert ids(olive.get("bot/list", **query)) == []


def test_blueprint_filter(olive, otto):
    blueprint = Blueprint.objects.create(owner=olive.user, alias="shop")
    foreign = Blueprint.objects.create(owner=otto.user, alias="theirs")
    bot = services.create_bot(olive.user, blueprint=blueprint)
    services.create_bot(olive.user)
    assert ids(olive.get("bot/list", blueprintId=str(blueprint.pk))) == [str(bot.pk)]
    assert ids(olive.get("bot/list", blueprintId="shop")) == [str(bot.pk)]
    for value in (str(foreign.pk), "theirs", str(new_id()), "a\0b", "Not an id"):
        assert ids(olive.get("bot/list", blueprintId=value)) == []


def test_json_lines_give_every_page(olive, bots):
    response = olive.client.get("/api/v1/bot/list?take=50&order=asc", headers={"accept": "application/jsonl"})
    assert response["Content-Type"].startswith("application/jsonl")
    lines = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
    assert {line["type"] for line in lines} == {"item"}
    assert [line["data"]["id"] for line in lines] == bots
    assert lines[0]["data"] == olive.get(f"bot/{bots[0]}/fetch").json()


def test_json_lines_begin_at_the_cursor_and_end(olive, bots):
    response = olive.client.get(
        f"/api/v1/bot/list?order=asc&cursor={bots[99]}", headers={"accept": "application/jsonl"}
    )
    assert [
        json.loads(line)["data"]["id"] for line in b"".join(response.streaming_content).splitlines()
    ] == bots[100:]
    response = olive.client.get(
        f"/api/v1/bot/list?order=asc&cursor={bots[-1]}", headers={"accept": "application/jsonl"}
    )
    assert b"".join(response.streaming_content) == b""


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"), ("text/html,application/xhtml+xml", "application/json"), ("application/jsonl, */*;q=0.1", "application/jsonl"),
        ("application/json, application/jsonl;q=0.5", "application/json"), ("text/csv", "text/csv"), ("nonsense", "application/json"),
    ],
)  # fmt: skip
def test_the_form_is_chosen_by_accept(olive, accept, kind):
    assert olive.client.get("/api/v1/bot/list", headers={"accept": accept})["Content-Type"].startswith(kind)


def test_csv_is_a_download_that_no_spreadsheet_runs(olive):
    dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
    for name in [*dangerous, 'plain, "quoted"']:
        services.create_bot(olive.user, name=name, meta={"a": "=b"})
    response = olive.client.get("/api/v1/bot/list?order=asc", headers={"accept": "text/csv"})
    assert response["Content-Disposition"] == 'attachment; filename="bots.csv"'
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode(), newline="")))
    assert [row["name"] for row in rows] == [*(f"'{name}" for name in dangerous), 'plain, "quoted"']
    assert rows[0]["meta"] == '{"a": "=b"}'
    assert rows[0]["datasetId"] == ""
    assert rows[0]["createdAt"].isdigit()


@pytest.mark.django_db(transaction=True)
async def test_json_lines_stream_page_by_page_under_asgi(olive, bots):
    headers = {"authorization": f"Bearer {olive.token}", "accept": "application/jsonl"}
    response = await AsyncClient().get("/api/v1/bot/list?take=40", headers=headers)
    chunks = [chunk async for chunk in response.streaming_content]
    assert [len(chunk.splitlines()) for chunk in chunks] == [40, 40, 40]


def test_a_page_reads_one_range_of_an_index(olive, bots, django_assert_num_queries):
    olive.get("bot/list")
    with django_assert_num_queries(2):  # the token, the page
        olive.get("bot/list", cursor=bots[60])
    plan = Bot.objects.filter(owner=olive.user, pk__lt=bots[60]).order_by("-pk")[:100].explain()
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan
