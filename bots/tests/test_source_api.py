"""/api/v1/dataset/{id}/source/…: create, list, fetch, sync and delete, and what becomes of the records."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts.ids import new_id
from bots import services, source_pages, source_sync, tasks
from bots.models import DatasetRecord, DatasetSource, SourcePage
from tests.support.website import Website


@pytest.fixture(autouse=True)
def without_vectors(monkeypatch: Any) -> None:
    """Nothing is computed."""
    monkeypatch.setattr("bots.tasks.embed_batch", lambda _dataset_id: 0)


@pytest.fixture
def dataset(olive) -> Any:
    return services.create_dataset(olive.user, alias="docs")


@pytest.fixture
def post(olive, dataset, run_tasks, django_capture_on_commit_callbacks):
    """POST as Olive and do what was queued."""

    def do(path: str, body: dict[str, Any] | None = None) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            response = olive.post(f"dataset/docs/source/{path}", body)
        assert response.status_code == 200, response.json()
        run_tasks()
        return response.json()["id"]

    return do


@pytest.fixture
def fetch(olive):
    return lambda pk: olive.get(f"dataset/docs/source/{pk}/fetch").json()


def texts(dataset) -> list[str]:
    return list(dataset.records.order_by("title").values_list("text", flat=True))


def counts(**pages: int) -> dict[str, int]:
    return {"pending": 0, "ready": 0, "skipped": 0, "failed": 0, **pages}


def test_a_page_becomes_records(olive, dataset, website: Website, post, fetch):
    page = "<h1>Help</h1><h2 id=hours>Hours</h2><p>At <b>nine</b>.</p><h2>Returns</h2><p>In May, see <a href=/x>X</a>.</p>"
    url = website.put("/help", f"<html><title>T</title><nav>Menu</nav>{page}<footer>Imprint</footer></html>")
    pk = post("create", {"url": f"{url}#top"})
    found = fetch(pk)
    assert found.pop("syncedAt") >= found.pop("createdAt")
    assert found == {"id": pk, "url": url, "kind": "page", "state": "ready", "pages": counts(ready=1)}
    assert list(dataset.records.order_by("pk").values_list("title", "text", "url")) == [
        ("Help › Hours", "At **nine**.", f"{url}#hours"),
        ("Help › Returns", f"In May, see [X]({website.url('/x')}).", url),
    ]
    assert (
        olive.post("dataset/docs/search", {"search": "nine"}).json()["records"][0]["source"] == f"{url}#hours"
    )
    item = olive.get("dataset/docs/source/list").json()["items"][0]
    assert (item["id"], item["pages"]) == (pk, counts(ready=1))


def test_until_then_it_is_pending(olive, dataset, website: Website):
    pk = olive.post("dataset/docs/source/create", {"url": website.url("/a"), "kind": None}).json()["id"]
    found = olive.get(f"dataset/docs/source/{pk}/fetch").json()
    assert (found["state"], found["pages"]) == ("pending", counts())


@pytest.mark.parametrize(
    ("path", "kind", "is_kind"),
    [
        ("/sitemap.xml", None, "sitemap"),
        ("/map.xml.gz?x=1", None, "sitemap"),
        ("/sitemap_index", None, "sitemap"),
        ("/help", None, "page"),
        ("/help", "sitemap", "sitemap"),
        ("/a.xml", "page", "page"),
    ],
)
def test_the_address_says_what_it_is(olive, dataset, website: Website, path, kind, is_kind):
    body = {"url": website.url(path)} | ({"kind": kind} if kind else {})
    pk = olive.post("dataset/docs/source/create", body).json()["id"]
    assert DatasetSource.objects.get(pk=pk).kind == is_kind


def test_a_sitemap_is_read_page_by_page(olive, dataset, website: Website, post, fetch):
    urls = [website.article(f"/{n}", f"Page {n:02}", f"Text {n}.") for n in range(23)]
    pk = post("create", {"url": website.sitemap("/sitemap.xml", *urls, urls[0])})
    found = fetch(pk)
    assert (found["state"], found["kind"], found["pages"]) == ("ready", "sitemap", counts(ready=23))
    assert texts(dataset) == [f"Text {n}." for n in range(23)]
    assert len(website.asked) == 24
    assert "ChatWidget" in website.headers[0]["user-agent"]


def test_a_synchronization_takes_only_what_changed(olive, dataset, website: Website, post, fetch):
    urls = [website.article(f"/{n}", f"Page {n}", f"Text {n}.", ETag=f'"{n}"') for n in range(4)]
    pk = post("create", {"url": website.sitemap("/sitemap.xml", *urls)})
    services.create_record(dataset, title="Page 9", text="By hand.")
    records = {record.title: record for record in dataset.records.all()}
    for record in records.values():
        services.update_record(record, alternatives=[f"About {record.title}"])
    DatasetRecord.objects.update(vectors=b"kept")
    website.article("/1", "Page 1", "Text one.", ETag='"new"')
    del website.pages["/2"]
    website.article("/4", "Page 4", "Text 4.")
    website.sitemap("/sitemap.xml", *urls[:3], website.url("/4"))
    website.asked.clear()
    website.headers.clear()
    assert post(f"{pk}/sync") == pk
    assert texts(dataset) == ["Text 0.", "Text one.", "Text 4.", "By hand."]
    now = {record.title: record for record in dataset.records.all()}
    assert {title for title, record in now.items() if record.vectors} == {"Page 0", "Page 9"}
    assert now["Page 1"].pk == records["Page 1"].pk
    assert now["Page 1"].alternatives == ["About Page 1"]
    assert now["Page 0"].updated_at == DatasetRecord.objects.get(pk=records["Page 0"].pk).updated_at
    found = fetch(pk)
    assert (found["state"], found["pages"]) == ("ready", counts(ready=3, skipped=1))
    assert found["problems"] == [
        {
            "url": urls[2],
            "state": "skipped",
            "error": "The site has no such page any more: it answered with status 404",
        }
    ]
    assert {"/0", "/1", "/2", "/4"} < set(website.asked)
    assert website.headers[website.asked.index("/0")]["if-none-match"] == '"0"'


def test_a_page_that_fails_for_now_keeps_its_records(dataset, website: Website, post, fetch, settings):
    settings.SOURCE_SECONDS = 1
    urls = [website.article(f"/{n}", f"Page {n}", f"Text {n}.") for n in range(4)]
    pk = post("create", {"url": website.sitemap("/sitemap.xml", *urls)})
    website.put("/0", "oops", status=503)
    website.hang("/1")
    website.put("/2", "x" * (settings.SOURCE_PAGE_BYTES + 1))
    post(f"{pk}/sync")
    found = fetch(pk)
    assert (found["state"], found["pages"]) == ("ready", counts(ready=1, failed=3))
    assert [item["error"] for item in found["problems"]] == [
        "The site answered with status 503",
        "The answer took longer than 1 seconds",
        f"The answer is larger than {settings.SOURCE_PAGE_BYTES} bytes",
    ]
    assert texts(dataset) == [f"Text {n}." for n in range(4)]
    website.put("/sitemap.xml", "oops", status=500)
    post(f"{pk}/sync")
    assert (fetch(pk)["state"], fetch(pk)["error"]) == ("failed", "The sitemap answered with status 500")
    assert len(texts(dataset)) == 4


def test_what_operators_changed_stays_where_the_page_did_not_change(dataset, website: Website, post):
    pk = post("create", {"url": website.article("/a", "A", "Old.")})
    services.update_record(dataset.records.get(), text="By hand.")
    post(f"{pk}/sync")
    assert texts(dataset) == ["By hand."]
    website.article("/a", "A", "New.")
    post(f"{pk}/sync")
    assert texts(dataset) == ["New."]


def test_another_way_to_cut_counts_for_pages_that_did_not_change(dataset, website: Website, post):
    pk = post("create", {"url": website.article("/a", "A", "One two three four.", ETag='"1"')})
    services.update_dataset(dataset, record_max_tokens=2)
    post(f"{pk}/sync")
    assert [text.strip() for text in texts(dataset)] == ["One two", "three", "four."]


def test_robots_txt_is_honored(dataset, website: Website, post, fetch):
    rules = "User-agent: *\nDisallow: /private\nAllow: /private/open$\n\nUser-agent: Other\nDisallow: /"
    website.put("/robots.txt", rules, "text/plain")
    website.move("/moved", website.url("/private/b"))
    urls = [website.article(path, path, f"At {path}.") for path in ("/private/a", "/private/open", "/c")]
    pk = post("create", {"url": website.sitemap("/sitemap.xml", *urls, website.url("/moved"))})
    assert texts(dataset) == ["At /c.", "At /private/open."]
    assert "/private/a" not in website.asked
    assert "/private/b" not in website.asked
    assert [item["error"] for item in fetch(pk)["problems"]] == [
        "The site's robots.txt does not allow ChatWidget-Fetcher to read this",
        "The address redirects to one that the site's robots.txt does not allow ChatWidget-Fetcher to read",
    ]
    website.put("/robots.txt", "User-agent: ChatWidget-Fetcher\nDisallow: /", "text/plain")
    post(f"{pk}/sync")
    assert fetch(pk)["state"] == "failed"
    assert "robots.txt does not allow" in fetch(pk)["error"]
    website.put("/robots.txt", "", "text/plain", status=503)
    website.asked.clear()
    post(f"{pk}/sync")
    assert fetch(pk)["error"] == "The site's robots.txt cannot be read: it answered with status 503"
    assert website.asked == []


def test_a_pause_that_the_site_wants_is_kept_but_not_without_end(dataset, website: Website, olive, settings):
    website.put("/robots.txt", "User-agent: *\nCrawl-delay: 7000", "text/plain")
    urls = [website.article(f"/{n}", f"Page {n}", "Text.") for n in range(3)]
    olive.post("dataset/docs/source/create", {"url": website.sitemap("/sitemap.xml", *urls)})
    pk = DatasetSource.objects.get().pk
    waits = []
    while (wait := source_sync.step(pk)) is not None:
        waits.append(wait)
    assert waits == [0, settings.SOURCE_DELAY_SECONDS, settings.SOURCE_DELAY_SECONDS]


def test_redirects_stay_on_the_site(dataset, website: Website, post, fetch, settings):
    website.article("/new", "New", "Here now.")
    website.move("/old", "/new")
    website.move("/off", f"http://localhost:{website.address.rpartition(':')[2]}/new")
    settings.FETCH_ALLOWED_HOSTS = [website.address, website.address.replace("127.0.0.1", "localhost")]
    pk = post("create", {"url": website.sitemap("/sitemap.xml", website.url("/old"), website.url("/off"))})
    assert dataset.records.values_list("text", "url").get() == ("Here now.", website.url("/new"))
    assert [item["error"] for item in fetch(pk)["problems"]] == ["The address redirects to another site"]
    assert website.asked == ["/sitemap.xml", "/old", "/new", "/off"]


def test_the_same_page_at_two_addresses_is_taken_once(dataset, website: Website, post, fetch):
    page = "<title>A</title><link rel=canonical href=/a><p>Only once.</p>"
    urls = [website.put(path, page) for path in ("/a?print=1", "/a")] + [website.move("/b", "/a")]
    pk = post("create", {"url": website.sitemap("/sitemap.xml", *urls)})
    assert dataset.records.values_list("text", "url").get() == ("Only once.", urls[1])
    assert [item["error"] for item in fetch(pk)["problems"]] == [f"It is the same page as {urls[1]}"] * 2


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "text/html", "Its content is image/png"),
        (b'{"a": 1}', "application/json", "Its content is application/json"),
        (b"<html><body><script>app()</script></body></html>", "text/html", "There is no text in the page"),
        (b"%PDF-1.4 nonsense", "application/pdf", "The file is damaged"),
        (b"   ", "text/plain", "There is no text in the page"),
    ],
)
def test_what_has_no_text_says_why(dataset, website: Website, post, fetch, body, kind, says):
    pk = post("create", {"url": website.put("/a", body, kind)})
    found = fetch(pk)
    assert found["state"] == "failed"
    assert says in found["error"]
    assert found["problems"][0]["error"] == found["error"]
    assert texts(dataset) == []


def test_text_and_markdown_are_taken(dataset, website: Website, post):
    post("create", {"url": website.put("/a.md", "# Shop\n\n## Hours\n\nAt nine.", "text/markdown")})
    post("create", {"url": website.put("/b.txt", "At ten.", "text/plain")})
    assert set(dataset.records.values_list("title", "text", "url")) == {
        ("Shop › Hours", "At nine.", website.url("/a.md")),
        ("At ten.", "At ten.", website.url("/b.txt")),
    }


def test_a_private_address_is_a_clear_error(dataset, website: Website, post, fetch, settings):
    settings.FETCH_ALLOWED_HOSTS, settings.FETCH_PORTS = [], [website.address.rpartition(":")[2]]
    for path in ("/a", "/sitemap.xml"):
        pk = post("create", {"url": website.url(path)})
        assert fetch(pk)["state"] == "failed"
        assert fetch(pk)["error"] == "The host 127.0.0.1 is not on the public internet"
    assert website.asked == []


def test_a_worker_that_is_killed_in_the_middle(dataset, website: Website, olive, run_tasks, monkeypatch):
    urls = [website.article(f"/{n}", f"Page {n}", f"Text {n}.") for n in range(5)]
    olive.post("dataset/docs/source/create", {"url": website.sitemap("/sitemap.xml", *urls)})
    pk = str(DatasetSource.objects.get().pk)
    store = source_pages.store_page

    def killed(source, page, reader):
        if page.url == urls[3]:
            raise KeyboardInterrupt
        return store(source, page, reader)

    with monkeypatch.context() as patch:
        patch.setattr(source_sync, "store_page", killed)
        tasks.read_source(pk)
        with pytest.raises(KeyboardInterrupt):
            run_tasks()
    cache.clear()  # locks of the dead one run out
    assert SourcePage.objects.filter(state="pending").count() == 2
    website.asked.clear()
    tasks.requeue_embedding()
    run_tasks()
    assert website.asked == ["/3", "/4"]
    assert texts(dataset) == [f"Text {n}." for n in range(5)]
    assert DatasetSource.objects.get().state == "ready"


def test_however_often_it_is_queued_one_chain_reads_a_source(dataset, website: Website, olive, run_tasks):
    urls = [website.article(f"/{n}", f"Page {n}", "Text.") for n in range(12)]
    olive.post("dataset/docs/source/create", {"url": website.sitemap("/sitemap.xml", *urls)})
    for _ in range(3):
        tasks.requeue_embedding()
    run_tasks()
    assert len(website.asked) == len(set(website.asked)) == 13


def test_two_sources_of_one_host_take_turns(dataset, website: Website, olive):
    olive.post("dataset/docs/source/create", {"url": website.article("/a", "A", "Text.")})
    pk = DatasetSource.objects.get().pk
    cache.add(f"reading:{website.address.partition(':')[0]}", 1)
    assert source_sync.step(pk) == source_sync.BUSY_SECONDS
    assert website.asked == []


def test_a_newer_synchronization_fences_the_older_one_out(
    dataset, website: Website, olive, post, fetch, monkeypatch
):
    pk = post("create", {"url": website.article("/a", "A", "Old.")})
    read = source_pages.read_page
    news = ["New.", "Newest."]

    def changed_meanwhile(*arguments):
        found = read(*arguments)
        if news:
            website.article("/a", "A", news.pop(0))
            olive.post(f"dataset/docs/source/{pk}/sync")
        return found

    monkeypatch.setattr(source_pages, "read_page", changed_meanwhile)
    post(f"{pk}/sync")
    assert texts(dataset) == ["Newest."]
    assert fetch(pk)["state"] == "ready"


def test_a_source_that_is_deleted_meanwhile_leaves_nothing(dataset, website: Website, olive, monkeypatch):
    pk = olive.post("dataset/docs/source/create", {"url": website.article("/a", "A", "Text.")}).json()["id"]
    read = source_pages.read_page

    def deleted_meanwhile(*arguments):
        found = read(*arguments)
        assert olive.post(f"dataset/docs/source/{pk}/delete").status_code == 200
        return found

    monkeypatch.setattr(source_pages, "read_page", deleted_meanwhile)
    while source_sync.step(pk) is not None:
        pass
    assert texts(dataset) == []
    assert not DatasetSource.objects.exists()


def test_a_site_that_is_down_is_not_asked_for_every_page(dataset, website: Website, post, fetch):
    urls = [website.put(f"/{n}", "", status=502) for n in range(25)]
    pk = post("create", {"url": website.sitemap("/sitemap.xml", *urls)})
    found = fetch(pk)
    assert (found["state"], found["pages"]) == ("failed", counts(failed=25))
    assert (
        found["error"] == "None of the 25 pages could be taken; the first: The site answered with status 502"
    )
    assert found["problems"][-1]["error"] == source_sync.GIVEN_UP
    assert len(website.asked) == 1 + source_sync.GIVE_UP_AFTER


def test_our_own_faults_are_told_and_logged(dataset, website: Website, post, fetch, monkeypatch, caplog):
    monkeypatch.setattr(source_pages, "read_page", lambda *_: 1 / 0)
    pk = post("create", {"url": website.url("/a")})
    assert fetch(pk)["error"] == "Something went wrong on our side"
    monkeypatch.setattr(source_sync, "list_pages", lambda *_: 1 / 0)
    pk = post("create", {"url": website.url("/sitemap.xml")})
    assert fetch(pk)["error"] == "Something went wrong on our side"
    assert len(caplog.records) == 2


def test_deleting_takes_its_records_along(olive, dataset, website: Website, post):
    services.create_record(dataset, text="By hand.")
    pk = post("create", {"url": website.article("/a", "A", "Text.")})
    assert len(texts(dataset)) == 2
    assert post(f"{pk}/delete") == pk
    assert texts(dataset) == ["By hand."]
    assert olive.get("dataset/docs/source/list").json() == {"items": []}


def test_a_copy_of_the_dataset_has_its_records(olive, dataset, website: Website, post):
    blueprint = services.create_blueprint(olive.user)
    services.update_dataset(dataset, blueprint=blueprint)
    pk = post("create", {"url": website.article("/a", "A", "Text.")})
    made = olive.post(f"blueprint/{blueprint.pk}/clone").json()["resources"][str(dataset.pk)]
    post(f"{pk}/delete")
    assert (
        DatasetRecord.objects.filter(dataset=made, page=None).values_list("text", flat=True).get() == "Text."
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "url: is required"),
        ({"url": None}, "url: must be a text"),
        ({"url": 5}, "url: must be a text"),
        ({"url": ""}, "url: must not be empty"),
        ({"url": "file:///etc/passwd"}, "url: The URL must begin with http:// or https://"),
        ({"url": "https://user:pass@example.com/"}, "url: The URL must not contain a user name or password"),
        ({"url": "https://example.com:22/"}, "url: The port 22 is not allowed; allowed: 80, 443"),
        ({"url": "https://example.com/" + "x" * 2000}, "url: must have at most 2000 characters"),
        ({"url": "https://example.com/a\x00"}, "url: "),
        ({"url": "https://example.com/", "kind": "feed"}, "kind: must be page or sitemap"),
        ({"url": "https://example.com/", "kind": 5}, "kind: must be page or sitemap"),
    ],
)
def test_refusals(olive, dataset, body, says):
    response = olive.post("dataset/docs/source/create", body)
    assert response.status_code == 400
    assert response.json()["message"].startswith(says)
    assert not DatasetSource.objects.exists()


def test_an_address_is_there_once(olive, dataset):
    body = {"url": "https://example.com/help"}
    assert olive.post("dataset/docs/source/create", body).status_code == 200
    response = olive.post("dataset/docs/source/create", {"url": "https://example.com/help#hours"})
    assert (response.status_code, response.json()["message"]) == (
        409,
        "url: is a source of this dataset already",
    )
    other = services.create_dataset(olive.user)
    assert olive.post(f"dataset/{other.pk}/source/create", body).status_code == 200


def test_other_peoples_and_missing_things_are_the_same(olive, otto, dataset):
    theirs = services.create_dataset(otto.user, alias="theirs", visibility="public")
    foreign = DatasetSource.objects.create(dataset=theirs, url="https://example.com/")
    for verb, ask in (("fetch", olive.get), ("sync", olive.post), ("delete", olive.post)):
        paths = [f"docs/source/{pk}" for pk in (foreign.pk, new_id(), "a%00b")]
        assert len({ask(f"dataset/{path}/{verb}").content for path in paths}) == 1
        assert ask(f"dataset/{theirs.pk}/source/{foreign.pk}/{verb}").status_code == 404
    assert (
        olive.post(f"dataset/{theirs.pk}/source/create", {"url": "https://example.com/"}).status_code == 404
    )
    assert olive.get(f"dataset/{theirs.pk}/source/list").status_code == 404
    assert DatasetSource.objects.count() == 1
