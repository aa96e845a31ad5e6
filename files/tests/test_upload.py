"""``file/{id}/upload``: an address is in test_sync, an announcement in test_direct_upload."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from files.models import File
from files.tests.helpers import download, make_file, refused, stored, upload
from files.tests.samples import EXE, HTML, PNG, SVG, TEXT
from tests.support.actors import Operator


def data_url(data: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def send_form(operator: Operator, to: File, **fields: Any) -> Any:
    return operator.client.post(f"/api/v1/file/{to.pk}/upload", fields)


def test_the_bytes_themselves(olive: Operator) -> None:
    file = make_file(olive)
    answer = upload(olive, file, PNG, "application/octet-stream", name="dot.png")
    assert answer.json() == {"id": str(file.pk)}
    file.refresh_from_db()
    assert (file.size, file.content_type, file.filename, file.text_state) == (len(PNG), "image/png", "dot.png", "")
    assert download(olive, file) == PNG


def test_a_name_from_content_disposition(olive: Operator) -> None:
    file = make_file(olive)
    header = "attachment; filename=\"x.txt\"; filename*=UTF-8''%C3%BCber%20uns.txt"
    olive.client.post(f"/api/v1/file/{file.pk}/upload", TEXT, content_type="text/plain", headers={"content-disposition": header})
    file.refresh_from_db()
    assert file.filename == "über uns.txt"


@pytest.mark.parametrize("size", [len(PNG), 3_000_000])
def test_a_form(olive: Operator, size: int) -> None:
    file = make_file(olive)
    data = PNG.ljust(size, b"\0")
    answer = send_form(olive, file, file=SimpleUploadedFile("dot.png", data, "image/png"), other="ignored")
    assert answer.json() == {"id": str(file.pk)}
    file.refresh_from_db()
    assert (file.size, file.content_type, file.filename) == (size, "image/png", "dot.png")
    assert download(olive, file) == data


@pytest.mark.parametrize(
    ("url", "data", "media_type"),
    [
        (data_url(PNG), PNG, "image/png"),
        ("data:text/plain;charset=utf-8,gr%C3%BCn", "grün".encode(), "text/plain"),
        ("data:,plain", b"plain", "text/plain"),
        ("DATA:text/csv;BASE64,YSxiCjEsMgo=", b"a,b\n1,2\n", "text/csv"),
    ],
)
def test_a_data_url(olive: Operator, url: str, data: bytes, media_type: str) -> None:
    file = make_file(olive)
    assert olive.post(f"file/{file.pk}/upload", {"file": url, "unknown": 1}).json() == {"id": str(file.pk)}
    file.refresh_from_db()
    assert (file.content_type, file.source_url, download(olive, file)) == (media_type, "", data)


def test_a_new_upload_replaces_the_old_bytes(olive: Operator, media: Path, django_capture_on_commit_callbacks: Any) -> None:
    file = make_file(olive)
    upload(olive, file, PNG)
    first = stored(media)
    with django_capture_on_commit_callbacks(execute=True):
        upload(olive, file, TEXT)
    assert len(stored(media)) == 1 and stored(media) != first
    assert download(olive, file) == TEXT


def test_an_alias_will_do(olive: Operator) -> None:
    file = make_file(olive, alias="icon")
    assert olive.client.post("/api/v1/file/icon/upload", PNG, content_type="image/png").json() == {"id": str(file.pk)}


@pytest.mark.parametrize("body", [{}, {"file": None}, {"file": 1}, {"file": "nonsense"}, {"file": "ftp://example.com/a"}, {"file": []},
                                  {"file": "data:nothing"}, {"file": "data:image/png;base64,!!"}, {"file": "\ud800"}, {"file": "https://x/\0"}])  # fmt: skip
def test_a_json_body_must_say_where_the_bytes_are(olive: Operator, body: Any, media: Path) -> None:
    file = make_file(olive)
    answer = olive.client.post(f"/api/v1/file/{file.pk}/upload", json.dumps(body), content_type="application/json")
    assert refused(answer, 400, "file")
    assert not stored(media)


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b'{"file": 1, "file": 2}', b"\xff"])
def test_a_body_that_is_no_json_object(olive: Operator, raw: bytes) -> None:
    file = make_file(olive)
    answer = olive.client.post(f"/api/v1/file/{file.pk}/upload", raw, content_type="application/json")
    assert refused(answer, 400)


@pytest.mark.parametrize(("data", "claimed", "name"), [(EXE, "image/png", "dot.png"), (HTML, "image/png", "dot.png"), (SVG, "image/png", "dot.png")])
def test_content_is_what_it_is_not_what_is_claimed(olive: Operator, data: bytes, claimed: str, name: str, settings: Any, media: Path) -> None:
    settings.FILE_TYPES = ["image/png"]
    file = make_file(olive)
    assert refused(upload(olive, file, data, claimed, name=name), 400, "file:", "image/png")
    form = SimpleUploadedFile(name, data, claimed)
    assert refused(send_form(olive, file, file=form), 400, "file:", "image/png")
    assert refused(olive.post(f"file/{file.pk}/upload", {"file": data_url(data)}), 400, "file:", "image/png")
    file.refresh_from_db()
    assert file.key == "" and not stored(media)


def test_nothing_is_not_a_file(olive: Operator) -> None:
    file = make_file(olive)
    assert refused(upload(olive, file, b""), 400, "empty")
    assert refused(send_form(olive, file, file=SimpleUploadedFile("a.txt", b"")), 400, "empty")
    assert refused(olive.post(f"file/{file.pk}/upload", {"file": "data:,"}), 400, "empty")


def test_too_large_in_every_way(olive: Operator, settings: Any, media: Path) -> None:
    settings.FILE_BYTES = 1000
    file = make_file(olive)
    data = b"x" * 1001
    assert upload(olive, file, data[:1000]).status_code == 200
    before = stored(media)
    assert refused(upload(olive, file, data), 413, "1000")
    assert refused(send_form(olive, file, file=SimpleUploadedFile("a.txt", data)), 413, "1000")
    assert refused(olive.post(f"file/{file.pk}/upload", {"file": data_url(data)}), 413, "1000")
    assert refused(olive.post(f"file/{file.pk}/upload", {"file": {"type": "text/plain", "size": 1001}}), 413, "1000")
    assert stored(media) == before


def test_a_refusal_keeps_what_was_there(olive: Operator) -> None:
    file = make_file(olive)
    upload(olive, file, TEXT)
    upload(olive, file, EXE)
    assert download(olive, file) == TEXT


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b'--B\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--B--\r\n', b"--B--\r\n"]
)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=B", "multipart/form-data", "multipart/form-data; boundary=\xff"])
def test_forms_without_a_file(olive: Operator, body: bytes, kind: str) -> None:
    file = make_file(olive)
    assert refused(olive.client.post(f"/api/v1/file/{file.pk}/upload", body, content_type=kind), 400)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.txt", "win.txt"),
        ("/etc/shadow", "shadow"),
        ("..", ""),
        ("a\0b\r\nSet-Cookie: x.txt", "abSet-Cookie: x.txt"),
        ("ex\u202etxt.exe", "extxt.exe"),
        ("ü" * 200 + ".txt", "ü" * 93 + ".txt"),
    ],
)
def test_names_are_only_names(olive: Operator, media: Path, name: str, kept: str) -> None:
    file = make_file(olive)
    assert upload(olive, file, TEXT, name=name).status_code == 200
    file.refresh_from_db()
    assert file.filename == kept
    assert [path.is_relative_to(media / "files") for path in stored(media)] == [True]
    assert download(olive, file) == TEXT


def test_a_token_that_only_reads_does_not_upload(olive: Operator) -> None:
    from accounts.models import ApiToken

    file = make_file(olive)
    ApiToken.objects.update(scopes=["read"])
    assert refused(upload(olive, file, TEXT), 403, "write")
