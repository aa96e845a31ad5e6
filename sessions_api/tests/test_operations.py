import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from sessions_api.errors import Refused
from sessions_api.models import Conversation, Message, Rating, Session
from sessions_api.operations import Append, Checkpoint, Close, Retry, Stop, TakeOver, Vote, renew_leases
from sessions_api.tests.conftest import Asked, Commit

pytestmark = pytest.mark.django_db(transaction=True)


def closing(reply: Message, status: str = "done", **fields: Any) -> Close:
    """The end of a reply by its own attempt."""
    end = Message(pk=reply.pk, conversation_id=reply.conversation_id, type="bot", status=status, position=reply.position, attempt=reply.attempt,
                  created_at=reply.created_at, **{"text": "Hello", "blocks": ["<p>Hello</p>"], **fields})  # fmt: skip
    return Close(reply.conversation_id, end, reply.attempt)


def dead(reply: Message) -> Message:
    """The reply, as if its process were gone."""
    Message.objects.filter(pk=reply.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    return fresh(reply)


def fresh(message: Message) -> Message:
    """The row as it is stored."""
    return Message.objects.get(pk=message.pk)


def refused(commit: Commit, operation: Any) -> str:
    """The code of the refusal."""
    with pytest.raises(Refused) as error:
        commit(operation)
    return error.value.code


def test_a_question_and_its_reply_are_one(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    accepted = commit(ask("Hi"))
    question, reply = Message.objects.all()
    assert (accepted.message, accepted.reply, accepted.dup) == (question, reply, False)
    assert (question.position, question.seq, question.status) == (1, 1, "done")
    assert (reply.position, reply.seq, reply.status, reply.attempt, reply.question) == (2, 2, "open", 1, question)
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
    assert not commit(Append(other.pk, [message]))[0].pk == Message.objects.first()
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


def test_a_limit_counts_new_messages_only(commit: Commit, ask: Asked, session: Session, settings: Any) -> None:
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


def test_the_end_of_a_reply_is_stored_as_it_is(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    commit(closing(reply, sources=[{"title": "A", "url": "b"}], usage={"input": 1}))
    stored = fresh(reply)
    assert (stored.text, stored.blocks, stored.sources, stored.usage) == ("Hello", ["<p>Hello</p>"], [{"title": "A", "url": "b"}], {"input": 1})
    assert (stored.position, stored.seq, stored.lease_until) == (2, 3, None)
    assert commit(closing(reply, text="Again")) is None, "only once"
    assert (fresh(reply).text, Conversation.objects.get().last_seq) == ("Hello", 3)


def test_a_checkpoint_keeps_text_without_a_number(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    reply = commit(ask()).reply
    assert commit(Checkpoint(conversation.pk, reply.pk, 1, "Hel", ["<p>Hel</p>"])) is False
    assert (fresh(reply).text, fresh(reply).seq, Conversation.objects.get().last_seq) == ("Hel", 2, 2)
    assert commit(Checkpoint(conversation.pk, reply.pk, 2, "Other", [])) is None, "another attempt writes nothing"
    assert fresh(reply).text == "Hel"


def test_stop_asks_the_task_that_lives(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    reply = commit(ask()).reply
    assert commit(Stop(conversation.pk, reply.pk)).status == "open"
    assert fresh(reply).stop_requested
    assert commit(Checkpoint(conversation.pk, reply.pk, 1, "Hel", [])) is True
    commit(closing(reply, status="stopped"))
    assert commit(Stop(conversation.pk, reply.pk)).status == "stopped", "once more does nothing"
    assert Conversation.objects.get().last_seq == 3


def test_stop_ends_what_nobody_writes(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    reply, following = commit(ask("a")).reply, commit(ask("b")).reply
    stale = dead(reply)
    stopped = commit(Stop(conversation.pk, reply.pk))
    assert (stopped.status, stopped.attempt) == ("stopped", 2)
    assert fresh(following).status == "open"
    assert commit(closing(stale)) is None, "the former owner is fenced out"
    assert commit(Stop(conversation.pk, following.pk)).status == "open"


def test_stop_of_a_queued_reply(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    first, queued = commit(ask("a")).reply, commit(ask("b")).reply
    assert commit(Stop(conversation.pk, queued.pk)).status == "stopped"
    assert commit(closing(first)).opened is None


def test_retry_opens_the_same_row_again(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    reply = commit(ask()).reply
    assert commit(Retry(conversation.pk, reply.pk)).attempt == 1, "it is being written"
    commit(closing(reply, status="failed", code="timeout", cause="No end", sources=[{"title": "A", "url": "b"}]))
    again = commit(Retry(conversation.pk, reply.pk))
    assert (again.pk, again.status, again.attempt, again.tries, again.position) == (reply.pk, "open", 2, 1, 2)
    stored = fresh(reply)
    assert (stored.text, stored.blocks, stored.sources, stored.code, stored.cause) == ("", [], [], "", "")
    commit(closing(stored))
    assert commit(Retry(conversation.pk, reply.pk)).status == "done", "a good answer stays"


def test_retry_waits_for_its_turn(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    reply = commit(ask("a")).reply
    commit(closing(reply, status="stopped"))
    running = commit(ask("b")).reply
    assert commit(Retry(conversation.pk, reply.pk)).status == "queued"
    assert commit(closing(running)).opened == reply
    assert (fresh(reply).status, fresh(reply).attempt) == ("open", 2)


def test_retry_counts_as_a_send(commit: Commit, ask: Asked, session: Session, conversation: Conversation, settings: Any) -> None:
    settings.SENDS_BURST = 1
    reply = commit(ask(session_id=session.pk)).reply
    commit(closing(reply, status="failed"))
    assert refused(commit, Retry(conversation.pk, reply.pk, session_id=session.pk)) == "rate"
    assert fresh(reply).status == "failed"


def test_a_dead_reply_is_taken_over_once(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    reply = commit(ask()).reply
    commit(Checkpoint(conversation.pk, reply.pk, 1, "Hel", ["<p>Hel</p>"]))
    assert commit(TakeOver(conversation.pk, reply.pk, 1)) is None, "its lease is good"
    dead(reply)
    taken = commit(TakeOver(conversation.pk, reply.pk, 1))
    assert (taken.attempt, taken.tries, taken.status, taken.text) == (2, 2, "open", "")
    assert commit(TakeOver(conversation.pk, reply.pk, 1)) is None, "somebody else was faster"
    assert commit(closing(reply)) is None
    assert commit(Checkpoint(conversation.pk, reply.pk, 1, "Old", [])) is None
    assert commit(closing(taken)).reply.status == "done"


def test_after_the_last_attempt_it_failed(commit: Commit, ask: Asked, conversation: Conversation, settings: Any) -> None:
    reply, following = commit(ask("a")).reply, commit(ask("b")).reply
    for attempt in range(1, settings.REPLY_ATTEMPTS):
        assert commit(TakeOver(conversation.pk, reply.pk, attempt, dead=True)).attempt == attempt + 1
    assert commit(TakeOver(conversation.pk, reply.pk, settings.REPLY_ATTEMPTS, dead=True)) is None
    assert (fresh(reply).status, fresh(reply).code) == ("failed", "interrupted")
    assert fresh(following).status == "open"
    commit(closing(fresh(following)))
    again = commit(Retry(conversation.pk, reply.pk))
    assert (again.status, again.tries) == ("open", 1), "who asks again gets all attempts again"


def test_a_queued_reply_that_nobody_opened(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    first, queued = commit(ask("a")).reply, commit(ask("b")).reply
    assert commit(TakeOver(conversation.pk, queued.pk, 1)) is None, "the other is open"
    Message.objects.filter(pk=first.pk).update(status="done")
    opened = commit(TakeOver(conversation.pk, queued.pk, 1))
    assert (opened.status, opened.attempt) == ("open", 1)


def test_leases_are_renewed_for_what_is_owned(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    until = timezone.now() + timedelta(hours=1)
    assert renew_leases({reply.pk: 1, uuid.uuid4(): 1}, until) == {reply.pk: False}
    assert fresh(reply).lease_until == until
    assert renew_leases({reply.pk: 2}, until) == {}, "another attempt owns it"
    Message.objects.update(stop_requested=True)
    assert renew_leases({reply.pk: 1}, until) == {reply.pk: True}


def test_a_vote_replaces_and_is_counted_as_a_change(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    reply = commit(ask()).reply
    commit(closing(reply))
    assert commit(Vote(conversation.pk, reply.pk, 1)).seq == 4
    assert commit(Vote(conversation.pk, reply.pk, 1, "Nice")).seq == 4, "the same again changes nothing that shows"
    assert commit(Vote(conversation.pk, reply.pk, -1, "Wrong")).seq == 5
    assert list(Rating.objects.values_list("value", "reason")) == [(-1, "Wrong")]
    assert (fresh(reply).vote, fresh(reply).position) == (-1, 2)


@pytest.mark.parametrize("operation", [Stop, Retry, lambda *args: Vote(*args, 1)])
def test_only_replies_of_this_conversation(commit: Commit, ask: Asked, conversation: Conversation, operation: Any) -> None:
    accepted = commit(ask())
    other = Conversation.objects.create(owner=conversation.owner)
    assert refused(commit, operation(other.pk, accepted.reply.pk)) == "not_found"
    assert refused(commit, operation(conversation.pk, accepted.message.pk)) == "not_found"
    assert refused(commit, operation(conversation.pk, uuid.uuid4())) == "not_found"
    Message.objects.filter(pk=accepted.reply.pk).update(deleted=True)
    assert refused(commit, operation(conversation.pk, accepted.reply.pk)) == "not_found"


def test_the_first_word_is_said_once(commit: Commit, conversation: Conversation) -> None:
    def first() -> Append:
        return Append(conversation.pk, [Message(conversation=conversation, type="bot", status="open")], only_first=True)

    rows = commit(first())
    assert (rows[0].position, rows[0].status) == (1, "open")
    assert rows[0].lease_until
    assert commit(first()) == []
    assert Message.objects.count() == 1
