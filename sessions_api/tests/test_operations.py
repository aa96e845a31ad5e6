import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from sessions_api.models import Conversation, Message, Rating, Session
from sessions_api.operations import Append, Vote
from sessions_api.reply_operations import Retry, Stop
from sessions_api.tests.conftest import Asked, Commit
from sessions_api.tests.rows import closing, fresh, refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_question_and_its_reply_are_one(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    accepted = commit(ask("Hi"))
    question, reply = Message.objects.all()
    assert (accepted.message, accepted.reply, accepted.dup) == (question, reply, False)
    assert (question.position, question.seq, question.status) == (1, 1, "done")
    assert (reply.position, reply.seq, reply.status, reply.attempt, reply.question) == (
        2,
        2,
        "open",
        1,
        question,
    )
    assert reply.lease_until and reply.lease_until > timezone.now()
    assert Conversation.objects.get().last_seq == 2


def test_the_same_cid_is_the_same_message(commit: Commit, ask: Asked) -> None:
    cid = uuid.uuid4()
    first, second = commit(ask("Hi", cid=cid)), commit(ask("Hi", cid=cid))
    assert (second.message, second.reply, second.dup) == (first.message, first.reply, True)
    assert Message.objects.count() == 2
    assert refused(commit, ask("Other", cid=cid)) == "cid_conflict"
    assert refused(commit, ask("Hi", cid=cid, respond=False)) == "cid_conflict"
    silent = commit(ask("Hi", cid=uuid.uuid4(), respond=False))
    assert commit(ask("Hi", cid=silent.message.cid, respond=False)).reply is None


def test_a_cid_belongs_to_its_conversation(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    cid = uuid.uuid4()
    commit(ask("Hi", cid=cid))
    other = Conversation.objects.create(owner=conversation.owner)
    message = Message(conversation=other, type="user", text="Mine", cid=cid)
    assert len(commit(Append(other.pk, [message]))) == 1
    assert Message.objects.filter(cid=cid).count() == 2


def test_a_session_must_be_alive(commit: Commit, ask: Asked, session: Session, settings: Any) -> None:
    cid = uuid.uuid4()
    commit(ask("Hi", cid=cid, session_id=session.pk))
    Session.objects.update(revoked_at=timezone.now())
    assert refused(commit, ask("More", session_id=session.pk)) == "expired"
    Session.objects.update(revoked_at=None, expires_at=timezone.now() - timedelta(seconds=1))
    assert refused(commit, ask("More", session_id=session.pk)) == "expired"
    assert refused(commit, ask("More", session_id=uuid.uuid4())) == "expired"
    assert commit(ask("Hi", cid=cid, session_id=session.pk)).dup, "what was stored is told all the same"


def test_a_limit_counts_new_messages_only(
    commit: Commit, ask: Asked, session: Session, settings: Any
) -> None:
    settings.SENDS_BURST = 1
    cid = uuid.uuid4()
    commit(ask("Hi", cid=cid, session_id=session.pk))
    assert refused(commit, ask("More", session_id=session.pk)) == "rate"
    assert commit(ask("Hi", cid=cid, session_id=session.pk)).dup
    commit(ask("From the operator"))


def test_a_second_question_waits_and_is_opened_in_turn(commit: Commit, ask: Asked) -> None:
    first, second, third = (commit(ask(text)).reply for text in "abc")
    assert [first.status, second.status, third.status] == ["open", "queued", "queued"]
    assert second.lease_until is None
    closed = commit(closing(first))
    assert (closed.reply.status, closed.reply.seq, closed.opened) == ("done", 7, second)
    assert (fresh(second).status, fresh(second).seq, fresh(second).position) == ("open", 8, 4)
    assert fresh(second).lease_until
    assert fresh(third).status == "queued"
    commit(closing(fresh(second), status="failed", code="timeout"))
    assert fresh(third).status == "open"
    assert commit(closing(fresh(third))).opened is None


def test_the_database_allows_one_open_reply(conversation: Conversation, commit: Commit, ask: Asked) -> None:
    commit(ask())
    with pytest.raises(IntegrityError):
        Message.objects.create(conversation=conversation, type="bot", status="open", position=90, seq=90)


def test_a_vote_replaces_and_is_counted_as_a_change(
    commit: Commit, ask: Asked, conversation: Conversation
) -> None:
    reply = commit(ask()).reply
    commit(closing(reply))
    assert commit(Vote(conversation.pk, reply.pk, 100)).seq == 4
    assert commit(Vote(conversation.pk, reply.pk, 7, "Nice")).seq == 4, (
        "the same again changes nothing that shows"
    )
    assert commit(Vote(conversation.pk, reply.pk, -40, "Wrong")).seq == 5
    assert list(Rating.objects.values_list("value", "reason", "owner", "conversation", "bot")) == [
        (-40, "Wrong", conversation.owner_id, conversation.pk, conversation.bot_id)
    ]
    assert (fresh(reply).vote, fresh(reply).position) == (-1, 2)


@pytest.mark.parametrize("operation", [Stop, Retry, lambda *args: Vote(*args, 1)])
def test_only_replies_of_this_conversation(
    commit: Commit, ask: Asked, conversation: Conversation, operation: Any
) -> None:
    accepted = commit(ask())
    other = Conversation.objects.create(owner=conversation.owner)
    assert refused(commit, operation(other.pk, accepted.reply.pk)) == "not_found"
    assert refused(commit, operation(conversation.pk, accepted.message.pk)) == "not_found"
    assert refused(commit, operation(conversation.pk, uuid.uuid4())) == "not_found"
    Message.objects.filter(pk=accepted.reply.pk).update(deleted=True)
    assert refused(commit, operation(conversation.pk, accepted.reply.pk)) == "not_found"


def test_the_first_word_is_said_once(commit: Commit, conversation: Conversation) -> None:
    def first() -> Append:
        return Append(
            conversation.pk, [Message(conversation=conversation, type="bot", status="open")], only_first=True
        )

    rows = commit(first())
    assert (rows[0].position, rows[0].status) == (1, "open")
    assert rows[0].lease_until
    assert commit(first()) == []
    assert Message.objects.count() == 1
