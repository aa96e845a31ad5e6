"""``file/{id}/download`` and the links that it gives."""

from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core import signing
from django.db import connection
from django.test import AsyncClient, Client

from files.links import SALT
from files.models import File
from files.storage import mark_of, open_content, remove
from files.tests.helpers import content, make_file, path_of, refused, upload
from files.tests.samples import HTML, PNG, SVG, TEXT
from tests.support.actors import Operator


def link(operator: Operator, file: File) -> str:
    answer = operator.get(f"file/{file.pk}/download")
    assert answer.status_code == 200, answer.content
    return path_of(answer.json()["url"])


def full(operator: Operator, data: bytes = PNG, name: str = "dot.png", **fields: Any) -> File:
    file = make_file(operator, **fields)
    assert upload(operator, file, data, name=name).status_code == 200
    file.refresh_from_db()
    return file


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/json, text/plain, */*", "application/*", "nonsense;;", ""])
def test_a_link_where_json_will_do(olive: Operator, accept: str | None) -> None:
    file = full(olive)
    headers = {} if accept is None else {"accept": accept}
    answer = olive.client.get(f"/api/v1/file/{file.pk}/download", headers=headers)
    assert list(answer.json()) == ["url"] and answer.json()["url"].startswith("http://testserver/files/")


@pytest.mark.parametrize("accept", ["application/octet-stream", "image/png", "image/*", "text/html,application/xhtml+xml,*/*;q=0.8",
                                    "application/json;q=0.5, image/png"])  # fmt: skip
def test_the_bytes_where_something_else_is_wanted(olive: Operator, accept: str) -> None:
    file = full(olive)
    answer = olive.client.get(f"/api/v1/file/{file.pk}/download", headers={"accept": accept})
    assert content(answer) == PNG and answer["Content-Type"] == "image/png"


def test_a_file_without_content(olive: Operator) -> None:
    answer = olive.get(f"file/{make_file(olive).pk}/download")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_link_needs_no_token_and_says_how_to_treat_it(olive: Operator) -> None:
    answer = Client().get(link(olive, full(olive, name='über "uns".png')))
    assert content(answer) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Length"] == str(len(PNG))
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%C3%BCber%20%22uns%22.png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, max-age=300"


def test_head(olive: Operator) -> None:
    answer = Client().head(link(olive, full(olive)))
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, str(len(PNG)), b"")


@pytest.mark.parametrize(("data", "name", "kind"), [(HTML, "page.html", "text/html"), (SVG, "icon.svg", "image/svg+xml")])
def test_what_a_browser_would_run_is_only_bytes(olive: Operator, settings: Any, data: bytes, name: str, kind: str) -> None:
    settings.FILE_TYPES = [kind]
    file = full(olive, data, name)
    assert file.content_type == kind
    direct = olive.client.get(f"/api/v1/file/{file.pk}/download", headers={"accept": kind})
    for answer in (direct, Client().get(link(olive, file))):
        assert content(answer) == data
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
async def test_it_streams_under_asgi(olive: Operator) -> None:
    data = b"0123456789abcdef" * 10_000
    file = await sync_to_async(full)(olive, data, "a.txt")
    url = await sync_to_async(link)(olive, file)
    answer = await AsyncClient().get(url)
    pieces = [piece async for piece in answer.streaming_content]
    assert b"".join(pieces) == data and len(pieces) == 3


def test_a_link_expires(olive: Operator, settings: Any) -> None:
    url = link(olive, full(olive))
    settings.FILE_LINK_SECONDS = -1
    assert refused(Client().get(url), 404, "expired")


@pytest.mark.parametrize("token", ["nonsense", "a:b:c", pytest.param(signing.dumps(["file", "x", "y"], salt="other"), id="signed for something else"), "..%2f..%2fetc%2fpasswd"])
def test_a_forged_link(db: None, token: str) -> None:
    assert Client().get(f"/files/{token}").status_code == 404


def test_a_link_for_uploads_downloads_nothing(olive: Operator) -> None:
    file = full(olive)
    signed = ["file", str(file.pk), mark_of(file.key)]
    assert refused(Client().get(f"/files/{signing.dumps(signed, salt='files.upload')}"), 404)
    assert signing.loads(link(olive, file).rpartition("/")[2], salt=SALT) == signed


def test_a_link_ends_with_the_content_that_it_was_made_for(olive: Operator) -> None:
    file = full(olive)
    replaced = link(olive, file)
    upload(olive, file, TEXT)
    deleted = link(olive, file)
    olive.post(f"file/{file.pk}/delete")
    for url in (replaced, deleted):
        assert refused(Client().get(url), 404, "removed or replaced")


def test_bytes_that_were_lost(olive: Operator) -> None:
    file = full(olive)
    remove(file.key)
    assert refused(Client().get(link(olive, file)), 404, "missing")


def test_links_are_read_only(olive: Operator) -> None:
    assert refused(Client().put(link(olive, full(olive)), b"x"), 405)


def test_public_files_need_no_token(olive: Operator, otto: Operator) -> None:
    file = full(olive, visibility="public")
    for client in (Client(), otto.client, olive.client):
        answer = client.get(f"/api/v1/file/{file.pk}/download", headers={"accept": "image/png"})
        assert content(answer) == PNG and answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert content(Client().get(path_of(client.get(f"/api/v1/file/{file.pk}/download").json()["url"]))) == PNG


def test_protected_files_need_any_token(olive: Operator, otto: Operator) -> None:
    file = full(olive, visibility="protected", alias="shared")
    assert content(Client().get(link(otto, file))) == PNG
    assert refused(Client().get(f"/api/v1/file/{file.pk}/download"), 401, "Authorization")
    assert refused(otto.get("file/shared/download"), 404)  # an alias is its owner's


def test_private_files_are_the_owners(olive: Operator, otto: Operator) -> None:
    file = full(olive)
    missing = otto.get(f"file/{uuid4()}/download")
    assert (otto.get(f"file/{file.pk}/download").content, missing.status_code) == (missing.content, 404)
    without = [Client().get(f"/api/v1/file/{pk}/download") for pk in (file.pk, uuid4(), "alias")]
    assert {(answer.status_code, answer.content) for answer in without} == {(401, without[0].content)}


@pytest.mark.parametrize("token", ["sk-nonsense", "a.b.c"])
def test_a_bad_token_is_refused_even_where_none_is_needed(olive: Operator, token: str) -> None:
    file = full(olive, visibility="public")
    answer = Client().get(f"/api/v1/file/{file.pk}/download", headers={"authorization": f"Bearer {token}"})
    assert refused(answer, 401)


def test_only_downloads_are_shared(olive: Operator, otto: Operator) -> None:
    file = full(olive, visibility="public")
    assert otto.get(f"file/{file.pk}/fetch").status_code == 404


def test_the_bytes_are_as_they_came(olive: Operator) -> None:
    with open_content(full(olive)) as stream:
        assert stream.read() == PNG


@pytest.mark.django_db(transaction=True)
def test_a_download_holds_no_database_connection(olive: Operator) -> None:
    url = link(olive, full(olive))
    answer = Client().get(url)
    assert connection.connection is None
    assert content(answer) == PNG
