import asyncio
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError

from sessions_api import chat, journal
from sessions_api.errors import Refused
from sessions_api.journal import Journal
from sessions_api.keeper import keeper
from sessions_api.log import Change, Log
from sessions_api.models import Conversation, Message
from sessions_api.operations import Append, Operation
from sessions_api.tests.conftest import ANSWER_SECONDS, Asked

pytestmark = pytest.mark.django_db(transaction=True)


class Gate(Operation):
    """Holds the writer until it is opened, so that what comes after it becomes one batch."""

    def __init__(self, conversation_id: uuid.UUID) -> None:
        super().__init__(conversation_id)
        self.reached, self.open = threading.Event(), threading.Event()

    def apply(self, log: Log) -> None:
        self.reached.set()
        assert self.open.wait(ANSWER_SECONDS)


class Failing(Operation):
    """Raises what it is told."""

    def __init__(self, conversation_id: uuid.UUID, error: Exception) -> None:
        super().__init__(conversation_id)
        self.error = error

    def apply(self, log: Log) -> None:
        Message.objects.create(
            conversation_id=self.conversation_id, type="user", text="half done", position=900, seq=900
        )
        raise self.error


def line(conversation: Conversation, text: str) -> Append:
    """An operation that stores one row."""
    return Append(conversation.pk, [Message(conversation=conversation, type="user", text=text)])


def held(conversation: Conversation, *operations: Operation) -> list[Any]:
    """Run these as one batch; each one's result or exception."""
    gate = Gate(conversation.pk)
    first = keeper.journal.submit(gate)
    assert gate.reached.wait(ANSWER_SECONDS)
    futures = [keeper.journal.submit(operation) for operation in operations]
    gate.open.set()
    first.result(ANSWER_SECONDS)
    return [future.exception(ANSWER_SECONDS) or future.result() for future in futures]


def test_the_order_of_calls_is_the_order_of_commits_and_of_news(conversation: Conversation) -> None:
    told: list[Change] = []
    written = Journal(told.extend)
    futures = [written.submit(line(conversation, str(number))) for number in range(200)]
    positions = [future.result(ANSWER_SECONDS)[0].position for future in futures]
    written.drain()
    assert positions == list(range(1, 201))
    assert [change.message.text for change in told] == [str(number) for number in range(200)]
    assert Conversation.objects.get().last_seq == 200
    assert list(Message.objects.order_by("seq").values_list("text", flat=True)) == [
        str(number) for number in range(200)
    ]


def test_one_that_fails_takes_nobody_down(conversation: Conversation) -> None:
    for error in (RuntimeError("bug"), IntegrityError("two of a kind")):
        before = Conversation.objects.get().last_seq
        first, failed, last = held(
            conversation,
            line(conversation, "first"),
            Failing(conversation.pk, error),
            line(conversation, "last"),
        )
        assert isinstance(failed, Refused)
        assert (failed.code, failed.retry_ms) == ("unavailable", 2000)
        assert (first[0].position, last[0].position) == (before + 1, before + 2)
    assert Conversation.objects.get().last_seq == Message.objects.count() == 4
    assert not Message.objects.filter(text="half done").exists()


def test_a_refusal_is_its_own_only(conversation: Conversation) -> None:
    gone = Append(uuid.uuid4(), [Message(type="user", text="Nowhere")])
    first, refused, last = held(conversation, line(conversation, "first"), gone, line(conversation, "last"))
    assert (refused.code, first[0].position, last[0].position) == ("not_found", 1, 2)


def test_a_deleted_conversation_refuses(conversation: Conversation) -> None:
    operation = line(conversation, "late")
    Conversation.objects.all().delete()
    with pytest.raises(Refused) as refused:
        keeper.journal.submit(operation).result(ANSWER_SECONDS)
    assert refused.value.code == "not_found"


def test_drain_writes_what_waits_and_work_goes_on_after_it(conversation: Conversation) -> None:
    futures = [keeper.journal.submit(line(conversation, str(number))) for number in range(50)]
    keeper.journal.drain()
    assert all(future.done() for future in futures)
    assert Message.objects.count() == 50
    keeper.journal.submit(line(conversation, "after")).result(ANSWER_SECONDS)
    keeper.journal.drain()
    keeper.journal.drain()
    assert Message.objects.count() == 51


def test_64_threads(conversation: Conversation, ask: Asked) -> None:
    cids = [uuid.uuid4() for _ in range(16)]

    def send(number: int) -> Any:
        return keeper.journal.submit(ask("Hi", cid=cids[number % 16])).result(ANSWER_SECONDS)

    with ThreadPoolExecutor(64) as threads:
        accepted = list(threads.map(send, range(64)))
    assert sum(not one.dup for one in accepted) == 16
    assert len({one.message.pk for one in accepted}) == 16
    assert all(
        one.reply.question_id == one.message.pk and one.reply.position == one.message.position + 1
        for one in accepted
    )
    assert sorted(Message.objects.values_list("position", flat=True)) == list(range(1, 33))
    assert Message.objects.filter(status="open").count() == 1
    assert Message.objects.filter(status="queued").count() == 15


async def test_callers_on_a_loop_are_answered_there(conversation: Conversation) -> None:
    told: list[threading.Thread] = []
    written = Journal(lambda changes: told.append(threading.current_thread()))
    rows = await asyncio.gather(*(written.run(line(conversation, str(number))) for number in range(20)))
    assert [row[0].position for row in rows] == list(range(1, 21))
    assert set(told) == {threading.main_thread()}
    await asyncio.to_thread(written.drain)


async def test_a_caller_who_went_away_does_not_undo_it(conversation: Conversation) -> None:
    gate = Gate(conversation.pk)
    first = keeper.journal.submit(gate)
    await asyncio.to_thread(gate.reached.wait, ANSWER_SECONDS)
    call = asyncio.create_task(keeper.journal.run(line(conversation, "kept")))
    await asyncio.sleep(0)
    call.cancel()
    gate.open.set()
    await asyncio.wrap_future(first)
    await asyncio.to_thread(keeper.journal.drain)
    assert await Message.objects.acount() == 1


async def test_a_writer_that_is_late_asks_for_patience(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BEHIND_SECONDS", 0.0)
    gate = Gate(conversation.pk)
    first = keeper.journal.submit(gate)
    await asyncio.to_thread(gate.reached.wait, ANSWER_SECONDS)
    with pytest.raises(Refused) as refused:
        await chat.send(chat.Access(conversation.pk), uuid.uuid4(), "Hi")
    assert (refused.value.code, refused.value.retry_ms) == ("unavailable", 2000)
    gate.open.set()
    await asyncio.wrap_future(first)
    await asyncio.to_thread(keeper.journal.drain)
    assert not keeper.journal.behind()
