import uuid
from typing import Any

import pytest

from sessions_api.call_operations import AnswerCall, BeginCall, EndCalls, FinishCall, RunCall
from sessions_api.models import Call, Conversation, Message, Session
from sessions_api.reply_operations import Retry, Stop, TakeOver
from sessions_api.tests.conftest import Asked, Commit
from sessions_api.tests.rows import closing, dead, fresh, refused

pytestmark = pytest.mark.django_db(transaction=True)


def begin(reply: Message, n: int = 1, name: str = "order", writes: bool = True, **changes: Any) -> BeginCall:
    """The ``n``-th call of the reply's attempt, of an ability."""
    fields = {"kind": "ability", "arguments": {"item": 1}, "seconds": 30, **changes}
    return BeginCall(reply.conversation_id, reply.pk, reply.attempt, n, name=name, writes=writes, **fields)


def answer(call: Call, **outcome: Any) -> AnswerCall:
    """What a page says of it."""
    return AnswerCall(call.conversation_id, call.pk, outcome)


def agreed(commit: Commit, reply: Message, **changes: Any) -> Call:
    """A call that the visitor agreed to and that runs."""
    call = commit(begin(reply, **changes))
    commit(answer(call, result=True))
    assert commit(RunCall(reply.conversation_id, call.pk, reply.attempt))
    return Call.objects.get(pk=call.pk)


def finish(call: Call, **outcome: Any) -> FinishCall:
    """Its end, by the maker of the reply."""
    return FinishCall(call.conversation_id, call.pk, call.attempt, outcome)


def taken_over(commit: Commit, reply: Message) -> Message:
    """The reply in the hands of another process."""
    dead(reply)
    found = commit(TakeOver(reply.conversation_id, reply.pk, reply.attempt))
    assert found.attempt == reply.attempt + 1
    return found


def asked_again(commit: Commit, reply: Message) -> Message:
    """The reply after it failed and the visitor asked for it again."""
    commit(closing(reply, status="failed"))
    return commit(Retry(reply.conversation_id, reply.pk))


