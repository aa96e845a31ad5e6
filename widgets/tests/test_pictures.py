"""Pictures: attach and detach over the API, what visitors get of them, refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.ids import new_id
from files.models import File
from files.services import create_file, delete_file
from tests.support.actors import Operator
from widgets.models import WidgetFile, WidgetIntegration
from widgets.pictures import PICTURE_BYTES
from widgets.services import attach_file, clone_widget, create_widget
from widgets.tests.pictures import GIF, PNG, picture_of, put


def attach(operator: Operator, widget: WidgetIntegration, file: File, kind: Any) -> Any:
    return operator.post(f"integration/widget/{widget.pk}/file/{file.pk}/attach", {"type": kind})


def detach(operator: Operator, widget: WidgetIntegration, file: File, **body: Any) -> Any:
    return operator.post(f"integration/widget/{widget.pk}/file/{file.pk}/detach", body)


def error(response: Any, status: int) -> str:
    assert response.status_code == status, response.content
    return str(response.json()["message"])


def icon(client: Client, widget: WidgetIntegration) -> Any:
    return client.get(f"/integrations/widget/{widget.pk}/launcher.json").json()["icon"]


def frame(client: Client, widget: WidgetIntegration) -> str:
    return client.get(f"/integrations/widget/{widget.pk}/frame").content.decode()


@pytest.fixture
def file(olive: Operator) -> File:
    return picture_of(olive.user)


@pytest.mark.parametrize("kind", ["bar", "user", "bot", "button"])
def test_attach_and_detach(olive: Operator, widget: WidgetIntegration, file: File, kind: str) -> None:
    answer = {"id": str(file.pk), "type": kind, "widgetIntegrationId": str(widget.pk)}
    for _ in range(2):
        assert attach(olive, widget, file, kind).json() == answer
    assert WidgetFile.objects.get().type == kind
    assert detach(olive, widget, file).json() == answer
    assert not WidgetFile.objects.exists()
    assert error(detach(olive, widget, file), 404) == "This file is not attached to the widget"


def test_one_of_each_type(olive: Operator, widget: WidgetIntegration, file: File) -> None:
    other = picture_of(olive.user, GIF)
    attach(olive, widget, file, "bar")
    attach(olive, widget, other, "bar")
    assert [link.file for link in widget.attached_files.all()] == [other]
    attach(olive, widget, other, "bot")
    assert error(detach(olive, widget, other, type="user"), 404)
    assert detach(olive, widget, other, type="bot").json()["type"] == "bot"
    assert [link.type for link in widget.attached_files.all()] == ["bar"]
    attach(olive, widget, other, "bot")
    assert detach(olive, widget, other).status_code == 200
    assert not widget.attached_files.exists()


def test_what_visitors_get(olive: Operator, client: Client, widget: WidgetIntegration, file: File, django_capture_on_commit_callbacks: Any) -> None:
    assert icon(client, widget) is None
    assert "<img" not in frame(client, widget)
    updated = olive.get(f"integration/widget/{widget.pk}/fetch").json()["updatedAt"]
    with django_capture_on_commit_callbacks(execute=True):
        for kind in ("bar", "user", "bot", "button"):
            attach(olive, widget, file, kind)
    assert olive.get(f"integration/widget/{widget.pk}/fetch").json()["updatedAt"] > updated
    assert olive.get(f"integration/widget/{widget.pk}/embed").json()["csp"]["img-src"] == "http://testserver"
    path = icon(client, widget)
    assert path.startswith(f"/integrations/widget/{widget.pk}/file/button/")
    page = frame(client, widget)
    for kind in ("bar", "bot"):
        assert f'<img src="{path.replace("/button/", f"/{kind}/")}" alt="">' in page
    answer = client.get(path)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, PNG, "image/png")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    with django_capture_on_commit_callbacks(execute=True):
        detach(olive, widget, file)
    assert icon(client, widget) is None
    assert "<img" not in frame(client, widget)
    assert client.get(path).status_code == 404


def test_other_content_has_another_address(client: Client, widget: WidgetIntegration, file: File, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        attach_file(widget, file, "button")
    before = icon(client, widget)
    with django_capture_on_commit_callbacks(execute=True):
        put(file, GIF)
    after = icon(client, widget)
    assert after != before
    assert client.get(after)["Content-Type"] == "image/gif"
    old = client.get(before)
    assert (old.status_code, old["Location"], old["Cache-Control"]) == (302, after, "no-store")


def test_what_is_no_picture_any_more_is_not_shown(client: Client, widget: WidgetIntegration, file: File, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        attach_file(widget, file, "button")
    path = icon(client, widget)
    with django_capture_on_commit_callbacks(execute=True):
        put(file, b"just text", "note.txt")
    assert icon(client, widget) is None
    assert client.get(path).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        put(file, PNG)
    assert client.get(icon(client, widget)).content == PNG


def test_a_deleted_file_leaves_the_widget_without_it(client: Client, widget: WidgetIntegration, file: File, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        attach_file(widget, file, "button")
    assert icon(client, widget)
    with django_capture_on_commit_callbacks(execute=True):
        delete_file(file)
    assert icon(client, widget) is None


def test_a_copy_has_the_same_pictures(olive: Operator, widget: WidgetIntegration, file: File) -> None:
    attach_file(widget, file, "bar")
    attach_file(widget, file, "button")
    clone = clone_widget(widget)
    assert {(link.type, link.file) for link in clone.attached_files.all()} == {("bar", file), ("button", file)}
    clone.delete()
    assert widget.attached_files.count() == 2


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "type: is required"),
        ({"type": None}, "type: must"),
        ({"type": "logo"}, "type: must be bar, user, bot or button"),
        ({"type": 5}, "type: must be bar, user, bot or button"),
        ({"type": ["bar"]}, "type: must be bar, user, bot or button"),
    ],
)
def test_refused_types(olive: Operator, widget: WidgetIntegration, file: File, body: Any, says: str) -> None:
    path = f"integration/widget/{widget.pk}/file/{file.pk}"
    assert error(olive.post(f"{path}/attach", body), 400).startswith(says)
    assert not WidgetFile.objects.exists()
    if body.get("type"):
        attach(olive, widget, file, "bar")
        assert error(olive.post(f"{path}/detach", body), 400).startswith(says)
        assert WidgetFile.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda file: None,
        lambda file: put(file, b"just text", "note.txt"),
        lambda file: put(file, b'{"type": "image/png"}', "picture.json"),
    ],
)
def test_only_images(olive: Operator, widget: WidgetIntegration, change: Callable[[File], Any]) -> None:
    file = create_file(olive.user)
    change(file)
    assert error(attach(olive, widget, file, "bar"), 400) == "fileId: must be a PNG, JPEG, GIF or WebP image"


def test_a_picture_has_a_limit(olive: Operator, widget: WidgetIntegration, file: File) -> None:
    File.objects.update(size=PICTURE_BYTES + 1)
    assert error(attach(olive, widget, file, "bar"), 400) == f"fileId: must have at most {PICTURE_BYTES} bytes"


def test_somebody_elses_are_missing_ones(olive: Operator, otto: Operator, widget: WidgetIntegration, file: File) -> None:
    theirs, own = picture_of(otto.user), create_widget(otto.user)
    for post in (attach, detach):
        more = ("bar",) if post is attach else ()
        missing = olive.post(f"integration/widget/{widget.pk}/file/{new_id()}/{post.__name__}", {"type": "bar"})
        assert error(post(olive, widget, theirs, *more), 404) == error(missing, 404) == "There is no such file"
        assert error(post(otto, widget, theirs, *more), 404) == "There is no such widget"
        assert error(post(otto, own, file, *more), 404) == "There is no such file"
    assert not WidgetFile.objects.exists()


@pytest.mark.parametrize("path", ["nothing/file/bar/x", "{id}/file/bar/x", "{id}/file/logo/x", "{id}/file/a%00b/x", "{other}/file/button/x"])
def test_pictures_that_are_not_there(client: Client, widget: WidgetIntegration, file: File, path: str) -> None:
    attach_file(widget, file, "button")
    assert client.get("/integrations/widget/" + path.format(id=widget.pk, other=new_id())).status_code == 404


def test_setup_makes_the_configuration_anew(
    olive: Operator, otto: Operator, client: Client, widget: WidgetIntegration, django_capture_on_commit_callbacks: Any
) -> None:
    assert icon(client, widget) is None
    WidgetIntegration.objects.filter(pk=widget.pk).update(title="Changed behind our back")
    assert "<title>Juno<" in frame(client, widget)
    with django_capture_on_commit_callbacks(execute=True):
        assert olive.post(f"integration/widget/{widget.pk}/setup").json() == {"id": str(widget.pk)}
    assert "<title>Changed behind our back<" in frame(client, widget)
    assert error(otto.post(f"integration/widget/{widget.pk}/setup"), 404) == "There is no such widget"


@pytest.mark.parametrize("verb", ["setup", "clone"])
def test_a_body_that_is_none_is_refused(olive: Operator, widget: WidgetIntegration, verb: str) -> None:
    path = f"/api/v1/integration/widget/{widget.pk}/{verb}"
    assert olive.client.post(path, b"{", content_type="application/json").status_code == 400
    assert olive.client.post(path, b"a=b", content_type="application/x-www-form-urlencoded").status_code == 415
    assert WidgetIntegration.objects.count() == 1
