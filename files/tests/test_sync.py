"""Files by address: an upload that names one, and ``file/{id}/sync``."""

from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from fetcher import Fetched
from files.models import File
from files.tests.helpers import download, make_file, refused, upload
from files.tests.samples import EXE, PNG, TEXT, Source
from tests.support.actors import Operator


def from_address(operator: Operator, file: File, url: str) -> Any:
    return operator.post(f"file/{file.pk}/upload", {"file": url})


def test_an_upload_by_address_remembers_it(olive: Operator, source: Source) -> None:
    file = make_file(olive)
    assert from_address(olive, file, source.url).json() == {"id": str(file.pk)}
    file.refresh_from_db()
    assert (file.source_url, file.filename, file.content_type) == (source.url, "hours.txt", "text/plain")
    assert olive.get(f"file/{file.pk}/fetch").json()["source"] == source.url
    assert download(olive, file) == TEXT


def test_the_server_may_name_the_file(olive: Operator, source: Source) -> None:
    source.answer = (200, {"Content-Disposition": 'attachment; filename="../dot.png"'}, PNG)
    file = make_file(olive)
    from_address(olive, file, source.url)
    file.refresh_from_db()
    assert (file.filename, file.content_type) == ("dot.png", "image/png")


def test_a_sync_fetches_again(olive: Operator, source: Source) -> None:
    file = make_file(olive, source=source.url)
    for text in (b"monday", b"tuesday"):
        source.answer = (200, {}, text)
        assert olive.post(f"file/{file.pk}/sync").json() == {"id": str(file.pk)}
        assert download(olive, file) == text


def test_a_sync_without_source(olive: Operator) -> None:
    file = make_file(olive)
    upload(olive, file, PNG)
    assert refused(olive.post(f"file/{file.pk}/sync"), 409, "source")


@pytest.mark.parametrize(
    ("answer", "status", "word"),
    [
        ((404, {}, b"no"), 422, "404"),
        ((500, {}, b"no"), 422, "500"),
        ((200, {}, EXE), 400, "not allowed"),
        ((200, {}, b""), 400, "empty"),
        ((200, {}, b"x" * 2000), 413, "1000"),
        ((302, {"Location": "http://10.0.0.1/"}, b""), 400, ""),
    ],
)
def test_a_failure_keeps_what_was_there(
    olive: Operator, source: Source, settings: Any, answer: Any, status: int, word: str
) -> None:
    settings.FILE_BYTES = 1000
    file = make_file(olive, source=source.url)
    olive.post(f"file/{file.pk}/sync")
    source.answer = answer
    assert refused(olive.post(f"file/{file.pk}/sync"), status, "file:", word)
    assert refused(from_address(olive, file, source.url + "?other"), status, "file:", word)
    file.refresh_from_db()
    assert file.source_url == source.url and download(olive, file) == TEXT


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://169.254.169.254/latest", "http://localhost:6379/", "https://user:pw@example.com/",
                                 "http://", "https://" + "x" * 2000])  # fmt: skip
def test_addresses_inside_are_not_asked(olive: Operator, source: Source, url: str) -> None:
    file = make_file(olive)
    assert refused(from_address(olive, file, url), 400, "file:")
    assert source.asked == 0


def test_nobody_is_there(olive: Operator, settings: Any) -> None:
    settings.FETCH_ALLOWED_HOSTS = ["127.0.0.1:1"]
    file = make_file(olive)
    assert refused(from_address(olive, file, "http://127.0.0.1:1/"), 422, "file:")


@pytest.mark.django_db(transaction=True)
def test_a_slow_address_holds_no_database_connection(olive: Operator) -> None:
    held = []

    def slow(url: str, **_: Any) -> Fetched:
        held.append(connection.connection)
        return Fetched(url, 200, "text/plain", {}, TEXT)

    with patch("files.receiving.fetch_sync", slow):
        assert from_address(olive, make_file(olive), "https://example.com/a.txt").status_code == 200
    assert held == [None]
