import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sessions_api.models import Conversation, Message, Session
from sessions_api.reply_operations import Checkpoint, Retry, Stop, TakeOver, renew_leases
from sessions_api.tests.conftest import Asked, Commit
from sessions_api.tests.rows import closing, dead, fresh, refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_end_of_a_reply_is_stored_as_it_is(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    commit(closing(reply, sources=[{"title": "A", "url": "b"}], usage={"input": 1}))
    stored = fresh(reply)
    assert (stored.text, stored.blocks, stored.sources, stored.usage) == (
        "Hello",
        ["<p>Hello</p>"],
        [{"title": "A", "url": "b"}],
        {"input": 1},
    )
    assert (stored.position, stored.seq, stored.lease_until) == (2, 3, None)
    assert commit(closing(reply, text="Again")) is None, "only once"
    assert (fresh(reply).text, Conversation.objects.get().last_seq) == ("Hello", 3)


def test_a_checkpoint_keeps_text_without_a_number(
    commit: Commit, ask: Asked, conversation: Conversation
) -> None:
    reply = commit(ask()).reply
    assert commit(Checkpoint(conversation.pk, reply.pk, 1, "Hel", ["<p>Hel</p>"])) is False
    assert (fresh(reply).text, fresh(reply).seq, Conversation.objects.get().last_seq) == ("Hel", 2, 2)
    assert commit(Checkpoint(conversation.pk, reply.pk, 2, "Other", [])) is None, (
        "another attempt writes nothing"
    )
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
    commit(
        closing(reply, status="failed", code="timeout", cause="No end", sources=[{"title": "A", "url": "b"}])
    )
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


def test_retry_counts_as_a_send(
    commit: Commit, ask: Asked, session: Session, conversation: Conversation, settings: Any
) -> None:
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


def test_after_the_last_attempt_it_failed(
    commit: Commit, ask: Asked, conversation: Conversation, settings: Any
) -> None:
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
