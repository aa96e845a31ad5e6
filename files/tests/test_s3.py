"""Files in an S3-compatible store, over real connections; the store checks every signature."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from django.test import Client

from files.cleaning import remove_orphans, settle_uploads
from files.models import File
from files.tests.helpers import make_file, refused, upload
from files.tests.samples import EXE, PNG, TEXT, Source
from tests.support.actors import Operator
from tests.support.s3 import Bucket

pytestmark = pytest.mark.usefixtures("bucket")


def announce(operator: Operator, file: File, data: bytes = PNG, **more: Any) -> dict[str, Any]:
    wanted = {"type": "image/png", "size": len(data), "name": "dot.png", **more}
    return operator.post(f"file/{file.pk}/upload", {"file": wanted}).json()["uploadRequest"]


def put(request: dict[str, Any], data: bytes, **headers: str) -> int:
    return httpx.request(request["method"], request["url"], content=data, headers={**request["headers"], **headers}).status_code


def fetched(operator: Operator, file: File) -> dict[str, Any]:
    return operator.get(f"file/{file.pk}/fetch").json()


def test_an_upload_through_us_and_a_presigned_download(olive: Operator, bucket: Bucket) -> None:
    file = make_file(olive)
    assert upload(olive, file, PNG, name='a "dot".png').status_code == 200
    assert [data for data, _, _ in bucket.objects.values()] == [PNG] and bucket.refused == []
    url = olive.get(f"file/{file.pk}/download").json()["url"]
    assert url.startswith(bucket.url)
    answer = httpx.get(url)
    assert answer.content == PNG
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == 'attachment; filename="a \\"dot\\".png"'
    assert answer.headers["cache-control"].startswith("private")


def test_what_a_browser_would_run_is_only_bytes(olive: Operator, settings: Any) -> None:
    settings.FILE_TYPES = ["text/html"]
    file = make_file(olive)
    upload(olive, file, b"<!doctype html><script>alert(1)</script>", name="page.html")
    answer = httpx.get(olive.get(f"file/{file.pk}/download").json()["url"])
    assert answer.headers["content-type"] == "application/octet-stream"


def test_a_link_is_good_for_its_object_and_its_time_only(olive: Operator, settings: Any) -> None:
    file = make_file(olive)
    upload(olive, file, PNG)
    url = olive.get(f"file/{file.pk}/download").json()["url"]
    assert httpx.get(url.replace("response-content-type=image", "response-content-type=text")).status_code == 403
    assert httpx.put(url, content=b"x").status_code == 403
    settings.FILE_LINK_SECONDS = 0
    assert httpx.get(olive.get(f"file/{file.pk}/download").json()["url"]).status_code in (200, 403)  # the same second may pass
    assert httpx.get(url.partition("?")[0]).status_code == 403


def test_the_bytes_through_us(olive: Operator) -> None:
    file = make_file(olive, visibility="public")
    upload(olive, file, TEXT)
    answer = Client().get(f"/api/v1/file/{file.pk}/download", headers={"accept": "text/plain"})
    assert b"".join(answer.streaming_content) == TEXT


def test_a_presigned_upload_is_adopted_when_the_file_is_next_looked_at(
    olive: Operator, bucket: Bucket, django_capture_on_commit_callbacks: Any
) -> None:
    file = make_file(olive)
    request = announce(olive, file)
    assert request["url"].startswith(bucket.url) and request["headers"] == {"content-type": "image/png"}
    assert "size" not in fetched(olive, file)
    assert put(request, PNG) == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert fetched(olive, file)["size"] == len(PNG)
    file.refresh_from_db()
    assert (file.content_type, file.filename, file.pending) == ("image/png", "dot.png", None)
    assert list(bucket.objects) == [file.key]
    assert put(request, PNG[::-1]) == 200  # the link still opens its own key,
    assert httpx.get(olive.get(f"file/{file.pk}/download").json()["url"]).content == PNG  # which is nobody's
    bucket.age(next(key for key in bucket.objects if key != file.key), timedelta(days=2))
    assert remove_orphans() == 1 and list(bucket.objects) == [file.key]


def test_a_download_and_a_sync_adopt_too(olive: Operator, source: Source) -> None:
    for verb in ("download", "sync"):
        file = make_file(olive, source=source.url)
        assert put(announce(olive, file), PNG) == 200
        ask = olive.get if verb == "download" else olive.post
        assert ask(f"file/{file.pk}/{verb}").status_code == 200
        file.refresh_from_db()
        assert file.pending is None


def test_a_picture_can_be_attached_right_after_its_upload(olive: Operator) -> None:
    file = make_file(olive)
    assert put(announce(olive, file), PNG) == 200
    widget = olive.post("integration/widget/create").json()["id"]
    assert olive.post(f"integration/widget/{widget}/file/{file.pk}/attach", {"type": "bar"}).status_code == 200


def test_the_store_takes_what_was_announced_only(olive: Operator, bucket: Bucket) -> None:
    request = announce(olive, make_file(olive))
    assert put(request, PNG + b"\0") == 403
    assert put(request, PNG, **{"content-type": "text/html"}) == 403
    assert httpx.put(request["url"].replace("/file/", "/other/"), content=PNG, headers=request["headers"]).status_code == 403
    assert bucket.objects == {} and set(bucket.refused) == {"SignatureDoesNotMatch"}


def test_content_that_is_not_allowed_is_removed(olive: Operator, bucket: Bucket, django_capture_on_commit_callbacks: Any) -> None:
    file = make_file(olive)
    assert put(announce(olive, file, EXE), EXE) == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert "size" not in fetched(olive, file)
    file.refresh_from_db()
    assert (file.key, file.pending, file.text_state) == ("", None, "failed") and "not allowed" in file.text_error
    assert bucket.objects == {}


def test_an_object_of_another_size_is_removed(olive: Operator, bucket: Bucket, django_capture_on_commit_callbacks: Any) -> None:
    file = make_file(olive)
    assert put(announce(olive, file), PNG) == 200
    key = next(iter(bucket.objects))
    bucket.objects[key] = (PNG + b"\0", "image/png", bucket.objects[key][2])  # a store that does not check
    with django_capture_on_commit_callbacks(execute=True):
        assert "size" not in fetched(olive, file)
    assert bucket.objects == {}


def test_what_comes_and_is_never_looked_at_is_adopted_by_the_clock(olive: Operator) -> None:
    file = make_file(olive)
    put(announce(olive, file), PNG)
    settle_uploads()
    file.refresh_from_db()
    assert file.size == len(PNG) and file.pending is None


def test_a_deleted_file_takes_its_objects_with_it(olive: Operator, bucket: Bucket, django_capture_on_commit_callbacks: Any) -> None:
    file = make_file(olive)
    upload(olive, file, TEXT)
    put(announce(olive, file), PNG)
    assert len(bucket.objects) == 2
    with django_capture_on_commit_callbacks(execute=True):
        olive.post(f"file/{file.pk}/delete")
    assert bucket.objects == {}


def test_lost_bytes(olive: Operator, bucket: Bucket) -> None:
    file = make_file(olive)
    upload(olive, file, PNG)
    bucket.objects.clear()
    answer = olive.client.get(f"/api/v1/file/{file.pk}/download", headers={"accept": "image/png"})
    assert refused(answer, 404, "missing")


def test_a_store_that_is_away(olive: Operator, bucket: Bucket) -> None:
    file = make_file(olive)
    bucket.broken = True
    assert refused(upload(olive, file, PNG), 503, "storage")
    bucket.broken = False
    assert upload(olive, file, PNG).status_code == 200


def test_the_settings_make_this_of_the_variables(tmp_path: Any) -> None:
    import subprocess
    import sys

    from tests.support.environment import ROOT, clean_environment

    variables = {"S3_BUCKET": "chat", "S3_ENDPOINT": "http://127.0.0.1:9", "S3_REGION": "eu-central-1", "S3_ACCESS_KEY": "access", "S3_SECRET_KEY": "s"}
    code = "import json; from django.conf import settings; print(json.dumps(settings.STORAGES['default']))"
    environment = clean_environment(DJANGO_SETTINGS_MODULE="widgetplatform.settings", DATA_DIR=str(tmp_path), **variables)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    import json

    made = json.loads(done.stdout)
    assert made["BACKEND"] == Bucket().storages["BACKEND"]
    assert made["OPTIONS"] == {**Bucket().storages["OPTIONS"], "endpoint_url": "http://127.0.0.1:9", "secret_key": "s"}


@pytest.mark.parametrize(("name", "value", "word"), [("FILE_BYTES", 0, "files.E001"), ("FILE_TYPES", ["png"], "files.E002")])
def test_wrong_settings_stop_the_start(settings: Any, name: str, value: Any, word: str) -> None:
    setattr(settings, name, value)
    with pytest.raises(Exception, match=word):
        call_command("check")


def test_a_bucket_without_its_packages(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.S3_BUCKET = "chat"
    monkeypatch.setattr("files.checks.find_spec", lambda _: None)
    with pytest.raises(Exception, match=r"files\.E003"):
        call_command("check")
