"""Web addresses of datasets in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from bots import services, sources
from bots.models import Dataset, DatasetSource
from tests.support.website import Website

BASE = "/admin/bots/datasetsource/"


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any, monkeypatch: Any) -> None:
    """Olive and Otto may use the admin; no vectors are computed."""
    monkeypatch.setattr("bots.tasks.embed_batch", lambda _dataset_id: 0)
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


@pytest.fixture
def dataset(olive: Any) -> Dataset:
    """An empty dataset of Olive."""
    return services.create_dataset(olive.user, name="Docs")


@pytest.fixture
def read(run_tasks: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """Call something and do what it queued."""

    def do(call: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            answer = call()
        run_tasks()
        return answer

    return do


def page_of(operator: Any, path: str) -> str:
    answer = operator.browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_address_is_added_and_its_progress_shown(
    olive: Any, dataset: Dataset, website: Website, read: Any
) -> None:
    assert "Add a web address" in page_of(olive, f"/admin/bots/dataset/{dataset.pk}/change/")
    assert str(dataset.pk) in page_of(olive, f"{BASE}add/?dataset={dataset.pk}")
    urls = [website.article("/a", "A", "Text."), website.url("/missing")]
    body = {"dataset": str(dataset.pk), "url": website.sitemap("/sitemap.xml", *urls), "kind": ""}
    answer = read(lambda: olive.browser.post(f"{BASE}add/", body))
    source = DatasetSource.objects.get()
    assert answer.headers["Location"] == f"{BASE}{source.pk}/change/"
    assert (source.kind, source.state) == ("sitemap", "ready")
    page = page_of(olive, f"{BASE}{source.pk}/change/")
    for text in (
        "1 page in the dataset.",
        "1 left out.",
        "answered with status 404",
        urls[1],
        "Synchronize again",
    ):
        assert text in page
    page = page_of(olive, f"/admin/bots/dataset/{dataset.pk}/change/")
    assert source.url in page
    assert "1 page, 1 left out" in page
    assert "1 page, 1 left out" in page_of(olive, BASE)


def test_until_it_is_done_its_page_says_how_far_it_is(olive: Any, dataset: Dataset) -> None:
    source = sources.create_source(dataset, "https://example.com/sitemap.xml")
    page = page_of(olive, f"{BASE}{source.pk}/change/")
    assert "Waiting for its turn." in page
    assert "See how far it is now" in page
    DatasetSource.objects.update(state="running")
    source.pages.create(url="https://example.com/a", state="ready")
    source.pages.create(url="https://example.com/b")
    assert "1 of 2 pages read." in page_of(olive, f"{BASE}{source.pk}/change/")
    assert "1 of 2 pages" in page_of(olive, f"/admin/bots/dataset/{dataset.pk}/change/")


def test_errors_are_shown(olive: Any, dataset: Dataset, website: Website, read: Any) -> None:
    read(lambda: sources.create_source(dataset, website.put("/a", "", status=500)))
    source = DatasetSource.objects.get()
    for path in (f"{BASE}{source.pk}/change/", f"/admin/bots/dataset/{dataset.pk}/change/", BASE):
        assert "The site answered with status 500" in page_of(olive, path)


def test_it_is_synchronized_again(olive: Any, dataset: Dataset, website: Website, read: Any) -> None:
    read(lambda: sources.create_source(dataset, website.article("/a", "A", "Old.")))
    source = DatasetSource.objects.get()
    dataset_list = {"action": "sync_sources", "_selected_action": [str(dataset.pk)]}
    for text, path, body in (
        ("New.", f"{BASE}{source.pk}/sync/", {}),
        ("Newer.", BASE, {"action": "synchronize", "_selected_action": [str(source.pk)]}),
        ("Newest.", "/admin/bots/dataset/", dataset_list),
    ):
        website.article("/a", "A", text)
        assert read(lambda path=path, body=body: olive.browser.post(path, body)).status_code == 302
        assert dataset.records.get().text == text
    sources.delete_source(source)
    assert (
        "no web addresses"
        in olive.browser.post("/admin/bots/dataset/", dataset_list, follow=True).content.decode()
    )


def test_it_is_not_changed_but_deleted_with_its_records(
    olive: Any, dataset: Dataset, website: Website, read: Any
) -> None:
    for path in ("/a", "/b"):
        read(lambda path=path: sources.create_source(dataset, website.article(path, path, "Text.")))
    one, two = DatasetSource.objects.order_by("pk")
    olive.browser.post(f"{BASE}{one.pk}/change/", {"url": "https://example.com/other"})
    one.refresh_from_db()
    assert one.url == website.url("/a")
    assert "with the records of its pages" in page_of(olive, f"{BASE}{one.pk}/delete/")
    olive.browser.post(f"{BASE}{one.pk}/delete/", {"post": "yes"})
    assert dataset.records.get().page.source_id == two.pk
    olive.browser.post(BASE, {"action": "delete_selected", "_selected_action": [str(two.pk)], "post": "yes"})
    assert not dataset.records.exists()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "This field is required"),
        ("ftp://example.com/", "must begin with http:// or https://"),
        ("https://example.com:8443/", "The port 8443 is not allowed"),
        ("https://example.com/there", "is a source of this dataset already"),
    ],
)
def test_refusals_are_messages_at_the_field(olive: Any, dataset: Dataset, url: str, says: str) -> None:
    sources.create_source(dataset, "https://example.com/there")
    answer = olive.browser.post(f"{BASE}add/", {"dataset": str(dataset.pk), "url": url, "kind": ""})
    assert answer.status_code == 200
    assert says in str(answer.context["adminform"].form.errors["url"])
    assert DatasetSource.objects.count() == 1


def test_somebody_elses_is_absent(olive: Any, otto: Any, dataset: Dataset) -> None:
    source = sources.create_source(dataset, "https://example.com/a")
    assert "example.com" not in page_of(otto, BASE)
    assert otto.browser.get(f"{BASE}{source.pk}/change/").status_code == 302
    assert otto.browser.post(f"{BASE}{source.pk}/sync/").status_code == 404
    otto.browser.post(BASE, {"action": "synchronize", "_selected_action": [str(source.pk)]})
    otto.browser.post(
        BASE, {"action": "delete_selected", "_selected_action": [str(source.pk)], "post": "yes"}
    )
    answer = otto.browser.post(
        f"{BASE}add/", {"dataset": str(dataset.pk), "url": "https://example.com/b", "kind": ""}
    )
    assert "dataset" in answer.context["adminform"].form.errors
    assert (DatasetSource.objects.get().run, DatasetSource.objects.count()) == (0, 1)
    assert olive.browser.get(f"{BASE}{source.pk}/sync/").status_code == 405
