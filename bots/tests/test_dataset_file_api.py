"""/api/v1/dataset/{id}/file/…: attach, list, sync and detach, and what becomes of the records."""

from io import BytesIO
from typing import Any

import pytest

from accounts.ids import new_id
from bots import dataset_files, services
from bots.embedding import embed_batch
from bots.models import DatasetFile, DatasetRecord
from bots.tests.embedders import LetterEmbedder
from files.models import File
from files.services import create_file, store_content

GUIDE = b"# Guide\n\n## Hours\n\nAt nine.\n\n## Returns\n\nWithin May.\n"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    """Files go to a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def dataset(olive) -> Any:
    return services.create_dataset(olive.user, alias="docs")


def file_of(operator, data: bytes | None = GUIDE, filename: str = "guide.md", **fields: Any) -> File:
    file = create_file(operator.user, **fields)
    if data is not None:
        store_content(file, BytesIO(data), filename)
    return file


@pytest.fixture
def file(olive) -> File:
    return file_of(olive, name="Guide", alias="guide")


@pytest.fixture
def post(olive, run_tasks, django_capture_on_commit_callbacks, monkeypatch):
    """POST as Olive and do what was queued, without computing vectors."""
    monkeypatch.setattr("bots.tasks.embed_batch", lambda _dataset_id: 0)

    def do(path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        with django_capture_on_commit_callbacks(execute=True):
            response = olive.post(f"dataset/docs/file/{path}", body)
        assert response.status_code == 200, response.json()
        run_tasks()
        return response.json()

    return do


def texts(dataset) -> list[str]:
    return list(dataset.records.order_by("pk").values_list("text", flat=True))


def test_attached_files_become_records(olive, dataset, file, post):
    assert post(f"{file.pk}/attach", {"type": "source"}) == {"id": str(file.pk)}
    assert texts(dataset) == ["At nine.", "Within May."]
    item = olive.get("dataset/docs/file/list").json()["items"][0]
    assert item.pop("syncedAt") >= item["createdAt"]
    del item["createdAt"], item["updatedAt"]
    assert item == {"id": str(file.pk), "name": "Guide", "alias": "guide", "state": "ready"}
    record = olive.get("dataset/docs/record/list", order="asc").json()["items"][0]
    assert (record["title"], record["fileId"]) == ("Guide › Hours", str(file.pk))
    assert olive.post("dataset/docs/search", {"search": "at nine"}).json()["records"][0]["text"] == "At nine."


def test_until_then_a_file_is_pending_and_attaching_again_changes_nothing(olive, dataset, file, post):
    for body in ({}, {"type": None}, {"unknown": 1}):
        assert olive.post(f"dataset/docs/file/{file.pk}/attach", body).json() == {"id": str(file.pk)}
    assert olive.get("dataset/docs/file/list").json()["items"][0]["state"] == "pending"
    assert DatasetFile.objects.count() == 1
    post("guide/sync")
    post("guide/attach")
    assert texts(dataset) == ["At nine.", "Within May."]


def test_what_was_lost_on_its_way_is_queued_again(olive, dataset, file, run_tasks, monkeypatch):
    monkeypatch.setattr("bots.tasks.embed_batch", lambda _dataset_id: 0)
    dataset_files.attach(dataset, file)
    from bots import tasks

    tasks.requeue_embedding()
    run_tasks()
    assert texts(dataset) == ["At nine.", "Within May."]
    assert dataset_files.pending() == []


def test_sync_replaces_what_changed_and_keeps_the_vectors_of_the_rest(olive, dataset, file, post):
    services.create_record(dataset, text="By hand.")
    post(f"{file.pk}/attach")
    while embed_batch(dataset.pk, LetterEmbedder()):
        pass
    store_content(
        file, BytesIO(GUIDE.replace(b"Within May", b"Within June") + b"\n## New\n\nNews.\n"), "guide.md"
    )
    assert post(f"{file.pk}/sync") == {"id": str(file.pk)}
    vectors = dict(dataset.records.values_list("text", "vectors"))
    assert set(vectors) == {"By hand.", "At nine.", "Within June.", "News."}
    assert {text for text, packed in vectors.items() if packed} == {"By hand.", "At nine."}
    store_content(file, BytesIO(b"## Hours\n\nAt ten."), "guide.md")
    post("guide/sync")
    assert set(texts(dataset)) == {"By hand.", "At ten."}


def test_the_dataset_says_how_texts_are_cut(olive, dataset, post):
    services.update_dataset(dataset, separators=r"\n---\n", record_max_tokens=3)
    notes = file_of(olive, b"one\n---\ntwo and three four", "notes.txt")
    post(f"{notes.pk}/attach")
    assert texts(dataset) == ["one", "two and", "three four"]


def test_tables_keep_their_quotes_and_lines(olive, dataset, post):
    faq = file_of(
        olive, 'question;answer\n"Say ""hi""?";"One.\n\nTwo; äöü."\n'.encode("utf-8-sig"), "faq.csv"
    )
    post(f"{faq.pk}/attach")
    assert dataset.records.values_list("title", "text").get() == ('Say "hi"?', "One.\n\nTwo; äöü.")


def test_headings_of_other_formats_are_titles(olive, dataset, post):
    page = file_of(
        olive, b"<html><h1>Shop</h1><h2>Hours</h2><p>At nine.</p><h2>Returns</h2><p>In May.</p>", "a.html"
    )
    post(f"{page.pk}/attach")
    assert set(dataset.records.values_list("title", "text")) == {
        ("Shop \u203a Hours", "At nine."),
        ("Shop \u203a Returns", "In May."),
    }


@pytest.mark.parametrize(
    ("data", "filename", "says"),
    [
        (None, "", "There is no content yet"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture.png", "has no text"),
        (b"  \n ", "blank.txt", "There is no text in the file"),
        (b"question,answer\nWhen?,\n", "faq.csv", "Left out: line 2: answer empty"),
    ],
)
def test_what_cannot_become_records_says_why(olive, dataset, post, data, filename, says):
    kept = file_of(olive, data, filename)
    post(f"{kept.pk}/attach")
    item = olive.get("dataset/docs/file/list").json()["items"][0]
    assert item["state"] == "failed"
    assert says in item["error"]
    assert "syncedAt" not in item
    store_content(kept, BytesIO(GUIDE), "guide.md")
    post(f"{kept.pk}/sync")
    item = olive.get("dataset/docs/file/list").json()["items"][0]
    assert (item["state"], item.get("error")) == ("ready", None)


def test_a_failure_keeps_the_records_of_before(olive, dataset, file, post, monkeypatch):
    post(f"{file.pk}/attach")
    monkeypatch.setattr(dataset_files, "MAX_FILE_RECORDS", 1)
    post(f"{file.pk}/sync")
    link = DatasetFile.objects.get()
    assert (link.state, link.error) == ("failed", "The file gives 2 records; at most 1 are allowed")
    monkeypatch.setattr(dataset_files, "import_file_text", lambda *_: 1 / 0)
    post(f"{file.pk}/sync")
    link.refresh_from_db()
    assert (link.state, link.error) == ("failed", "Something went wrong on our side")
    assert len(texts(dataset)) == 2


def test_rows_that_are_left_out_are_told(olive, dataset, post):
    faq = file_of(olive, b"question,answer\nWhen?,At nine.\nWhere?,\n", "faq.csv")
    post(f"{faq.pk}/attach")
    item = olive.get("dataset/docs/file/list").json()["items"][0]
    assert (item["state"], item["error"]) == ("ready", "Left out: line 3: answer empty")


@pytest.mark.parametrize(
    ("body", "left"),
    [({}, 2), ({"deleteRecords": False}, 2), ({"deleteRecords": None}, 2), ({"deleteRecords": True}, 0)],
)
def test_detach(olive, dataset, file, post, body, left):
    post(f"{file.pk}/attach")
    assert post(f"{file.pk}/detach", body) == {"id": str(file.pk)}
    assert olive.get("dataset/docs/file/list").json() == {"items": []}
    assert len(olive.post("dataset/docs/search", {"search": "nine may"}).json()["records"]) == left
    assert not DatasetRecord.objects.exclude(file=None).exists()
    assert File.objects.filter(pk=file.pk).exists()
    post(f"{file.pk}/attach")
    assert len(texts(dataset)) == left + 2  # records that stayed are the operator's own


def test_a_file_that_is_detached_while_it_is_read_leaves_nothing(olive, dataset, file, monkeypatch):
    link = dataset_files.attach(dataset, file)
    read = dataset_files.import_file_text

    def detached_meanwhile(*arguments: Any) -> Any:
        dataset_files.detach(link)
        return read(*arguments)

    monkeypatch.setattr(dataset_files, "import_file_text", detached_meanwhile)
    dataset_files.sync(link.pk)
    assert texts(dataset) == []


def test_what_changes_while_it_is_read_is_read_again(olive, dataset, file, monkeypatch):
    link = dataset_files.attach(dataset, file)
    read = dataset_files.import_file_text
    news = [b"## Hours\n\nAt ten.", b"## Hours\n\nAt eleven."]

    def changed_meanwhile(*arguments: Any) -> Any:
        if news:
            store_content(File.objects.get(), BytesIO(news.pop(0)), "guide.md")
            dataset_files.attach(dataset, file)
        return read(*arguments)

    monkeypatch.setattr(dataset_files, "import_file_text", changed_meanwhile)
    dataset_files.sync(link.pk)
    assert texts(dataset) == ["At eleven."]
    link.refresh_from_db()
    assert (link.state, news) == ("ready", [])


def test_deleting_the_file_keeps_its_records(olive, dataset, file, post):
    post(f"{file.pk}/attach")
    file.delete()
    assert len(texts(dataset)) == 2
    assert olive.get("dataset/docs/file/list").json() == {"items": []}


def test_a_file_of_two_datasets_has_a_state_in_each(olive, dataset, file, post):
    other = services.create_dataset(olive.user)
    dataset_files.attach(other, file)
    post(f"{file.pk}/attach")
    for item, state in ((dataset, "ready"), (other, "pending")):
        rows = olive.get(f"dataset/{item.pk}/file/list").json()["items"]
        assert [row["state"] for row in rows] == [state]
    assert not other.records.exists()


def test_pages_of_files(olive, dataset, post):
    files = [file_of(olive, None, meta={"n": str(number)}) for number in range(3)]
    for each in files:
        dataset_files.attach(dataset, each)
    page = olive.get("dataset/docs/file/list", take=2).json()
    assert [item["id"] for item in page["items"]] == [str(files[2].pk), str(files[1].pk)]
    page = olive.get("dataset/docs/file/list", take=2, cursor=page["cursor"]).json()
    assert [item["id"] for item in page["items"]] == [str(files[0].pk)]
    assert [
        item["id"] for item in olive.get("dataset/docs/file/list", **{"meta.n": "1"}).json()["items"]
    ] == [str(files[1].pk)]


@pytest.mark.parametrize(
    ("verb", "body", "says"),
    [
        ("attach", {"type": "sink"}, "type: must be source"),
        ("attach", {"type": 5}, "type: must be source"),
        ("detach", {"deleteRecords": "yes"}, "deleteRecords: must be true or false"),
    ],
)
def test_refusals(olive, dataset, file, verb, body, says):
    dataset_files.attach(dataset, file)
    response = olive.post(f"dataset/docs/file/{file.pk}/{verb}", body)
    assert (response.status_code, response.json()["message"]) == (400, says)
    assert DatasetFile.objects.count() == 1


def test_other_peoples_and_missing_things_are_the_same(olive, otto, dataset, file):
    theirs = services.create_dataset(otto.user, alias="theirs", visibility="public")
    foreign = file_of(otto, None, visibility="public")
    answers = set()
    for path in (
        f"docs/file/{foreign.pk}",
        f"docs/file/{new_id()}",
        f"docs/file/{file.pk}",
        "docs/file/a%00b",
    ):
        for verb in ("attach", "detach", "sync"):
            if (path, verb) != (f"docs/file/{file.pk}", "attach"):
                answers.add(olive.post(f"dataset/{path}/{verb}").content)
    assert len(answers) == 1
    missing = {
        olive.post(f"dataset/{name}/file/{file.pk}/attach").content
        for name in (theirs.pk, "theirs", new_id())
    }
    missing |= {olive.get(f"dataset/{name}/file/list").content for name in (theirs.pk, "theirs", new_id())}
    assert len(missing) == 1
    assert not DatasetFile.objects.exists()


def test_records_are_exported_in_every_form(olive, dataset):
    for number in range(3):
        services.create_record(dataset, text=f"=Text {number}")
    assert olive.get("dataset/docs/record/export").json() == olive.get("dataset/docs/record/list").json()
    response = olive.client.get("/api/v1/dataset/docs/record/export", headers={"accept": "text/csv"})
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert len(lines) == 4
    assert "'=Text 2" in lines[1]
    response = olive.client.get("/api/v1/dataset/docs/record/export", headers={"accept": "application/jsonl"})
    assert b"".join(response.streaming_content).count(b'"type":"item"') == 3
