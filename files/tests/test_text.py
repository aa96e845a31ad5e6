"""Text that is extracted from content, in the background or when it is asked for."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest

from files.cleaning import settle_uploads
from files.extract import ExtractError
from files.models import File
from files.services import store_content
from files.storage import remove
from files.tasks import extract_text
from files.tests.helpers import make_file, upload
from files.tests.samples import PNG, TEXT
from files.text import text_of
from tests.support.actors import Operator

BROKEN_PDF = b"%PDF-1.7\nthis is none"


@pytest.fixture
def uploaded(olive: Operator) -> Callable[..., File]:
    def make(data: bytes, name: str = "") -> File:
        file = make_file(olive)
        assert upload(olive, file, data, name=name).status_code == 200
        file.refresh_from_db()
        return file

    return make


def test_a_task_extracts_it(olive: Operator, django_capture_on_commit_callbacks: Any, run_tasks: Callable[[], int]) -> None:
    file = make_file(olive)
    with django_capture_on_commit_callbacks(execute=True):
        upload(olive, file, TEXT)
    file.refresh_from_db()
    assert (file.text_state, file.text) == ("pending", "")
    assert run_tasks() == 1
    file.refresh_from_db()
    assert file.text_state == "ready" and file.text.strip() == TEXT.decode().strip()


def test_who_asks_earlier_does_not_wait(uploaded: Callable[..., File]) -> None:
    file = uploaded(TEXT)
    assert text_of(file).strip() == TEXT.decode().strip()
    with patch("files.text.extract_limited", side_effect=AssertionError):
        assert text_of(File.objects.get(pk=file.pk)) == file.text  # once


def test_a_file_without_text(uploaded: Callable[..., File], olive: Operator) -> None:
    for file in (uploaded(PNG), make_file(olive)):
        with pytest.raises(ExtractError):
            text_of(file)
        file.refresh_from_db()
        assert file.text_state == ""


def test_a_broken_file_says_so(uploaded: Callable[..., File]) -> None:
    file = uploaded(BROKEN_PDF)
    extract_text("files.file", str(file.pk))
    file.refresh_from_db()
    assert file.text_state == "failed" and file.text_error
    with pytest.raises(ExtractError, match=file.text_error[:20]):
        text_of(file)


def test_other_content_begins_anew(uploaded: Callable[..., File]) -> None:
    file = uploaded(BROKEN_PDF)
    with pytest.raises(ExtractError):
        text_of(file)
    store_content(file, BytesIO(TEXT))
    assert (file.text_state, file.text_error) == ("pending", "")
    assert text_of(file)


def test_the_text_of_content_that_was_replaced_meanwhile_is_dropped(uploaded: Callable[..., File]) -> None:
    file = uploaded(TEXT)

    def replace(*_: Any) -> str:
        store_content(File.objects.get(pk=file.pk), BytesIO(b"new"))
        return "old"

    with patch("files.text.extract_limited", replace):
        extract_text("files.file", str(file.pk))
    file.refresh_from_db()
    assert (file.text_state, file.text) == ("pending", "")


def test_lost_bytes(uploaded: Callable[..., File]) -> None:
    file = uploaded(TEXT)
    remove(file.key)
    with pytest.raises(ExtractError, match="missing"):
        text_of(file)


def test_a_deleted_file(uploaded: Callable[..., File]) -> None:
    file = uploaded(TEXT)
    pk = str(file.pk)
    file.delete()
    extract_text("files.file", pk)


def test_a_text_whose_task_was_lost_is_queued_again(uploaded: Callable[..., File], run_tasks: Callable[[], int]) -> None:
    from files.cleaning import LOST_AFTER

    file = uploaded(TEXT)
    run_tasks()
    settle_uploads()
    assert run_tasks() == 0
    File.objects.filter(pk=file.pk).update(updated_at=file.updated_at - 2 * LOST_AFTER)
    settle_uploads()
    assert run_tasks() == 1
    file.refresh_from_db()
    assert file.text_state == "ready"