def test_a_call_is_a_row_before_it_runs(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    call = commit(begin(reply))
    kept = Call.objects.get()
    assert (kept.pk, kept.reply_id, kept.n, kept.attempt, kept.name, kept.arguments) == (call.pk, reply.pk, 1, 1, "order", {"item": 1})
    assert (kept.state, kept.writes, kept.result) == ("asked", True, None), "what writes is asked for first"
    assert kept.deadline > kept.created_at
    assert commit(begin(reply, n=2, name="find", writes=False)).state == "open"


def test_only_the_attempt_that_owns_the_reply_calls(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    newer = taken_over(commit, reply)
    assert commit(begin(reply)) is None
    commit(closing(newer))
    assert commit(begin(newer)) is None
    assert not Call.objects.exists()


def test_yes_lets_it_run_once(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    call = commit(begin(reply))
    run = RunCall(reply.conversation_id, call.pk, 1)
    assert commit(run) is False, "nobody said yes"
    commit(answer(call, result=True))
    assert refused(commit, answer(call, result=False)) == "closed", "the first answer counts"
    assert commit(run) is True
    assert commit(run) is False
    assert refused(commit, answer(call, result="mine")) == "closed", "a page does not say what an ability found"
    assert commit(finish(call, result={"id": 5})).result == {"id": 5}
    assert commit(finish(call, error="late")).result == {"id": 5}


@pytest.mark.parametrize("outcome", [{"result": False}, {"result": 1}, {"result": "yes"}, {"result": None}, {"error": "x"}, {"abort": True}])
def test_anything_but_true_is_no(commit: Commit, ask: Asked, outcome: dict[str, Any]) -> None:
    reply = commit(ask()).reply
    call = commit(begin(reply))
    commit(answer(call, **outcome))
    kept = Call.objects.get()
    assert (kept.state, kept.error, kept.result) == ("failed", "The visitor said no.", None)
    assert commit(RunCall(reply.conversation_id, call.pk, 1)) is False


def test_a_stopped_reply_runs_nothing_more(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    call = commit(begin(reply))
    commit(answer(call, result=True))
    commit(Stop(reply.conversation_id, reply.pk))
    assert commit(RunCall(reply.conversation_id, call.pk, 1)) is False


def test_another_conversation_finds_nothing(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    call = commit(begin(commit(ask()).reply, writes=False, kind="function"))
    other = Conversation.objects.create(owner=conversation.owner)
    assert refused(commit, AnswerCall(other.pk, call.pk, {"result": 1})) == "not_found"
    assert refused(commit, AnswerCall(conversation.pk, uuid.uuid4(), {"result": 1})) == "not_found"
    assert Call.objects.get().state == "open"


def test_an_ended_session_answers_nothing(commit: Commit, ask: Asked, session: Session) -> None:
    call = commit(begin(commit(ask()).reply, writes=False, kind="function"))
    Session.objects.update(revoked_at=session.created_at)
    late = AnswerCall(call.conversation_id, call.pk, {"result": 1}, session_id=session.pk)
    assert refused(commit, late) == "expired"


def test_a_takeover_uses_what_was_recorded(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    for n, outcome in enumerate(({"result": 1}, {"error": "No"}), start=1):
        commit(finish(commit(begin(reply, n=n, name=f"find{n}", writes=False)), **outcome))
    reply = taken_over(commit, reply)
    assert [(call.state, call.result, call.error) for call in (commit(begin(reply, n=n, name=f"find{n}", writes=False)) for n in (1, 2))] == [
        ("done", 1, ""), ("failed", None, "No"),
    ]  # fmt: skip
    assert commit(begin(reply, n=3, name="find1", writes=False)).state == "open", "the same, later, is another call"
    assert commit(begin(reply, n=1, name="find1", writes=False, arguments={})).state == "open"


def test_a_takeover_goes_on_with_what_was_waiting(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    page, question = commit(begin(reply, writes=False, kind="function", name="look")), commit(begin(reply, n=2))
    commit(answer(question, result=True))
    reply = taken_over(commit, reply)
    assert refused(commit, answer(page, result=1)) == "closed", "nobody waits for it yet"
    again = commit(begin(reply, writes=False, kind="function", name="look"))
    assert (again.pk, again.attempt) == (page.pk, 2)
    commit(answer(page, result=1))
    agreed_to = commit(begin(reply, n=2))
    assert (agreed_to.pk, agreed_to.state, agreed_to.result) == (question.pk, "asked", True), "the yes stays"
    assert commit(RunCall(reply.conversation_id, question.pk, 2)) is True


def test_what_writes_and_has_no_result_is_never_repeated(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    agreed(commit, reply)
    reply = taken_over(commit, reply)
    assert commit(begin(reply)) is None
    assert commit(begin(reply, n=5, arguments={"item": 2})) is None, "in whatever words"
    assert commit(begin(reply, n=6, name="find", writes=False)).state == "open"


def test_what_wrote_is_never_done_twice_for_a_reply(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    commit(finish(agreed(commit, reply), result="done"))
    assert commit(begin(reply, n=2)).result == "done"
    reply = taken_over(commit, reply)
    assert commit(begin(reply, n=3)).result == "done"
    reply = asked_again(commit, reply)
    assert commit(begin(reply, n=4)).result == "done"
    assert commit(begin(reply, n=5, arguments={"item": 2})).state == "asked"


def test_a_visitor_who_asks_again_is_asked_again(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    agreed(commit, reply)
    commit(EndCalls(reply.conversation_id, reply.pk, 1))
    said_no = commit(begin(reply, n=2, name="cancel"))
    commit(answer(said_no, result=False))
    commit(finish(commit(begin(reply, n=3, name="find", writes=False)), result=1))
    reply = asked_again(commit, reply)
    for n, name in ((1, "order"), (2, "cancel")):
        again = commit(begin(reply, n=n, name=name))
        assert (again.state, again.result, again.attempt) == ("asked", None, 2)
    assert commit(begin(reply, n=3, name="find", writes=False)).state == "open", "what only reads is read anew"


def test_calls_end_with_their_reply(commit: Commit, ask: Asked) -> None:
    reply = commit(ask()).reply
    call = commit(begin(reply))
    commit(EndCalls(reply.conversation_id, reply.pk, 1))
    assert [(row.state, row.error) for row in Call.objects.all()] == [("failed", "The reply ended before.")]
    assert refused(commit, answer(call, result=True)) == "closed"
    waiting = commit(begin(reply, n=2))
    dead(reply)
    commit(Stop(reply.conversation_id, reply.pk))
    assert fresh(reply).status == "stopped"
    assert Call.objects.get(pk=waiting.pk).state == "failed"
