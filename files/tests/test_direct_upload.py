"""``{file: {type, size, name}}`` and the link that it answers: what the SDK's uploadFile does."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.core import signing
from django.core.files.storage import default_storage
from django.db import connections
from django.test import Client

from files.cleaning import settle_uploads
from files.models import File
from files.tests.helpers import download, make_file, path_of, refused, stored
from files.tests.samples import EXE, PNG
from files.uploads import SALT
from tests.support.actors import Operator
from widgetplatform.logs import TOKENS


def announce(operator: Operator, file: File, **more: Any) -> dict[str, Any]:
    """The promise: ``{id, uploadRequest}``."""
    answer = operator.post(f"file/{file.pk}/upload", {"file": {"type": "image/png", "size": len(PNG), "name": "dot.png", **more}})
    assert answer.status_code == 200, answer.content
    return answer.json()


def put(request: dict[str, Any], data: bytes) -> Any:
    """What the SDK sends: no token, its own content type unless the headers say another."""
    assert request["method"] == "PUT"
    kind = request["headers"].get("content-type", "application/octet-stream")
    return Client().put(path_of(request["url"]), data, content_type=kind)


def test_the_way_of_the_sdk(olive: Operator, media: Path) -> None:
    file = make_file(olive)
    promise = announce(olive, file)
    assert promise["id"] == str(file.pk) and promise["uploadRequest"]["url"].startswith("http://testserver/files/upload/")
    assert olive.client.defaults["HTTP_AUTHORIZATION"].split("-", 1)[1] not in json.dumps(promise)
    assert put(promise["uploadRequest"], PNG).json() == {"id": str(file.pk)}
    file.refresh_from_db()
    assert (file.size, file.content_type, file.filename, file.pending) == (len(PNG), "image/png", "dot.png", None)
    assert download(olive, file) == PNG and len(stored(media)) == 1


def test_until_it_arrives_the_old_content_stays(olive: Operator) -> None:
    file = make_file(olive)
    put(announce(olive, file)["uploadRequest"], PNG)
    announce(olive, file, size=5)
    assert download(olive, file) == PNG


@pytest.mark.parametrize("claimed", ["", "string", "text/plain\r\nX: y", "a/b/c", "bild/größe"])
def test_an_odd_type_never_becomes_a_header(olive: Operator, claimed: str) -> None:
    file = make_file(olive)
    assert announce(olive, file, type=claimed)["uploadRequest"]["headers"] == {"content-type": "application/octet-stream"}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"size": 0}, "file.size"), ({"size": -1}, "file.size"), ({"size": 1.5}, "file.size"), ({"size": "5"}, "file.size"),
        ({"size": True}, "file.size"), ({"size": None}, "file.size"), ({"type": None}, "file.type"), ({"type": 1}, "file.type"),
        ({"name": 1}, "file.name"), ({"name": "\0"}, "file.name"),
    ],
)  # fmt: skip
def test_an_announcement_must_be_complete(olive: Operator, change: dict[str, Any], word: str) -> None:
    file = make_file(olive)
    wanted = {"type": "image/png", "size": 5, **change}
    assert refused(olive.post(f"file/{file.pk}/upload", {"file": wanted}), 400, word)


@pytest.mark.parametrize("size", [1e300, 10**400])
def test_a_huge_size_is_too_large(olive: Operator, size: float) -> None:
    file = make_file(olive)
    assert olive.post(f"file/{file.pk}/upload", {"file": {"type": "a/b", "size": size}}).status_code in (400, 413)


def test_a_link_is_used_once(olive: Operator) -> None:
    file = make_file(olive)
    request = announce(olive, file)["uploadRequest"]
    put(request, PNG)
    assert refused(put(request, PNG), 409, "already")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_wins(olive: Operator, media: Path) -> None:
    file = make_file(olive)
    request = announce(olive, file)["uploadRequest"]
    both = Barrier(2)

    def save(*args: Any) -> str:
        both.wait(10)  # each has looked at the promise and has its bytes
        return default_storage.save(*args)

    def send(_: int) -> int:
        try:
            return put(request, PNG).status_code
        finally:
            connections.close_all()

    with patch("files.services.store", return_value=SimpleNamespace(save=save)), ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(send, range(2))) == [200, 409]
    assert len(stored(media)) == 1 and download(olive, file) == PNG


def test_a_newer_link_ends_the_older(olive: Operator) -> None:
    file = make_file(olive)
    older, newer = announce(olive, file)["uploadRequest"], announce(olive, file)["uploadRequest"]
    assert refused(put(older, PNG), 409)
    assert put(newer, PNG).status_code == 200


@pytest.mark.parametrize("data", [PNG[:-1], PNG + b"\0"])
def test_it_takes_exactly_what_was_announced(olive: Operator, data: bytes, media: Path) -> None:
    file = make_file(olive)
    request = announce(olive, file)["uploadRequest"]
    assert refused(put(request, data), 400, str(len(PNG)))
    assert not stored(media)
    assert put(request, PNG).status_code == 200  # nothing was used up


def test_content_is_looked_at(olive: Operator) -> None:
    file = make_file(olive)
    assert refused(put(announce(olive, file, size=len(EXE))["uploadRequest"], EXE), 400, "not allowed")


def test_too_large_for_the_server_meanwhile(olive: Operator, settings: Any) -> None:
    file = make_file(olive)
    request = announce(olive, file)["uploadRequest"]
    settings.FILE_BYTES = 10
    assert refused(put(request, PNG), 413, "10")


def test_it_expires(olive: Operator, settings: Any) -> None:
    file = make_file(olive)
    request = announce(olive, file)["uploadRequest"]
    settings.FILE_UPLOAD_SECONDS = -1
    assert refused(put(request, PNG), 404, "expired")


@pytest.mark.parametrize("token", ["nonsense", "a:b:c", pytest.param(signing.dumps(["file", "x", "y"], salt="other"), id="signed for something else"), "%00"])
def test_a_forged_link(db: None, token: str) -> None:
    assert refused(Client().put(f"/files/upload/{token}", PNG), 404, "link")


def test_a_link_to_a_deleted_file(olive: Operator) -> None:
    file = make_file(olive)
    request = announce(olive, file)["uploadRequest"]
    olive.post(f"file/{file.pk}/delete")
    assert refused(put(request, PNG), 404)


def test_a_file_that_is_deleted_while_its_bytes_arrive_leaves_none(olive: Operator, media: Path) -> None:
    file = make_file(olive)
    request = announce(olive, file)["uploadRequest"]

    def new_key(row: File) -> str:
        File.objects.filter(pk=row.pk).delete()
        return "files/file/00/late"

    with patch("files.services.new_key", new_key):
        assert refused(put(request, PNG), 404)
    assert not stored(media)


def test_other_methods(olive: Operator) -> None:
    url = path_of(announce(olive, make_file(olive))["uploadRequest"]["url"])
    assert refused(Client().post(url, PNG, content_type="image/png"), 405, "PUT")


def test_a_promise_that_nobody_kept_is_forgotten(olive: Operator, settings: Any) -> None:
    file = make_file(olive)
    announce(olive, file)
    settle_uploads()
    file.refresh_from_db()
    assert file.pending is not None
    settings.FILE_UPLOAD_SECONDS = -1
    announce(olive, file)
    settle_uploads()
    file.refresh_from_db()
    assert file.pending is None


def test_the_link_carries_no_more_than_it_needs(olive: Operator) -> None:
    file = make_file(olive)
    url = announce(olive, file)["uploadRequest"]["url"]
    kind, pk, mark = signing.loads(url.rpartition("/")[2], salt=SALT)
    file.refresh_from_db()
    assert (kind, pk) == ("file", str(file.pk)) and mark not in file.pending["key"]
    assert TOKENS.sub("[token]", url) == "http://testserver/files/upload/[token]"  # in logs
