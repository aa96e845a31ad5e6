import uuid
from typing import Any

import pytest

from sessions_api import history
from sessions_api.history import changed_since, has_open_reply
from sessions_api.models import Conversation, Message


def add(conversation: Conversation, *rows: dict[str, Any]) -> None:
    """Rows as the journal would have numbered them."""
    for fields in rows:
        conversation.last_seq += 1
        Message.objects.create(
            **{
                "conversation": conversation,
                "type": "user",
                "position": conversation.last_seq,
                "seq": conversation.last_seq,
                **fields,
            }
        )
    conversation.save()


def test_only_what_changed_since(conversation: Conversation) -> None:
    add(conversation, {"text": "1"}, {"text": "2"}, {"text": "3"})
    Message.objects.filter(text="1").update(seq=4)
    Conversation.objects.update(last_seq=4)
    since = changed_since(conversation.pk, 2)
    assert since is not None
    assert [row["text"] for row in since.rows] == ["3", "1"], "in the order of the changes"
    assert (since.head, since.epoch, since.more, since.open) == (4, conversation.epoch, False, None)
    assert changed_since(conversation.pk, 4).rows == []  # type: ignore[union-attr]
    assert changed_since(conversation.pk, 99).head == 4  # type: ignore[union-attr]


def test_hidden_rows_and_inner_types_never_show_but_count(conversation: Conversation) -> None:
    add(
        conversation,
        *({"type": kind, "text": kind} for kind in Message.Type.values),
        {"text": "whispered", "hidden": True},
        {"deleted": True, "text": "gone"},
    )
    since = changed_since(conversation.pk, 0)
    assert since is not None
    assert [row.get("text") for row in since.rows] == ["user", "bot", None]
    assert since.rows[-1]["deleted"]
    assert since.head == len(Message.Type.values) + 2


def test_the_open_reply_comes_along_wherever_it_is(conversation: Conversation) -> None:
    add(conversation, {"text": "1"}, {"type": "bot", "status": "open"}, {"text": "2"})
    for after in (0, 3):
        since = changed_since(conversation.pk, after)
        assert since and since.open and since.open.position == 2
    assert has_open_reply(conversation.pk)
    Message.objects.update(status="done")
    assert not has_open_reply(conversation.pk)


def test_too_much_is_said_instead_of_listed(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "ROWS", 3)
    add(conversation, *({"text": str(number)} for number in range(4)))
    since = changed_since(conversation.pk, 0)
    assert since is not None
    assert (since.more, since.head) == (True, 4)
    assert not changed_since(conversation.pk, 1).more  # type: ignore[union-attr]


@pytest.mark.django_db
def test_a_conversation_that_is_gone() -> None:
    assert changed_since(uuid.uuid4(), 0) is None
