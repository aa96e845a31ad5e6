"""conversation/{id}/attachment/list and …/upload over HTTP, for an operator and a visitor."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.ids import new_id
from sessions_api.attachments import files_of, forget_all
from sessions_api.models import Attachment, Conversation, Message
from tests.support.actors import Operator
from tests.support.inprocess import Answer, Caller, InProcess
from tests.support.world import make_session
from widgets.models import WidgetIntegration
from widgets.services import update_widget

TEXT = b"The shop is open from nine to five.\n"
DATA_URL = "data:text/plain;base64,SGVsbG8="


FORM = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' + TEXT + b"\r\n--B--\r\n"


@pytest.fixture
def talk(app: InProcess, widget: WidgetIntegration) -> Conversation:
    """A conversation of a widget that takes files."""
    update_widget(widget, attachments=True)
    return Conversation.objects.create(owner=widget.owner, widget=widget, bot=widget.bot)


@pytest.fixture
def visitor(app: InProcess, talk: Conversation) -> Caller:
    """Vera in that conversation."""
    return Caller(app, make_session(str(talk.pk)), f"/api/v1/conversation/{talk.pk}/")


@pytest.fixture
def operator(app: InProcess, olive: Operator, talk: Conversation) -> Caller:
    """Olive in the same."""
    return Caller(app, olive.token, f"/api/v1/conversation/{talk.pk}/")


@pytest.fixture
def stranger(app: InProcess, otto: Operator) -> Caller:
    """Otto, anywhere."""
    return Caller(app, otto.token, "/api/v1/conversation/")


def upload_raw(visitor: Caller, content: bytes = TEXT) -> Answer:
    return visitor.app.request(
        "POST", f"{visitor.prefix}attachment/upload", token=visitor.token, query={"name": "notes.txt"}, body=content,
        headers={"content-type": "text/plain"},
    )  # fmt: skip


def items(visitor: Caller) -> list[dict[str, Any]]:
    answer = visitor.get("attachment/list")
    assert answer.status == 200
    return list(answer.json()["items"])


def refused(answer: Any, status: int, part: str) -> None:
    body = answer.json()
    assert answer.status == status, body
    assert set(body) == {"message", "code"}
    assert part in body["message"]
    assert not Attachment.objects.exists()


def test_a_visitor_uploads_bytes_and_finds_them(visitor: Caller) -> None:
    answer = upload_raw(visitor)
    assert answer.status == 200
    assert answer.json() == {"id": answer.json()["id"], "name": "notes.txt"}
    [item] = items(visitor)
    assert set(item) == {"id", "name", "createdAt", "updatedAt", "type", "size", "url"}
    assert (item["id"], item["name"], item["type"], item["size"]) == (
        answer.json()["id"], "notes.txt", "text/plain", len(TEXT),
    )  # fmt: skip


def test_its_address_gives_the_content_without_a_token_and_runs_nothing(app: InProcess, visitor: Caller) -> None:
    upload_raw(visitor)
    link = urlsplit(items(visitor)[0]["url"]).path
    answer = app.request("GET", link)
    assert answer.content == TEXT
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert app.request("GET", f"{link[:-3]}xxx").status == 404


def test_a_form(visitor: Caller) -> None:
    answer = visitor.post("attachment/upload", FORM, **{"content-type": "multipart/form-data; boundary=B"})
    assert answer.status == 200 and answer.json()["name"] == "a.txt"
    assert items(visitor)[0]["size"] == len(TEXT)


def test_a_data_url(visitor: Caller) -> None:
    assert visitor.post("attachment/upload", {"file": DATA_URL}).status == 200
    assert items(visitor)[0]["size"] == 5


def test_an_announced_upload_arrives_later(app: InProcess, visitor: Caller) -> None:
    announced = {"type": "text/plain", "size": len(TEXT), "name": "later.txt"}
    answer = visitor.post("attachment/upload", {"file": announced}).json()
    assert answer["name"] == "later.txt" and answer["uploadRequest"]["method"] == "PUT"
    [waiting] = items(visitor)
    assert waiting["name"] == "later.txt" and not {"type", "size", "url"} & set(waiting)
    wanted = answer["uploadRequest"]
    sent = app.request("PUT", urlsplit(wanted["url"]).path, body=TEXT, headers=wanted["headers"])
    assert sent.status == 200
    [item] = items(visitor)
    assert (item["name"], item["size"]) == ("later.txt", len(TEXT)) and item["url"]


def test_an_operator_uploads_lists_and_pages(operator: Caller, visitor: Caller) -> None:
    for number in range(3):
        assert operator.post("attachment/upload", {"file": f"data:text/plain,{number}"}).status == 200
    page = operator.get("attachment/list", take=2).json()
    assert len(page["items"]) == 2 and page["cursor"] == page["items"][-1]["id"]
    assert len(operator.get("attachment/list", cursor=page["cursor"]).json()["items"]) == 1
    assert len(items(visitor)) == 3


def test_an_empty_list_has_no_cursor(visitor: Caller) -> None:
    assert visitor.get("attachment/list").json() == {"items": []}


def test_a_widget_that_takes_no_files_any_more(visitor: Caller, widget: WidgetIntegration) -> None:
    update_widget(widget, attachments=False)
    refused(upload_raw(visitor), 403, "attachments")


def test_a_token_from_before_the_widget_took_files(visitor: Caller, talk: Conversation) -> None:
    visitor.token = make_session(str(talk.pk), features=())
    refused(upload_raw(visitor), 403, "attachments")


def test_an_operator_needs_no_toggle(operator: Caller, widget: WidgetIntegration) -> None:
    update_widget(widget, attachments=False)
    assert operator.post("attachment/upload", {"file": DATA_URL}).status == 200


@pytest.mark.parametrize(
    ("body", "status", "part"),
    [
        ({}, 400, "file"),
        ({"file": 7}, 400, "file"),
        ({"file": "ftp://x.example/a"}, 400, "file"),
        ({"file": "data:text/plain"}, 400, "file"),
        ({"file": "http://127.0.0.1/a"}, 400, "file"),
        ({"file": {"type": "text/plain"}}, 400, "file.size"),
        ({"file": {"type": "text/plain", "size": 10**12}}, 413, "file"),
        ({"file": {"type": 7, "size": 1}}, 400, "file.type"),
        ({"file": "data:application/octet-stream;base64,AAECAwQ="}, 400, "file"),
    ],
)
def test_refused_uploads_leave_nothing(visitor: Caller, body: Any, status: int, part: str) -> None:
    refused(visitor.post("attachment/upload", body), status, part)


def test_empty_and_too_large_content(visitor: Caller, settings: Any) -> None:
    settings.FILE_BYTES = 10
    refused(upload_raw(visitor, b""), 400, "file")
    refused(upload_raw(visitor, b"a" * 11), 413, "file")


def test_a_conversation_has_so_many_and_no_more(visitor: Caller, settings: Any) -> None:
    settings.ATTACHMENTS_PER_CONVERSATION = 1
    assert upload_raw(visitor).status == 200
    answer = upload_raw(visitor)
    assert answer.status == 409 and "attachments" in answer.json()["message"]
    assert Attachment.objects.count() == 1


def test_what_was_announced_and_never_came_takes_no_place(visitor: Caller, settings: Any) -> None:
    settings.ATTACHMENTS_PER_CONVERSATION = 1
    announced = {"type": "text/plain", "size": 5}
    assert visitor.post("attachment/upload", {"file": announced}).status == 200
    assert visitor.post("attachment/upload", {"file": announced}).status == 409
    old = timezone.now() - timedelta(days=1)
    Attachment.objects.update(pending=None, created_at=old)  # as the hourly task leaves it
    assert items(visitor) == []
    assert upload_raw(visitor).status == 200


def test_foreign_and_missing_conversations_are_the_same(stranger: Caller, talk: Conversation) -> None:
    for call, verb in ((stranger.get, "list"), (stranger.post, "upload")):
        foreign, missing = (call(f"{pk}/attachment/{verb}") for pk in (talk.pk, new_id()))
        assert foreign.status == missing.status == 404
        assert foreign.content == missing.content
    assert not Attachment.objects.exists()


def test_visitors_see_no_attachment_of_what_they_may_not_read(operator: Caller, visitor: Caller, talk: Conversation) -> None:
    note = Message.objects.create(conversation=talk, type="instruction", text="Be kind", position=90, seq=90)
    upload_raw(operator)
    Attachment.objects.update(message=note)
    assert items(visitor) == []
    assert len(items(operator)) == 1


def test_their_text_is_told_to_the_bot(visitor: Caller, talk: Conversation, run_tasks: Callable[[], int]) -> None:
    upload_raw(visitor)
    pixel = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    assert visitor.post("attachment/upload", {"file": pixel}).status == 200
    told = [("notes.txt", "text/plain", TEXT.decode().strip()), ("", "image/gif", "")]
    assert [(file.name, file.type, file.text.strip()) for file in files_of(talk.pk)] == told, "at once"
    run_tasks()
    assert [(file.name, file.type, file.text.strip()) for file in files_of(talk.pk)] == told, "and after the task"


def test_bytes_go_with_the_conversation(visitor: Caller) -> None:
    upload_raw(visitor)
    key = Attachment.objects.get().key
    assert default_storage.exists(key)
    assert visitor.post("delete").status == 200
    assert not Attachment.objects.exists()
    assert not default_storage.exists(key)


def test_bytes_stay_where_the_deletion_fails(visitor: Caller) -> None:
    upload_raw(visitor)
    row = Attachment.objects.get()
    with transaction.atomic():
        forget_all(row.conversation)
        transaction.set_rollback(True)
    assert default_storage.exists(row.key)
