from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from bots import services
from bots.importers.base import MAX_BYTES
from bots.models import Dataset, DatasetRecord
from files.tests.documents import a_docx, a_pdf, zip_bomb

GUIDE = b"# Guide\n\n## Returns\n\nWithin 30 days.\n\n## Empty\n\n## Shipping\n\nTwo days.\n"


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


@pytest.fixture
def dataset(olive: Any) -> Dataset:
    """An empty dataset of Olive."""
    return services.create_dataset(olive.user, name="Docs")


def _import(who: Any, dataset: Dataset, name: str, data: bytes, base_url: str = "") -> Any:
    file = SimpleUploadedFile(name, data)
    return who.browser.post(
        f"/admin/bots/dataset/{dataset.pk}/import/", {"file": file, "base_url": base_url}, follow=True
    )


def test_the_result_says_what_was_taken_and_what_not(olive: Any, dataset: Dataset) -> None:
    page = _import(olive, dataset, "guide.md", GUIDE, "https://example.com/guide").content.decode()
    assert "2 records taken from guide.md." in page
    assert "2 parts left out" in page
    assert "no text of its own" in page
    assert list(dataset.records.order_by("id").values_list("text", "url")) == [
        ("Within 30 days.", "https://example.com/guide#returns"),
        ("Two days.", "https://example.com/guide#shipping"),
    ]


def test_csv_and_text_are_taken(olive: Any, dataset: Dataset) -> None:
    assert (
        "1 record taken"
        in _import(olive, dataset, "faq.csv", b"question,answer\nReturns?,30 days\n").content.decode()
    )
    assert (
        "taken from notes.txt"
        in _import(olive, dataset, "notes.txt", b"One paragraph.\n\nAnother.\n").content.decode()
    )
    assert dataset.records.filter(title="Returns?", text="30 days").exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("latin.md", "# Größe\n\nfünf".encode("latin-1")),
        ("wide.csv", "question,answer\na,b\n".encode("utf-16")),
        ("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00"),
        ("faq.csv", b"frage;antwort\na;b\n"),
        ("empty.md", b""),
    ],
)
def test_a_bad_file_is_refused_whole_with_a_reason(
    olive: Any, dataset: Dataset, name: str, data: bytes
) -> None:
    answer = _import(olive, dataset, name, data)
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not DatasetRecord.objects.exists()


def test_a_wrong_encoding_is_named(olive: Any, dataset: Dataset) -> None:
    page = _import(olive, dataset, "latin.md", "# Größe\n\nfünf".encode("latin-1")).content.decode()
    assert "Nothing was imported: latin.md, line 1: expected UTF-8" in page
    assert "UTF-8" in page


def test_documents_and_pages_are_taken(olive: Any, dataset: Dataset) -> None:
    page = _import(olive, dataset, "hours.docx", a_docx()).content.decode()
    assert "2 records taken from hours.docx." in page
    assert "1 record taken from a.pdf." in _import(olive, dataset, "a.pdf", a_pdf("Page one")).content.decode()
    html = b"<title>Shop</title><h2 id=a>A</h2><p>Text.</p><h2>B</h2>"
    page = _import(olive, dataset, "a.html", html, "https://example.com/a").content.decode()
    assert "1 record taken from a.html." in page
    assert dataset.records.get(title="Shop › A").url == "https://example.com/a#a"


def test_json_lines_bring_meta_and_keep_it(olive: Any, dataset: Dataset) -> None:
    data = b'{"title": "A", "text": "Old.", "meta": {"lang": "en"}}\n{"text": ""}\n'
    page = _import(olive, dataset, "a.jsonl", data).content.decode()
    assert "line 2" in page
    record = dataset.records.get()
    assert record.meta == {"lang": "en", "import": {"file": "a.jsonl", "baseUrl": ""}}
    DatasetRecord.objects.update(vectors=b"kept")
    _import(olive, dataset, "a.jsonl", data.replace(b'"en"', b'"de"'))
    changed = dataset.records.get()
    assert (changed.pk, changed.meta["lang"], changed.vectors) == (record.pk, "de", b"kept")
    _import(olive, dataset, "a.jsonl", b'{"title": "A", "text": "New."}')
    changed = dataset.records.get()
    assert (changed.pk, changed.text, changed.meta["lang"]) == (record.pk, "New.", "de")


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("a.pdf", lambda: b"%PDF-1.7" + bytes(50 * 1024 * 1024), "must have at most 20 MB"),
        ("a.docx", lambda: zip_bomb(a_docx()), "The file unpacks to too much"),
        ("a.jsonl", lambda: b'{"text": "a"}\n{"text"', "a.jsonl, line 2: not valid JSON"),
    ],
)
def test_what_is_too_much_leaves_nothing(olive: Any, dataset: Dataset, name: str, make: Any, says: str) -> None:
    assert says in str(_import(olive, dataset, name, make()).context["form"].errors["file"])
    assert not DatasetRecord.objects.exists()


def test_a_file_that_is_too_large_is_refused(olive: Any, dataset: Dataset) -> None:
    answer = _import(olive, dataset, "big.txt", b"x" * (MAX_BYTES + 1))
    assert answer.context["form"].errors["file"] == ["must have at most 5 MB"]


def test_a_missing_file_is_asked_for(olive: Any, dataset: Dataset) -> None:
    answer = olive.browser.post(f"/admin/bots/dataset/{dataset.pk}/import/", {})
    assert answer.context["form"].errors["file"] == ["This field is required."]


def test_somebody_elses_dataset_is_not_there(otto: Any, dataset: Dataset) -> None:
    assert _import(otto, dataset, "guide.md", GUIDE).status_code == 404
    assert otto.browser.get(f"/admin/bots/dataset/{dataset.pk}/imported/").status_code == 404
    assert not DatasetRecord.objects.exists()


def test_without_an_import_there_is_no_result(olive: Any, dataset: Dataset) -> None:
    answer = olive.browser.get(f"/admin/bots/dataset/{dataset.pk}/imported/")
    assert answer.headers["Location"] == f"/admin/bots/dataset/{dataset.pk}/change/"


def test_a_stranger_is_asked_to_log_in(client: Any, dataset: Dataset) -> None:
    assert (
        client.get(f"/admin/bots/dataset/{dataset.pk}/import/")
        .headers["Location"]
        .startswith("/admin/login/")
    )
