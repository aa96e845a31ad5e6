"""Files in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from files.models import File
from files.tests.helpers import content, download, make_file, path_of, upload
from files.tests.samples import EXE, PNG, TEXT
from tests.support.actors import Operator

ADD = reverse("admin:files_file_add")
FIELDS = {"name": "Icon", "source_url": "", "visibility": "", "blueprint": "", "alias": "", "description": "", "meta": "{}"}


@pytest.fixture(autouse=True)
def operators(olive: Operator, otto: Operator) -> None:
    """Both may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


def change(file: File) -> str:
    return reverse("admin:files_file_change", args=[file.pk])


def test_a_file_is_uploaded_with_its_row(olive: Operator) -> None:
    answer = olive.browser.post(ADD, {**FIELDS, "upload": SimpleUploadedFile("../dot.png", PNG, "image/png")})
    assert answer.status_code == 302
    file = File.objects.get()
    assert (file.owner, file.name, file.filename, file.content_type, file.size) == (olive.user, "Icon", "dot.png", "image/png", len(PNG))
    assert download(olive, file) == PNG


def test_content_is_optional_and_replaced_later(olive: Operator) -> None:
    assert olive.browser.post(ADD, FIELDS).status_code == 302
    file = File.objects.get()
    assert b"nothing yet" in olive.browser.get(change(file)).content
    assert olive.browser.post(change(file), {**FIELDS, "upload": SimpleUploadedFile("a.txt", TEXT)}).status_code == 302
    assert olive.browser.post(change(file), {**FIELDS, "name": "New"}).status_code == 302
    file.refresh_from_db()
    assert (file.name, download(olive, file)) == ("New", TEXT)


@pytest.mark.parametrize(("data", "words"), [(EXE, "not allowed"), (b"", "empty"), (b"x" * 1001, "at most 1000 bytes")])
def test_refused_content_is_a_message_at_its_field(olive: Operator, settings: Any, data: bytes, words: str) -> None:
    settings.FILE_BYTES = 1000
    answer = olive.browser.post(ADD, {**FIELDS, "upload": SimpleUploadedFile("a.png", data)})
    assert words in str(answer.context["adminform"].form.errors["upload"])
    assert not File.objects.exists()


def test_a_refused_address(olive: Operator) -> None:
    answer = olive.browser.post(ADD, {**FIELDS, "source_url": "ftp://example.com/"})
    assert "http" in str(answer.context["adminform"].form.errors["source_url"])


def test_the_list_and_the_page_say_what_is_stored(olive: Operator) -> None:
    file = make_file(olive, name="Icon")
    upload(olive, file, PNG, name="dot.png")
    for url in (reverse("admin:files_file_changelist"), change(file)):
        page = olive.browser.get(url).content.decode()
        assert "image/png" in page and "70\xa0bytes" in page


def test_the_download_is_a_link_that_expires(olive: Operator, otto: Operator) -> None:
    file = make_file(olive)
    upload(olive, file, PNG)
    url = reverse("admin:files_file_download", args=[file.pk])
    answer = olive.browser.get(url)
    assert answer.status_code == 302 and content(Client().get(path_of(answer["Location"]))) == PNG
    assert otto.browser.get(url).status_code == 404
    assert Client().get(url).status_code == 302 and "login" in Client().get(url)["Location"]
    assert olive.browser.get(reverse("admin:files_file_download", args=[make_file(olive).pk])).status_code == 404


def test_others_files_are_not_there(olive: Operator, otto: Operator) -> None:
    file = make_file(otto)
    assert str(file.pk) not in olive.browser.get(reverse("admin:files_file_changelist")).content.decode()
    assert olive.browser.get(change(file)).status_code == 302


def test_deleting(olive: Operator) -> None:
    file = make_file(olive)
    olive.browser.post(reverse("admin:files_file_delete", args=[file.pk]), {"post": "yes"})
    assert not File.objects.exists()
